package org.golempipeline.exeunit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.gvmi.ImageStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs that wait to be asked for do not use up the memory of scripts that run. */
class OutputRoomTest {
  private static final long ROOM = 400_000;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @TempDir Path folder;

  private ExeUnits units;

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
            new OutputRoom(ROOM));
  }

  @AfterEach
  void close() {
    units.close();
    threads.shutdownNow();
  }

  private ExeUnit unit() throws Exception {
    ExeHost nobody =
        (node, file) -> {
          throw TransferException.refused("nobody");
        };
    ExeUnit unit =
        units.start(
            "unit-" + UUID.randomUUID(),
            List.of(),
            TaskPackage.NONE,
            Limits.NONE,
            nobody,
            Conduct.HONEST);
    execute(unit, "begin", List.of(ExeCommand.Deploy.plain(), new ExeCommand.Start(null)));
    return unit;
  }

  private static ExeCommand writes(long bytes) {
    ExeCommand.Capture capture =
        new ExeCommand.Capture(ExeCommand.Mode.whole(), ExeCommand.Mode.whole());
    String text = "head -c " + bytes + " /dev/zero | tr '\\0' x";
    return new ExeCommand.Run("/bin/sh", List.of("-c", text), capture);
  }

  private static List<CommandResult> execute(ExeUnit unit, String id, List<ExeCommand> commands)
      throws Exception {
    unit.exec(id, commands);
    List<CommandResult> results = List.of();
    for (int i = 0; i < commands.size(); i++) {
      results = unit.batch(id).results(Duration.ofSeconds(20), i).get(120, TimeUnit.SECONDS);
      if (!results.get(i).result().equals(CommandResult.OK)) {
        break;
      }
    }
    return unit.batch(id).results(Duration.ZERO).get(120, TimeUnit.SECONDS);
  }

  @Test
  void whatOneScriptMayKeepHasAnEndThatIsSaid() throws Exception {
    ExeUnit unit = unit();
    List<CommandResult> results =
        execute(unit, "b", List.of(writes(60_000), writes(60_000), writes(10)));
    assertThat(results).extracting(CommandResult::result).containsExactly("Ok", "Error");
    assertThat(Objects.requireNonNull(results.get(0).stdout()).size()).isEqualTo(60_000);
    assertThat(results.get(1).message()).contains("no room left for its output");
    assertThat(results.get(1).isBatchFinished()).isTrue();
    // The unit goes on.
    assertThat(execute(unit, "c", List.of(writes(10))).get(0).result()).isEqualTo("Ok");
  }

  @Test
  void earlierScriptsMakeRoom() throws Exception {
    ExeUnit unit = unit();
    for (int i = 0; i < 10; i++) {
      assertThat(execute(unit, "b" + i, List.of(writes(90_000))).get(0).result()).isEqualTo("Ok");
    }
    assertThat(unit.batch("b9").results(Duration.ZERO).get(120, TimeUnit.SECONDS)).hasSize(1);
    assertThat(unit.batch("b7").results(Duration.ZERO).get(120, TimeUnit.SECONDS)).hasSize(1);
  }

  @Test
  void endedUnitsGiveTheirRoomBack() throws Exception {
    for (int i = 0; i < 10; i++) {
      ExeUnit unit = unit();
      assertThat(execute(unit, "b", List.of(writes(90_000))).get(0).result()).isEqualTo("Ok");
      unit.end(null).get(120, TimeUnit.SECONDS);
    }
  }
}
