package org.golempipeline.exeunit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.golem.wire.ActivityState;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.gvmi.ImageStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an activity is, what it is about to be, and what it refuses meanwhile. */
@Timeout(240)
class StatesTest {
  private static final String REFUSED = "Local service error: State error: ";
  private static final ExeCommand DEPLOY = ExeCommand.Deploy.plain();
  private static final ExeCommand START = new ExeCommand.Start(null);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<List<String>> reported = new CopyOnWriteArrayList<>();

  @TempDir Path folder;

  private ExeUnits units;
  private ExeUnit unit;

  @BeforeEach
  void open() throws Exception {
    units =
        new ExeUnits(
            folder.toRealPath(),
            Optional.empty(),
            new ImageStore(folder.resolve("images"), Clock.systemUTC()),
            threads,
            Clock.systemUTC(),
            ExeUnits.Timings.REAL,
            new OutputRoom(400_000));
    unit = unit(TaskPackage.NONE, Conduct.HONEST);
  }

  private ExeUnit unit(TaskPackage image, Conduct conduct) throws Exception {
    ExeHost host =
        new ExeHost() {
          @Override
          public RequestorFile file(String node, String file) throws TransferException {
            throw TransferException.refused("nobody");
          }

          @Override
          public void stateChanged(ActivityState state) {
            reported.add(state.state());
          }
        };
    return units.start("unit-" + UUID.randomUUID(), List.of(), image, Limits.NONE, host, conduct);
  }

  @AfterEach
  void close() {
    units.close();
    threads.shutdownNow();
  }

  private static List<String> pair(String current, String next) {
    return Arrays.asList(current, next);
  }

  private String begin(ExeCommand... commands) throws Exception {
    String id = UUID.randomUUID().toString();
    unit.exec(id, List.of(commands));
    return id;
  }

  private CommandResult end(String batch) throws Exception {
    return unit.batch(batch).results(Duration.ofSeconds(20), 0).get(120, TimeUnit.SECONDS).get(0);
  }

  private String refusal(ExeCommand command) throws Exception {
    CommandResult result = end(begin(command));
    assertThat(result.result()).isEqualTo(CommandResult.ERROR);
    return result.message();
  }

  private static ExeCommand shell(String text) {
    return new ExeCommand.Run("/bin/sh", List.of("-c", text), null);
  }

  @Test
  void whatItIsAboutToBeIsSaidWithWhatItIs() throws Exception {
    end(begin(DEPLOY));
    end(begin(START));
    assertThat(reported)
        .containsExactly(
            pair("Initialized", "Deployed"),
            pair("Deployed", null),
            pair("Deployed", "Ready"),
            pair("Ready", null));

    Path here = Files.createDirectory(folder.resolve("pipe"));
    String running =
        begin(
            shell(
                "touch '%s/in'; until [ -e '%s/out' ]; do sleep 0.05; done".formatted(here, here)));
    while (!Files.exists(here.resolve("in"))) {
      Thread.onSpinWait();
    }
    assertThat(unit.state().state()).isEqualTo(pair("Ready", "Ready"));
    assertThat(refusal(shell("true"))).isEqualTo(REFUSED + "Busy: StatePair(Ready, Some(Ready))");
    Files.createFile(here.resolve("out"));
    assertThat(end(running).result()).isEqualTo(CommandResult.OK);
    assertThat(unit.state().state()).isEqualTo(pair("Ready", null));
    assertThat(end(begin(new ExeCommand.Terminate())).result()).isEqualTo(CommandResult.OK);
    assertThat(unit.state().state()).isEqualTo(pair("Initialized", null));
  }

  @Test
  void refusalsSayWhatIsExpected() throws Exception {
    String deploy = REFUSED + "Activity is initialized - deploy() command is expected now";
    assertThat(refusal(START)).isEqualTo(deploy);
    assertThat(refusal(shell("true"))).isEqualTo(deploy);
    end(begin(DEPLOY));
    String start = REFUSED + "Activity is deployed - start() command is expected now";
    assertThat(refusal(DEPLOY)).isEqualTo(start);
    assertThat(refusal(shell("true"))).isEqualTo(start);
    end(begin(START));
    String nothing = REFUSED + "Cannot send command after a successful start()";
    assertThat(refusal(DEPLOY)).isEqualTo(nothing);
    assertThat(refusal(START)).isEqualTo(nothing);
  }

  @Test
  void transfersSayThatTheyFailed() throws Exception {
    end(begin(DEPLOY));
    end(begin(START));
    assertThat(refusal(new ExeCommand.Transfer("container:/nowhere/x", "container:/golem/work/x")))
        .isEqualTo("Local service error: Transfer error: path not found in container: /nowhere/x");
    assertThat(unit.state().state()).isEqualTo(pair("Ready", null));
  }

  @Test
  void aDeployThatFailsCountsAndTerminateBringsItBack() throws Exception {
    unit = unit(new TaskPackage("http://127.0.0.1/no-hash", false, true), Conduct.HONEST);
    assertThat(refusal(DEPLOY))
        .isEqualTo("Local service error: Transfer error: Invalid url: Missing hash");
    assertThat(unit.state().state()).isEqualTo(pair("Deployed", null));
    assertThat(end(begin(new ExeCommand.Terminate())).result()).isEqualTo(CommandResult.OK);
    assertThat(refusal(DEPLOY)).endsWith("Missing hash");
  }

  /** Whoever polls hears of it, the next script begins as if nothing had happened. */
  @Test
  void memoryThatIsUsedUpEndsAScript() throws Exception {
    AtomicBoolean full = new AtomicBoolean(true);
    Conduct conduct =
        new Conduct() {
          @Override
          public Duration delay() {
            if (full.getAndSet(false)) {
              throw new OutOfMemoryError("Java heap space");
            }
            return Duration.ZERO;
          }
        };
    unit = unit(TaskPackage.NONE, conduct);
    assertThat(refusal(DEPLOY))
        .isEqualTo("Internal error: java.lang.OutOfMemoryError: Java heap space");
    end(begin(new ExeCommand.Terminate()));
    assertThat(end(begin(DEPLOY)).result()).isEqualTo(CommandResult.OK);
  }

  @Test
  void whatTheDiskDoesNotAllowIsAnErrorOfInputAndOutput() throws Exception {
    end(begin(DEPLOY));
    end(begin(START));
    Path work = unit.folders().get(0).here().resolve("golem/work");
    Files.createDirectory(work.resolve("taken"));
    Files.createFile(work.resolve("file"));
    assertThat(
            refusal(
                new ExeCommand.Transfer(
                    "container:/golem/work/file", "container:/golem/work/file/x/y")))
        .startsWith("Local service error: Transfer error: IO error: ");
  }
}
