package org.golempipeline.exeunit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.gvmi.ImageStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What programs of this machine may use. */
@Timeout(240)
class LimitsTest {
  private static final long MIB = 1 << 20;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @TempDir Path folder;

  private ExeUnits units;

  @BeforeEach
  void open() throws Exception {
    units =
        ExeUnits.open(
            Files.createDirectory(folder.toRealPath().resolve("scratch")),
            Optional.empty(),
            new ImageStore(folder.resolve("images"), Clock.systemUTC()),
            threads,
            Clock.systemUTC(),
            ExeUnits.Timings.REAL);
  }

  @AfterEach
  void close() {
    units.close();
    threads.shutdownNow();
  }

  private CommandResult run(long storage, String text) throws Exception {
    ExeUnit unit =
        units.start(
            "unit",
            List.of(),
            TaskPackage.NONE,
            new Limits(OptionalLong.of(storage), OptionalLong.empty(), false),
            (node, file) -> {
              throw TransferException.refused("nobody");
            },
            Conduct.HONEST);
    var run = new ExeCommand.Run("/bin/sh", List.of("-c", text), null);
    unit.exec("b", List.of(ExeCommand.Deploy.plain(), new ExeCommand.Start(null), run));
    return unit.batch("b").results(Duration.ofSeconds(30), 2).get(120, TimeUnit.SECONDS).get(2);
  }

  @Test
  void manyFilesThatTakeMoreThanTheyMayEndTheProgram() throws Exception {
    CommandResult result =
        run(
            5 * MIB,
            "i=0; while [ $i -lt 8 ]; do i=$((i + 1)); head -c 1000000 /dev/zero >f$i; done; sleep"
                + " 300");
    assertThat(result.message())
        .isEqualTo(
            "Usage limit exceeded: the files of the activity take more than 5 MiB of storage.");
  }

  @Test
  void whatFitsIsLeftAlone() throws Exception {
    assertThat(run(5 * MIB, "head -c 4000000 /dev/zero >f; sleep 1.5; rm f").result())
        .isEqualTo(CommandResult.OK);
  }

  /** A hole takes no room, but nobody could read it back. */
  @Test
  void oneFileEndsAtTheLimit() throws Exception {
    assertThat(run(5 * MIB, "dd if=/dev/zero of=f bs=1 count=1 seek=6000000 2>/dev/null").message())
        .contains("exited with code");
    assertThat(run(7 * MIB, "dd if=/dev/zero of=f bs=1 count=1 seek=6000000 2>/dev/null").result())
        .isEqualTo(CommandResult.OK);
  }

  @Test
  void holesCountAndOtherNamesDoNot() throws Exception {
    Path one = Files.createDirectory(folder.resolve("one"));
    try (var file = new RandomAccessFile(one.resolve("hole").toFile(), "rw")) {
      file.setLength(8 * MIB);
    }
    Files.createLink(one.resolve("again"), one.resolve("hole"));
    assertThat(StorageWatch.taken(one, Long.MAX_VALUE)).isBetween(8 * MIB, 8 * MIB + 8192);
    Path two = Files.createDirectory(folder.resolve("two"));
    for (int i = 0; i < 100; i++) {
      Files.writeString(two.resolve("f" + i), "x");
    }
    assertThat(StorageWatch.taken(two, Long.MAX_VALUE)).isEqualTo(101 * 4096L);
    assertThat(StorageWatch.taken(folder.resolve("none"), Long.MAX_VALUE)).isZero();
  }
}
