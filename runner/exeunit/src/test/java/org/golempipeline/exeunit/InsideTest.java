package org.golempipeline.exeunit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.DeployResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.WireJson;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.UnpackedImage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scripts whose image is at hand. */
@Timeout(240)
class InsideTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @TempDir Path temporary;

  private Path scratch;
  private ImageStore store;
  private TaskPackage atHand;
  private ExeUnits units;
  private int batches;

  @BeforeEach
  void open() throws Exception {
    Path folder = temporary.toRealPath();
    UnpackedImage image =
        BusyboxImage.in(folder.resolve("image"), List.of(), List.of("/golem/work", "/golem/in"));
    scratch = Files.createDirectory(folder.resolve("scratch"));
    store = new ImageStore(folder.resolve("store"), Clock.systemUTC());
    String sha3 = BusyboxImage.store(image, store);
    atHand = new TaskPackage("hash:sha3:" + sha3 + ":http://localhost/none", true, false);
    units =
        ExeUnits.open(
            scratch, Optional.empty(), store, threads, Clock.systemUTC(), ExeUnits.Timings.REAL);
  }

  @AfterEach
  void close() throws IOException {
    units.close();
    store.close();
    threads.shutdownNow();
  }

  private ExeUnit unit(TaskPackage image, Limits limits) {
    return units.start(
        "unit-" + batches,
        List.of(),
        image,
        limits,
        (node, file) -> {
          throw TransferException.refused("nobody");
        },
        Conduct.HONEST);
  }

  private static ExeCommand sh(String text) {
    return new ExeCommand.Run(
        "/bin/sh",
        List.of("-c", text),
        new ExeCommand.Capture(ExeCommand.Mode.whole(), ExeCommand.Mode.whole()));
  }

  private List<CommandResult> execute(ExeUnit unit, ExeCommand... commands) throws Exception {
    String id = "b" + batches++;
    unit.exec(id, List.of(commands));
    List<CommandResult> results = List.of();
    for (int i = 0; i < commands.length; i++) {
      results = unit.batch(id).results(Duration.ofSeconds(20), i).get(120, TimeUnit.SECONDS);
      if (!results.get(i).result().equals(CommandResult.OK)) {
        break;
      }
    }
    return unit.batch(id).results(Duration.ZERO).get(120, TimeUnit.SECONDS);
  }

  private static ExeCommand[] begin(ExeCommand.Deploy deploy, ExeCommand... rest) {
    List<ExeCommand> all = new ArrayList<>(List.of(deploy, new ExeCommand.Start(List.of())));
    all.addAll(List.of(rest));
    return all.toArray(ExeCommand[]::new);
  }

  private static String stdout(CommandResult result) {
    return Objects.requireNonNull(result.stdout(), String.valueOf(result)).text();
  }

  private static List<String> volumes(CommandResult deployed) throws Exception {
    DeployResult report = WireJson.mapper().readValue(stdout(deployed), DeployResult.class);
    return Objects.requireNonNull(report.vols()).stream().map(DeployResult.Volume::path).toList();
  }

  @Test
  void programsRunInTheImageAndFindTheVolumesByTheirNames() throws Exception {
    ExeUnit unit = unit(atHand, Limits.NONE);
    List<CommandResult> results =
        execute(
            unit,
            begin(
                ExeCommand.Deploy.plain(),
                sh("cat /etc/image; pwd; ls -d /golem/*"),
                sh("echo given >/golem/work/one; exit 7")));
    assertThat(volumes(results.get(0))).containsExactly("/golem/work", "/golem/in");
    assertThat(stdout(results.get(2))).isEqualTo("of the image\n/\n/golem/in\n/golem/work\n");
    assertThat(results.get(3).message()).isEqualTo("ExeScript command exited with code 7");
    assertThat(
            execute(
                unit,
                new ExeCommand.Transfer("container:/golem/work/one", "container:/golem/in/a/two"),
                sh("cat /golem/in/a/two")))
        .last()
        .extracting(InsideTest::stdout)
        .isEqualTo("given\n");
  }

  @Test
  void volumesThatAreAskedForAreAddedAndThoseInMemoryAreNotReported() throws Exception {
    ObjectNode asked = JsonNodeFactory.instance.objectNode();
    asked.putObject("/data with a blank").putObject("host");
    asked.putObject("/golem/in").putObject("ram").put("size", "1g");
    var deploy = new ExeCommand.Deploy(asked, null, null, null, null, null);
    List<CommandResult> results =
        execute(
            unit(atHand, Limits.NONE),
            begin(deploy, sh("touch '/data with a blank/x' /golem/in/y && echo done")));
    assertThat(volumes(results.get(0))).containsExactly("/golem/work", "/data with a blank");
    assertThat(stdout(results.get(2))).isEqualTo("done\n");
  }

  @Test
  void namesThatLeadOutAreRefused() throws Exception {
    for (String name :
        List.of("/../../etc", "relative", "/", "/dev/shm", "/a\nmount / merged none bind")) {
      var deploy = ExeCommand.Deploy.withFolders(List.of(name));
      List<CommandResult> results = execute(unit(atHand, Limits.NONE), deploy);
      assertThat(results.get(0).message())
          .as(name)
          .startsWith("Runtime error: Invalid volume path: ");
    }
  }

  @Test
  void aLinkInAVolumeLeadsNoTransferOut() throws Exception {
    Files.writeString(temporary.resolve("secret"), "secret");
    ExeUnit unit = unit(atHand, Limits.NONE);
    String secret = temporary.toRealPath().resolve("secret").toString();
    execute(
        unit,
        begin(
            ExeCommand.Deploy.plain(),
            sh(
                "ln -s "
                    + secret
                    + " /golem/work/s; ln -s "
                    + temporary.toRealPath()
                    + " /golem/work/t")));
    for (String path : List.of("s", "t/secret", "../../../../../../" + secret)) {
      var out = new ExeCommand.Transfer("container:/golem/work/" + path, "container:/golem/in/x");
      assertThat(execute(unit, out).get(0).result()).as(path).isEqualTo("Error");
      var in =
          new ExeCommand.Transfer("container:/golem/work/one", "container:/golem/work/" + path);
      execute(unit, sh("echo changed >/golem/work/one"), in);
    }
    assertThat(temporary.resolve("secret")).hasContent("secret");
  }

  @Test
  void aProgramThatTheImageLacksIsNotThere() throws Exception {
    ExeUnit unit = unit(atHand, Limits.NONE);
    var java = new ExeCommand.Run("/usr/bin/env", List.of("true"), null);
    assertThat(execute(unit, begin(ExeCommand.Deploy.plain(), java)).get(2).message())
        .isEqualTo("Runtime error: /usr/bin/env: No such file or directory (os error 2)");
    assertThat(
            execute(
                    unit,
                    sh(
                        "cp /bin/busybox /golem/work/echo || cat /bin/busybox >/golem/work/echo;"
                            + " chmod 755 /golem/work/echo"),
                    new ExeCommand.Run(
                        "/golem/work/echo",
                        List.of("made", "here"),
                        new ExeCommand.Capture(ExeCommand.Mode.whole(), null)))
                .get(1))
        .extracting(InsideTest::stdout)
        .isEqualTo("made here\n");
  }

  @Test
  void anImageThatIsNotAtHandLeavesThisMachinesPrograms() throws Exception {
    var other = new TaskPackage("hash:sha3:" + "00".repeat(28) + ":file:///dev/null", true, false);
    List<CommandResult> results =
        execute(
            unit(other, Limits.NONE), begin(ExeCommand.Deploy.plain(), sh("pwd; ls /etc/image")));
    assertThat(volumes(results.get(0)).get(0)).startsWith(scratch.toString());
    assertThat(results.get(2).result()).isEqualTo("Error");
  }

  @Test
  void withTheActivityEverythingInItEnds() throws Exception {
    ExeUnit unit = unit(atHand, Limits.NONE);
    execute(
        unit,
        begin(
            ExeCommand.Deploy.plain(),
            sh(
                "(setsid env -i /bin/sh -c '/bin/sleep 600 & echo >/golem/work/up; wait' >/dev/null"
                    + " 2>&1 &) ; while ! [ -e /golem/work/up ]; do sleep 0; done")));
    List<ProcessHandle> inside =
        ProcessHandle.current()
            .descendants()
            .filter(each -> each.info().command().orElse("").contains("busybox"))
            .toList();
    assertThat(inside).isNotEmpty();
    assertThat(units.running()).isEmpty();
    unit.end(null).get(120, TimeUnit.SECONDS);
    assertThat(inside).noneMatch(ProcessHandle::isAlive);
    until(() -> isEmpty(scratch));
  }

  @Test
  void aMachineThatWasStoppedCanBeDeployedAgain() throws Exception {
    ExeUnit unit = unit(atHand, new Limits(OptionalLong.of(1 << 20), OptionalLong.empty(), false));
    ExeCommand[] all = begin(ExeCommand.Deploy.plain(), sh("[ ! -e /left ] && echo x >/left"));
    assertThat(execute(unit, all)).hasSize(3).last().extracting("result").isEqualTo("Ok");
    execute(unit, new ExeCommand.Terminate());
    assertThat(execute(unit, all)).hasSize(3).last().extracting("result").isEqualTo("Ok");
  }

  @Test
  void theFilesOfAnActivityHaveAnEnd() throws Exception {
    Limits limits = new Limits(OptionalLong.of(4 << 20), OptionalLong.empty(), false);
    String half = "dd if=/dev/zero of=%s bs=1024 count=3000 2>/dev/null; ";
    List<CommandResult> results =
        execute(
            unit(atHand, limits),
            begin(
                ExeCommand.Deploy.plain(),
                sh(half.formatted("/golem/work/a") + half.formatted("/b") + "sleep 300")));
    assertThat(results.get(2).message())
        .isEqualTo(
            "Usage limit exceeded: the files of the activity take more than 4 MiB of storage.");
  }

  @Test
  void theMemoryOfAnActivityHasAnEndWhereGroupsCanBeMade() throws Exception {
    Optional<MemoryGroup> group = MemoryGroup.make(1 << 20);
    assumeThat(group).as("a control group of this user").isPresent();
    group.get().close();
    Limits limits = new Limits(OptionalLong.empty(), OptionalLong.of(48 << 20), false);
    String text = "x=$(dd if=/dev/zero bs=1048576 count=%d 2>/dev/null | tr '\\0' x); echo ${#x}";
    List<CommandResult> results =
        execute(
            unit(atHand, limits),
            begin(ExeCommand.Deploy.plain(), sh(text.formatted(2)), sh(text.formatted(100))));
    assertThat(stdout(results.get(2))).isEqualTo("2097152\n");
    assertThat(results.get(3).message()).contains("exited with code");
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void until(Condition condition) throws Exception {
    while (!condition.holds()) {
      Thread.onSpinWait();
    }
  }
}
