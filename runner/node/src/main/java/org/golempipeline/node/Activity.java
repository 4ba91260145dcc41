package org.golempipeline.node;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.golempipeline.golem.wire.ActivityState;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.PropertyNames;
import org.jspecify.annotations.Nullable;

/** A running exe-unit: its state, its batches and what it used. Guarded by the context's lock. */
final class Activity {
  private static final int KEPT_BATCHES = 64;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  static final String INITIALIZED = "Initialized";
  static final String DEPLOYED = "Deployed";
  static final String READY = "Ready";
  static final String TERMINATED = "Terminated";

  final String id;
  final AgreementEntry agreement;

  /** The latest; of those before nobody asks, and their output takes room. */
  final Map<String, Batch> batches =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Batch> eldest) {
          return size() > KEPT_BATCHES;
        }
      };

  /** Counted down when it ends. */
  final CountDownLatch ended = new CountDownLatch(1);

  /** Completes when it has ended and none of its processes is left. */
  final CompletableFuture<Void> killed = new CompletableFuture<>();

  private final NodeContext context;
  private final Instant created;
  private @Nullable Instant end;
  private double cpuOfEnded;
  private double cpuReported;
  private @Nullable Process lastSeen;
  private Instant lastLook = Instant.EPOCH;
  private double lastCpu;

  String state = INITIALIZED;
  @Nullable String reason;
  @Nullable Deployment deployment;

  /** The batch whose commands run; there is one at most. */
  @Nullable Batch running;

  @Nullable ExeCommand command;
  @Nullable Process process;

  /** Executes the batch; interrupted when the activity ends. */
  @Nullable Thread worker;

  /** Asked for by the last debit note. */
  BigDecimal billed = BigDecimal.ZERO;

  @Nullable String lastNote;
  @Nullable Instant lastPayable;

  Activity(NodeContext context, String id, AgreementEntry agreement) {
    this.context = context;
    this.id = id;
    this.agreement = agreement;
    created = context.now();
  }

  boolean over() {
    return state.equals(TERMINATED);
  }

  boolean killed() {
    return killed.isDone();
  }

  ActivityState toWire() {
    List<@Nullable String> pair = new ArrayList<>();
    pair.add(state);
    pair.add(null);
    return new ActivityState(pair, reason, null);
  }

  void markEnd(@Nullable String why) {
    state = TERMINATED;
    reason = why;
    end = context.now();
    ended.countDown();
  }

  void addCpu(double seconds) {
    cpuOfEnded += seconds;
  }

  /** Counters in the order of the agreement's usage vector; they never go down. */
  List<Double> usage() {
    Instant until = end == null ? context.now() : end;
    double wall = Duration.between(created, until).toNanos() / 1e9;
    cpuReported = Math.max(cpuReported, cpuOfEnded + cpuOfRunning());
    List<Double> usage = new ArrayList<>();
    if (agreement.offer.properties().get(PropertyNames.USAGE_VECTOR) instanceof List<?> vector) {
      for (Object counter : vector) {
        usage.add(
            PropertyNames.USAGE_CPU.equals(counter)
                ? cpuReported
                : PropertyNames.USAGE_DURATION.equals(counter) ? wall : 0.0);
      }
    }
    return usage;
  }

  /** Looking at the processes of the machine is slow, so the answer may be a little old. */
  private double cpuOfRunning() {
    Process current = process;
    if (current == null) {
      return 0;
    }
    Instant now = context.now();
    if (current != lastSeen || now.isAfter(lastLook.plus(LOOK_AGAIN))) {
      lastSeen = current;
      lastLook = now;
      lastCpu = Programs.cpuSeconds(current);
    }
    return lastCpu;
  }

  /** Why this command can not be executed now, or null if it can. */
  @Nullable String objection(ExeCommand next) {
    String wanted =
        next instanceof ExeCommand.Deploy
            ? INITIALIZED
            : next instanceof ExeCommand.Start ? DEPLOYED : READY;
    if (next instanceof ExeCommand.Terminate || wanted.equals(state)) {
      return null;
    }
    String expected =
        switch (state) {
          case INITIALIZED -> "deploy() command is expected now";
          case DEPLOYED -> "start() command is expected now";
          default -> "deploy() and start() are not expected any more";
        };
    return "State error: Activity is " + state.toLowerCase(Locale.ROOT) + " - " + expected;
  }
}
