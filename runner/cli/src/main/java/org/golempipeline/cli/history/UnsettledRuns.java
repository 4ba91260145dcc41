package org.golempipeline.cli.history;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.Words;
import org.golempipeline.settle.RunSettlement;
import org.jspecify.annotations.Nullable;

/**
 * Settles what earlier runs of the same folder left on the network, beside what the next run does
 * first: their providers would be busy, and their GLM reserved. Nothing of it keeps the next run
 * from starting. For one thread.
 */
public final class UnsettledRuns implements AutoCloseable {
  /** How long machines that work may take to be let go, for all runs together. */
  private static final Duration LIMIT = Duration.ofSeconds(15);

  /** How long invoices are waited for then: whoever bills later is paid by the next run. */
  private static final Duration INVOICE_LIMIT = Duration.ofSeconds(3);

  /** Unsettled runs are looked for among so many, and so many are settled at a time. */
  private static final int RECENT = 100;

  private static final int AT_A_TIME = 4;

  /** What became of one; without a settlement there is a reason. */
  private record Settled(
      int ended,
      RunEvent.@Nullable SettlementFinished settlement,
      @Nullable GolemException trouble) {}

  private final Console console;
  private final RunHistories histories;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(AT_A_TIME, UnsettledRuns::thread);
  private final Map<String, Future<Settled>> settling = new LinkedHashMap<>();
  private final long begin = System.nanoTime();

  private UnsettledRuns(Console console, Path folder) {
    this.console = console;
    this.histories = new RunHistories(folder);
  }

  /**
   * Begins to settle them.
   *
   * @param folder of the pipeline file
   */
  public static UnsettledRuns settle(Console console, Path folder) {
    var runs = new UnsettledRuns(console, folder);
    try {
      var connection = console.machine().daemon();
      for (var run : runs.histories.unsettled(RECENT, (id, damaged) -> {})) {
        runs.settling.put(run.id(), runs.threads.submit(() -> runs.settle(run.id(), connection)));
      }
    } catch (IOException | Refusal e) {
      // Nothing of an earlier run keeps a new one from starting, which says itself what it lacks.
    }
    return runs;
  }

  private static Thread thread(Runnable work) {
    var thread = new Thread(work, "settling");
    thread.setDaemon(true);
    return thread;
  }

  private Settled settle(String run, GolemConnection connection)
      throws IOException, InterruptedException {
    var ended = new AtomicInteger();
    var left = LIMIT.minusNanos(System.nanoTime() - begin);
    try {
      var settlement =
          RunSettlement.settle(
              histories.folder(run),
              connection,
              left.isNegative() ? Duration.ZERO : left,
              INVOICE_LIMIT,
              stamped -> {
                if (stamped.event() instanceof RunEvent.AgreementTerminated) {
                  ended.incrementAndGet();
                }
              },
              console.clock());
      return new Settled(ended.get(), settlement.orElse(null), null);
    } catch (GolemException e) {
      return new Settled(ended.get(), null, e);
    }
  }

  /** Returns when they are settled or the time for it is over, and says what was done. */
  public void await() throws InterruptedException {
    for (var run : settling.entrySet()) {
      if (!run.getValue().isDone()) {
        say("Run %s left things unsettled: settling it.".formatted(run.getKey()));
      }
      try {
        say(run.getKey(), run.getValue().get());
      } catch (ExecutionException e) {
        new Messages(console)
            .warning(
                "Run %s could not be settled: %s."
                    .formatted(run.getKey(), Trouble.reason(Objects.requireNonNull(e.getCause()))),
                again(run.getKey()));
      }
    }
    settling.clear();
  }

  private void say(String run, Settled settled) {
    var settlement = settled.settlement();
    var trouble = settled.trouble();
    if (trouble != null) {
      new Messages(console)
          .warning(
              "Run %s left things unsettled. %s".formatted(run, trouble.getMessage()),
              trouble.hint().orElse(again(run)));
    } else if (settlement == null) {
      // Another process is settling it.
      return;
    } else if (settlement.outstanding().isEmpty()) {
      var ended = Words.count(settled.ended(), "agreement") + " ended, ";
      say(
          "Run %s had left things unsettled: %s%s accepted in all, now it is settled."
              .formatted(run, settled.ended() == 0 ? "" : ended, Words.glm(settlement.accepted())));
    } else {
      new Messages(console)
          .warning(
              "Run %s is not settled yet: %s"
                  .formatted(run, String.join(" ", settlement.outstanding())),
              again(run));
    }
  }

  private static String again(String run) {
    return "`golem-pipeline settle %s` or the next run tries again.".formatted(run);
  }

  private void say(String line) {
    new Messages(console).line(line);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
