package org.golempipeline.exeunit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.golempipeline.gvmi.UnpackedImage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What programs of an image see and can do, as whoever runs the tests and as an ordinary user. */
@Timeout(240)
class ContainerTest {
  private static final Limits CUT_OFF = Limits.NONE;
  private static final int NOBODY = 65534;

  @TempDir Path temporary;

  private final List<AutoCloseable> open = new ArrayList<>();
  private Path volume;
  private UnpackedImage image;
  private Container.Launcher launcher = ProcessBuilder::start;

  @BeforeEach
  void makeImage() throws IOException {
    Path folder = temporary.toRealPath();
    image = BusyboxImage.in(folder.resolve("the image"), List.of("GREETING=hello"), List.of());
    volume = Files.createDirectory(folder.resolve("vol"));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private Container container(Limits limits) throws IOException {
    Path layer = Files.createTempDirectory(temporary.toRealPath(), "layer");
    Container container =
        Container.start(
            new Container.Parts(image, layer, Map.of("/golem/work", volume), limits), launcher);
    open.add(container);
    return container;
  }

  private static Container.Launcher asNobody() {
    return builder -> {
      List<String> words =
          new ArrayList<>(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
      words.addAll(builder.command());
      return builder.command(words).start();
    };
  }

  private static void own(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
  }

  private record Said(int code, String text) {}

  private Said run(Container container, String text) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(container.command(List.of("/bin/sh", "-c", text)));
    builder.environment().clear();
    builder.environment().putAll(container.environment());
    Process process = launcher.launch(builder.redirectErrorStream(true));
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), said);
  }

  @Test
  void programsSeeTheImageAndNothingElse() throws Exception {
    Container container = container(CUT_OFF);
    Said said = run(container, "cat /etc/image; echo $GREETING $HOME; pwd; ls / /dev; id -u");
    assertThat(said.text().split("\\s+"))
        .containsExactly(
            ("of the image hello /root / /: bin dev etc golem proc /dev: fd full null random shm"
                    + " stderr stdin stdout tty urandom zero 0")
                .split(" "));
    assertThat(run(container, "ls " + temporary.toRealPath()).code()).isNotZero();
    assertThat(run(container, "cat /proc/*/environ /proc/1/root/etc/passwd; ls /proc/1/fd/").text())
        .doesNotContain("root:", temporary.toString());
    assertThat(run(container, "ps | wc -l").text().strip()).matches("\\d");
  }

  @Test
  void whatProgramsChangeStaysInTheirContainer() throws Exception {
    Container one = container(CUT_OFF);
    Container other = container(CUT_OFF);
    assertThat(run(one, "echo changed >/etc/image; rm /bin/wc; echo x >/new").code()).isZero();
    assertThat(run(one, "cat /etc/image /new; ls /bin/wc").text())
        .contains("changed\nx\n", "No such");
    assertThat(run(other, "cat /etc/image; ls /new /bin/wc").text())
        .contains("of the image\n", "/new: No such");
    assertThat(image.root().resolve("new")).doesNotExist();
    assertThat(image.root().resolve("etc/image")).hasContent("of the image\n");
  }

  @Test
  void volumesAreFoldersOfThisMachine() throws Exception {
    Files.writeString(volume.resolve("in"), "given");
    Container container = container(CUT_OFF);
    assertThat(run(container, "cat /golem/work/in; echo back >/golem/work/out").text())
        .isEqualTo("given");
    assertThat(volume.resolve("out")).hasContent("back\n");
  }

  /** Also where the user is root: files of the system that root owns, and the devices. */
  @Test
  void theMachineCannotBeChanged() throws Exception {
    Container container = container(CUT_OFF);
    for (String text :
        List.of(
            "echo x >/proc/sys/kernel/core_pattern",
            "chmod 600 /dev/null",
            "umount /dev/null",
            "umount -l /proc/sys",
            "umount -l /",
            "mount -o remount,rw /proc/sys",
            "mount -o remount,rw /dev/null",
            "mount -t proc proc /etc",
            "echo stop >/proc/1/fd/0",
            "ls /proc/1/root/",
            "ls /proc/1/cwd/")) {
      assertThat(run(container, text).code()).as(text).isNotZero();
    }
    assertThat(
            run(container, "kill -9 1; echo x >/dev/null && head -c1 /dev/zero | wc -c; echo on")
                .text())
        .endsWith("on\n");
  }

  @Test
  void theNetworkIsThereOnlyIfAskedFor() throws Exception {
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String connect = "nc 127.0.0.1 " + server.getLocalPort() + " </dev/null";
      assertThat(run(container(CUT_OFF), connect).code()).isNotZero();
      Limits outbound = new Limits(OptionalLong.empty(), OptionalLong.empty(), true);
      Container connected = container(outbound);
      var answer =
          CompletableFuture.runAsync(
              () -> {
                try (var each = server.accept()) {
                  each.getOutputStream().write('x');
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertThat(run(connected, connect)).isEqualTo(new Said(0, "x"));
      answer.get(120, TimeUnit.SECONDS);
    }
  }

  @Test
  void theWritableLayerHasAnEnd() throws Exception {
    Container container =
        container(new Limits(OptionalLong.of(4 << 20), OptionalLong.empty(), false));
    Said said = run(container, "dd if=/dev/zero of=/big bs=1024 count=8192");
    assertThat(said.code()).isNotZero();
    assertThat(said.text()).contains("No space left");
    assertThat(container.written()).isBetween(3L << 20, 4L << 20);
  }

  @Test
  void nothingOutlivesIt() throws Exception {
    Container container = container(CUT_OFF);
    Files.createDirectory(volume.resolve("pids"));
    run(
        container,
        "(setsid env -i /bin/sh -c '(while :; do /bin/sleep 1; echo x >>/golem/work/lives; done) &'"
            + " </dev/null >/dev/null 2>&1 &)");
    await(() -> Files.exists(volume.resolve("lives")));
    List<ProcessHandle> inside = container.process().descendants().toList();
    assertThat(inside.size()).isGreaterThan(3);
    container.close();
    assertThat(container.process().isAlive()).isFalse();
    assertThat(inside).noneMatch(ProcessHandle::isAlive);
    long size = Files.size(volume.resolve("lives"));
    assertThat(container.has("/bin/sh")).isFalse();
    assertThat(Files.size(volume.resolve("lives"))).isEqualTo(size);
  }

  /** As after the death of this process, whose end of the pipe the system closes. */
  @Test
  void endsWhenItsInputDoes() throws Exception {
    Container container = container(CUT_OFF);
    List<ProcessHandle> inside = container.process().descendants().toList();
    container.process().getOutputStream().close();
    assertThat(container.process().waitFor(120, TimeUnit.SECONDS)).isTrue();
    await(() -> inside.stream().noneMatch(ProcessHandle::isAlive));
  }

  /** Where programs start and what is run is looked for inside, whatever links a program made. */
  @Test
  void linksLeadNowhereOutside() throws Exception {
    Files.createSymbolicLink(image.root().resolve("golem"), temporary.toRealPath());
    Path secret = Files.writeString(temporary.toRealPath().resolve("secret"), "secret");
    Container container = container(CUT_OFF);
    assertThat(temporary.resolve("work")).doesNotExist();
    assertThat(run(container, "cat /golem/secret " + secret + " ../../../../.." + secret).text())
        .doesNotContain("secret\n")
        .contains("can't open");
    assertThat(container.has("/bin/sh")).isTrue();
    assertThat(container.has("/bin/none")).isFalse();
    run(container, "ln -s /usr/bin/java /bin/java; ln -s /bin/sh /golem/work/sh; ln -s loop /loop");
    assertThat(container.has("/bin/java")).isFalse();
    assertThat(container.has("/golem/work/sh")).isTrue();
    assertThat(container.has("/loop")).isFalse();
  }

  @Test
  void variablesOfTheImageDoNotReachTheProgramsOfThisMachine() throws Exception {
    image =
        BusyboxImage.in(
            temporary.toRealPath().resolve("other"),
            List.of("LD_PRELOAD=/none.so", "PATH=/bin"),
            List.of());
    Container container = container(CUT_OFF);
    assertThat(container.environment()).doesNotContainKey("LD_PRELOAD");
    Files.createDirectories(image.root().resolve("usr/bin"));
    assertThat(run(container, "echo $PATH").text()).isEqualTo("/bin\n");
  }

  @Test
  void anOrdinaryUserMayHaveOneToo() throws Exception {
    assumeThat(Files.getAttribute(temporary, "unix:uid")).as("user").isEqualTo(0);
    Path folder = temporary.toRealPath();
    for (Path each : List.of(folder, image.root(), image.root().resolve("bin"))) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    own(volume);
    launcher = asNobody();
    Path layer = Files.createDirectory(folder.resolve("layer-of-nobody"));
    own(layer);
    Container container;
    try {
      container =
          Container.start(
              new Container.Parts(image, layer, Map.of("/golem/work", volume), CUT_OFF), launcher);
      open.add(container);
    } catch (IOException e) {
      assumeThat(e).as("what ordinary users may").isNull();
      throw e;
    }
    Said said =
        run(container, "id -u; echo x >/golem/work/mine; echo y >/new; cat /new /etc/image");
    assertThat(said.text()).isEqualTo("0\ny\nof the image\n");
    assertThat(Files.getAttribute(volume.resolve("mine"), "unix:uid")).isEqualTo(NOBODY);
    assertThat(run(container, "ls " + folder + " /proc/1/root/").code()).isNotZero();
  }

  @Test
  void whatTheSystemDoesNotAllowIsSaid() {
    assertThatThrownBy(
            () ->
                Container.start(
                    new Container.Parts(image, temporary.resolve("missing"), Map.of(), Limits.NONE),
                    ProcessBuilder::start))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing");
    assertThat(Containers.cure("unshare: unshare failed: Operation not permitted"))
        .contains("apparmor_restrict_unprivileged_userns=0");
    assertThat(Containers.cure("Cannot run program \"unshare\": error=2, No such file"))
        .contains("util-linux");
  }

  @Test
  void somebodyMayLookAround() throws Exception {
    try (ImageShell shell = ImageShell.open(image, Map.of("/here", volume), Limits.NONE)) {
      assertThat(shell.has("/bin/sh")).isTrue();
      Process process =
          shell.command(List.of("/bin/sh", "-c", "read -r line; echo $line >/here/said")).start();
      process.getOutputStream().write("typed\n".getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().close();
      assertThat(process.waitFor()).isZero();
    }
    assertThat(volume.resolve("said")).hasContent("typed\n");
  }

  @Test
  void whoLooksAroundMayUseNoMoreThanWasSaid() throws Exception {
    Limits limits = new Limits(OptionalLong.of(4 << 20), OptionalLong.empty(), false);
    Files.write(volume.resolve("before"), new byte[5 << 20]);
    try (ImageShell shell = ImageShell.open(image, Map.of("/here", volume), limits)) {
      String half = "dd if=/dev/zero of=%s bs=1024 count=3000 2>/dev/null; ";
      assertThat(shell.run(sh(shell, half.formatted("/here/a") + "exit 3"))).hasValue(3);
      assertThat(shell.run(sh(shell, half.formatted("/b") + "sleep 300"))).isEmpty();
    }
  }

  @Test
  void whoLooksAroundTakesNoMoreMemoryThanWasSaid() throws Exception {
    Optional<MemoryGroup> group = MemoryGroup.make(1 << 20);
    assumeThat(group).as("a control group of this user").isPresent();
    group.get().close();
    Limits limits = new Limits(OptionalLong.empty(), OptionalLong.of(48 << 20), false);
    try (ImageShell shell = ImageShell.open(image, Map.of(), limits)) {
      String text = "x=$(dd if=/dev/zero bs=1048576 count=%d 2>/dev/null | tr '\\0' x)";
      assertThat(shell.run(sh(shell, text.formatted(2)))).hasValue(0);
      assertThat(shell.run(sh(shell, text.formatted(100))).orElse(0)).isNotZero();
    }
  }

  private static ProcessBuilder sh(ImageShell shell, String text) {
    return shell.command(List.of("/bin/sh", "-c", text));
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    while (!condition.holds()) {
      Thread.onSpinWait();
    }
  }
}
