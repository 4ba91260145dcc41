package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.golempipeline.cache.FileDigests;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.Pricing;
import org.golempipeline.golem.Provider;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.ScriptOutcome;
import org.golempipeline.image.Images;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.schedule.Action;
import org.golempipeline.schedule.Message;
import org.golempipeline.spec.Secrets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every script is answered once, whatever became of it. */
@Timeout(240)
class ScriptsTest {
  private static final String NUMBERS =
      """
      version: 1
      name: numbers
      split: { range: { from: 0, to: 4, step: 1, as: [n, size] } }
      run: echo "$n" > "$out"
      merge: concat
      output: all.txt
      timeout: { run: 250% }
      """;

  @TempDir Path folder;

  private final BlockingQueue<Message> told = new LinkedBlockingQueue<>();
  private final Machine machine = new Machine();

  /** A machine that does what the test says, when it says so. */
  private static final class Machine implements Rental {
    final BlockingQueue<CompletableFuture<ScriptOutcome>> asked = new LinkedBlockingQueue<>();
    Script.Watcher watcher = line -> {};

    @Override
    public CompletableFuture<ScriptOutcome> execute(Script script) {
      var outcome = new CompletableFuture<ScriptOutcome>();
      watcher = script.watcher();
      asked.add(outcome);
      return outcome;
    }

    @Override
    public String agreementId() {
      return "agreement";
    }

    @Override
    public Provider provider() {
      return new Provider("0x1", "one", "0x2", 1);
    }

    @Override
    public Pricing pricing() {
      return new Pricing(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);
    }

    @Override
    public String folder() {
      return "/work";
    }

    @Override
    public CompletableFuture<String> lost() {
      return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Void> close(EndReason reason) {
      return CompletableFuture.completedFuture(null);
    }
  }

  private static final Daemons NOBODY =
      new Daemons() {
        @Override
        public GolemConnection network() throws IOException {
          throw new IOException("not needed");
        }

        @Override
        public GolemConnection thisMachine() throws IOException {
          throw new IOException("not needed");
        }
      };

  @Test
  void aScriptThatCouldNotBePreparedIsNotTakenBackAsWell() throws Exception {
    var notAFolder = Files.writeString(folder.resolve("file"), "");
    try (var stages = stages(notAFolder.resolve("packs"))) {
      execute(stages, 1);
      assertThat(next()).isInstanceOf(Message.StageBroken.class);
      assertThat(next()).isInstanceOf(Message.BatchBroken.class);

      stages.perform(new Action.Withdraw(1));
      assertThat(told).isEmpty();
    }
  }

  @Test
  void aScriptBehindOneThatBrokeSaysNothingOfTheReason() throws Exception {
    try (var stages = stages(folder.resolve("packs"))) {
      execute(stages, 1);
      execute(stages, 2);
      machine
          .asked
          .take()
          .completeExceptionally(
              new GolemException(GolemException.Kind.CANCELLED, "It is let go.", null, null));
      var first = next();
      var second = next();
      assertThat(first instanceof Message.Withdrawn ? second : first)
          .isInstanceOf(Message.BatchBroken.class)
          .extracting(told -> ((Message.BatchBroken) told).failure().message())
          .isEqualTo("It is let go.");
      assertThat(List.of(first, second)).contains(new Message.Withdrawn(2));

      stages.perform(new Action.Withdraw(2));
      assertThat(told).isEmpty();
      assertThat(machine.asked).isEmpty();
    }
  }

  @Test
  void aScriptThatWaitsIsTakenBackOnceAndNotSent() throws Exception {
    try (var stages = stages(folder.resolve("packs"))) {
      execute(stages, 1);
      execute(stages, 2);
      stages.perform(new Action.Withdraw(2));
      stages.perform(new Action.Withdraw(2));
      assertThat(next()).isEqualTo(new Message.Withdrawn(2));
      assertThat(told).isEmpty();

      execute(stages, 3);
      machine
          .asked
          .take()
          .completeExceptionally(
              new GolemException(GolemException.Kind.CANCELLED, "It is let go.", null, null));
      assertThat(Stream.of(next(), next()).map(ScriptsTest::batch)).containsExactlyInAnyOrder(1, 3);
      assertThat(machine.asked).isEmpty();
    }
  }

  @Test
  void aFragmentIsGivenUpWhenItsMachineSaysThatItRunsForTooLong() throws Exception {
    try (var stages = stages(folder.resolve("packs"))) {
      execute(stages, 1, FragmentSet.range(1, 4));
      var outcome = machine.asked.take();
      // Its own clock of an hour is its machine's business.
      machine.watcher.line("alive 0 4000");
      stages.perform(new Action.Limit(1, Duration.ofMillis(19_500)));
      for (var harmless : List.of("alive", "alive 1 19", "alive 3 20", "alive x 20", "20")) {
        machine.watcher.line(harmless);
      }
      assertThat(told).isEmpty();

      machine.watcher.line("alive 1 20");
      machine.watcher.line("alive 1 30");
      var overdue = (Message.FragmentOverdue) next();
      assertThat(overdue.batch()).isEqualTo(1);
      assertThat(overdue.fragment()).isEqualTo(2);
      assertThat(overdue.failure().kind()).isEqualTo(FailureKind.DEADLINE);
      assertThat(overdue.failure().message())
          .isEqualTo(
              "It took longer than `timeout.run`, which is 250% of the median so far: 19500ms.");
      assertThat(told).isEmpty();
      outcome.cancel(false);
    }
  }

  @Test
  void onThisMachineAFullDiskIsNoFaultOfAProvider() throws Exception {
    for (var said :
        List.of(
            new ScriptOutcome.Result(false, "No space left on device", null, null),
            new ScriptOutcome.Result(
                false,
                "ExeScript command exited with code 3",
                null,
                "tar: b1/0/in: Cannot write: No space left on device\ntar: Exiting\n"))) {
      try (var stages = stages(folder.resolve("packs"))) {
        execute(stages, 1);
        machine.asked.take().complete(new ScriptOutcome(List.of(said)));
        var broken = (Message.StageBroken) next();
        assertThat(broken.failure().kind()).isEqualTo(FailureKind.COMMAND);
        assertThat(broken.failure().message())
            .startsWith("Stage `numbers`: nothing more can be written in `/work` (")
            .contains("No space left on device");
        assertThat(broken.failure().hint()).startsWith("Make room there");
        assertThat(next()).isEqualTo(new Message.BatchBroken(1, broken.failure()));
      }
      try (var stages = stages(folder.resolve("packs"), RunSettings.Target.GOLEM)) {
        execute(stages, 1);
        machine.asked.take().complete(new ScriptOutcome(List.of(said)));
        assertThat(((Message.BatchBroken) next()).failure().kind()).isEqualTo(FailureKind.PROVIDER);
        assertThat(told).isEmpty();
      }
    }
  }

  private Stages stages(Path packs) throws Exception {
    return stages(packs, RunSettings.Target.LOCAL);
  }

  /** The stage's fragments are known, and nothing was sent yet. */
  private Stages stages(Path packs, RunSettings.Target target) throws Exception {
    var plan = new Project(folder).plan(NUMBERS).value().orElseThrow();
    var clock = Clock.systemUTC();
    var kept = Files.createDirectories(folder.resolve("kept"));
    var noCache = Files.writeString(folder.resolve("no-cache"), "not a folder");
    var settings =
        new RunSettings(
            "run",
            "session",
            "pipeline.yaml",
            target,
            2,
            BigDecimal.ONE,
            folder.resolve("run"),
            NOBODY,
            Duration.ofHours(1),
            ResultCache.open(noCache, packs, clock),
            FileDigests.open(kept, kept, clock, false),
            false,
            Set.of(),
            false,
            false,
            Images.none());
    var run = new RunFolder(settings.runFolder());
    run.create();
    var stages =
        new Stages(
            plan,
            settings,
            run,
            new Reuse(plan, settings),
            new LocalShell(true, Secrets.NONE),
            told::add);
    stages.perform(new Action.Expand(0));
    assertThat(next()).isInstanceOf(Message.Expanded.class);
    return stages;
  }

  private void execute(Stages stages, int batch) {
    execute(stages, batch, FragmentSet.of(batch - 1));
  }

  private void execute(Stages stages, int batch, FragmentSet fragments) {
    var hour = Duration.ofHours(1);
    stages.execute(new Action.Execute(batch, 7, 0, fragments, true, hour, hour), machine);
  }

  private static int batch(Message message) {
    return message instanceof Message.Withdrawn withdrawn
        ? withdrawn.batch()
        : ((Message.BatchBroken) message).batch();
  }

  private Message next() throws InterruptedException {
    return told.poll(120, TimeUnit.SECONDS);
  }
}
