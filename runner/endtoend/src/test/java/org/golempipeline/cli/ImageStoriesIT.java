package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.golempipeline.exeunit.Containers;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.NodeOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Images are made, kept, published, got and removed, as docs/images.md says. */
@Timeout(300)
class ImageStoriesIT {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final int NOBODY = 65534;
  private static final Pattern COMMAND =
      Pattern.compile("^ {4}golem-pipeline ([^#\n]*)", Pattern.MULTILINE);

  private static final Pattern FILE =
      Pattern.compile("^```\n(version: 1\n.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @TempDir Path folder;
  private HttpServer registry;
  private byte[] published = new byte[0];
  private Workspace workspace;

  @BeforeEach
  void open() throws IOException {
    needs("sqfstar", "unsquashfs", "busybox");
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        exchange -> {
          var path = exchange.getRequestURI().getPath();
          exchange.getRequestBody().readAllBytes();
          var answer =
              path.equals("/download")
                  ? published
                  : path.equals("/v1/image/info")
                      ? info().getBytes(StandardCharsets.UTF_8)
                      : "{\"descriptor\":\"ok\",\"status\":\"full\"}"
                          .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    registry.start();
    workspace =
        new Workspace(folder)
            .with("GOLEM_REGISTRY_URL", url())
            .with("XDG_CACHE_HOME", folder.resolve("cache").toString());
  }

  @AfterEach
  void close() {
    registry.stop(0);
  }

  @Test
  void thePageWorksAsWritten() throws Exception {
    needs("buildah");
    Files.createDirectory(folder.resolve("image"));
    Files.copy(BUSYBOX, folder.resolve("image/busybox"));
    // No network in tests: the same without what Debian gives.
    workspace.write(
        "image/Dockerfile",
        "FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"/bin\"]\n");
    var page = Files.readString(Workspace.project().resolve("docs/images.md"));
    var file = FILE.matcher(page);
    assertThat(file.find()).isTrue();
    workspace.write("squares.yaml", file.group(1));
    var commands = COMMAND.matcher(page).results().map(found -> found.group(1).strip()).toList();
    assertThat(commands).hasSizeGreaterThan(9);
    try (var images =
            new ImageStore(folder.resolve("cache/golem-pipeline/images"), Clock.systemUTC());
        var node = EmbeddedNode.start(daemon(images))) {
      workspace.with("YAGNA_APPKEY", "key").with("YAGNA_API_URL", node.url().toString());
      for (var command : commands) {
        execute(command);
      }
    }
  }

  private NodeOptions daemon(ImageStore images) {
    var node = folder.resolve("node");
    return new NodeOptions(0, "key", 2, node, 1, false, Optional.of(images));
  }

  private void execute(String command) throws Exception {
    if (command.contains("pull")) {
      published = Files.readAllBytes(folder.resolve("mine.gvmi"));
    }
    var words = command.split(" +");
    if (words[1].equals("shell")) {
      if (Containers.obstacle().isEmpty()) {
        looksAround(words);
      }
      return;
    }
    var ran = workspace.run(words);
    assertThat(ran.exitCode()).as(command + "\n" + ran.out() + ran.err()).isZero();
    if (words[0].equals("run")) {
      assertThat(workspace.read("squares.txt")).isEqualTo("0\n1\n4\n9\n16\n25\n36\n49\n");
      if (Containers.obstacle().isEmpty() && words.length == 2) {
        assertThat(ran.err()).contains("inside the image `image/`");
      }
    }
    if (words[0].equals("check")) {
      assertThat(ran.out()).contains("no mistakes found");
    }
    if (command.equals("image inspect image")) {
      assertThat(ran.out())
          .contains("stored   image\n", " awk ")
          .containsPattern("(?m)^layer    [0-9a-f]{12}… \\S+ .*busybox");
    }
  }

  /** With a terminal of its own, which what it starts writes to. */
  private void looksAround(String... words) throws Exception {
    var environment = Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString());
    try (var child = ChildJvm.start(folder, environment, words)) {
      assertThat(child.waitForExit()).as(child.said("err")).isZero();
      assertThat(child.said("out")).containsAnyOf("busybox", "/\n");
    }
  }

  @Test
  void anImageIsMadeKeptShownAndRemoved() throws Exception {
    var sha3 = build();
    assertThat(workspace.run("image", "list").out()).contains(sha3.substring(0, 12), "root.tar");
    var listed = new ObjectMapper().readTree(workspace.run("image", "list", "--json").out());
    assertThat(listed.fieldNames())
        .toIterable()
        .containsExactly("sha3", "file", "size", "unpacked", "last_use", "origins");
    assertThat(listed.path("origins").path(0).path("digest").asText()).startsWith("sha256:");

    var shown = workspace.run("image", "inspect", sha3.substring(0, 8));
    assertThat(shown.lines())
        .contains("sha3     " + sha3, "volumes  /golem/work", "programs busybox sh");
    assertThat(GvmiFile.hash(Path.of(listed.path("file").asText()))).isEqualTo(sha3);

    assertThat(workspace.run("image", "rm", "root.tar").exitCode()).isZero();
    assertThat(workspace.run("image", "list"))
        .returns("", Workspace.Ran::out)
        .returns(0, Workspace.Ran::exitCode);
    assertThat(workspace.run("image", "rm", "root.tar"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("There is no image `root.tar` on this machine.");
  }

  /** Who is not root makes the same bytes, and works inside them. */
  @Test
  void anOrdinaryUserMakesTheSameImageAndRunsInIt() throws Exception {
    needs("setpriv");
    assumeTrue(Containers.obstacle().isEmpty(), () -> Containers.obstacle().toString());
    assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "we are nobody");
    var nobody = Integer.toString(NOBODY);
    var starter =
        List.of(
            "setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups", "--no-new-privs");
    var library =
        Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    for (var needed :
        List.of(
            List.of("test", "-r", library.toString()),
            List.of("test", "-x", folder.getParent().toString()),
            List.of("unshare", "--user", "--map-root-user", "--mount", "true"))) {
      var command = new ArrayList<>(starter);
      command.addAll(needed);
      assumeTrue(
          new ProcessBuilder(command).start().waitFor() == 0, () -> "nobody may not: " + needed);
    }
    var sha3 = build();
    var theirs = Files.createDirectory(folder.resolve("theirs"));
    Files.copy(folder.resolve("root.tar"), theirs.resolve("root.tar"));
    workspace.write(
        "theirs/p.yaml",
        """
        version: 1
        name: p
        image: { build: root.tar }
        run: echo * > "$out"; echo /*
        output: o
        """);
    for (var each : List.of(folder, theirs, theirs.resolve("root.tar"), theirs.resolve("p.yaml"))) {
      Files.setAttribute(each, "unix:uid", NOBODY);
    }
    var environment = Map.of("HOME", theirs.toString(), "XDG_CACHE_HOME", theirs + "/cache");
    try (var child =
        ChildJvm.startBehind(starter, theirs, environment, "run", "p.yaml", "--in", "image")) {
      assertThat(child.waitForExit()).as(child.said("err")).isZero();
      assertThat(child.said("err")).contains("inside the image `root.tar`");
    }
    assertThat(theirs.resolve("cache/golem-pipeline/images").resolve(sha3 + ".gvmi")).exists();
    assertThat(theirs.resolve("o")).hasContent("*");
  }

  @Test
  void anImageOfTheRegistryIsGotOnceAndItsHashChecked() throws Exception {
    var sha3 = build();
    published = Files.readAllBytes(folder.resolve("x.gvmi"));
    workspace.with("XDG_CACHE_HOME", folder.resolve("another").toString());
    var pulled = workspace.run("image", "pull", "me/name:1");
    assertThat(pulled.exitCode()).as(pulled.err()).isZero();
    assertThat(pulled.lines()).contains("sha3     " + sha3);
    var shown = workspace.run("image", "inspect", "me/name:1");
    assertThat(shown.lines()).contains("origin   me/name:1", "programs busybox sh");

    assertThat(workspace.run("image", "pull", "debian:bookworm"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("is no image of Golem's registry");
  }

  @Test
  void anImageIsPublishedWithOrWithoutATag() throws Exception {
    var sha3 = build();
    var pushed = workspace.run("image", "push", "x.gvmi");
    assertThat(pushed.exitCode()).as(pushed.err()).isZero();
    assertThat(pushed.out()).contains("sha3     " + sha3, "hash: " + sha3 + " }");
    assertThat(workspace.run("image", "push", "x.gvmi", "me/name:1"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("`GOLEM_REGISTRY_USER` is not set");
    workspace.with("GOLEM_REGISTRY_USER", "me").with("GOLEM_REGISTRY_TOKEN", "secret");
    var named = workspace.run("image", "push", "root.tar", "me/name:1");
    assertThat(named.exitCode()).isEqualTo(2);
    assertThat(named.err()).contains("does not end like a VM image");
    named = workspace.run("image", "push", "x.gvmi", "me/name:1");
    assertThat(named.lines()).contains("image    me/name:1");
    assertThat(named.out() + named.err()).doesNotContain("secret");
  }

  @Test
  void whatCannotBeBuiltIsSaid() throws IOException {
    assertThat(workspace.run("image", "build", "./none"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("There is no file or folder `./none`.", "hint: ");
    workspace.write("root.tar", "no tar at all, but long enough to be one");
    assertThat(workspace.run("image", "build", "root.tar"))
        .returns(1, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("No image can be read from");
    assertThat(workspace.run("image", "build", "root.tar", "--largest", "much").err())
        .contains("`--largest much` is no size.");
    assertThat(workspace.run("image").exitCode()).isEqualTo(2);
  }

  /** Engines have helpers, which go on if only the engine is ended, or nobody. */
  @ParameterizedTest
  @ValueSource(strings = {"INT", "KILL"})
  void anEngineEndsWithUsWhateverEndsUs(String signal) throws Exception {
    var docker = Files.createDirectories(folder.resolve("bin")).resolve("docker");
    Files.writeString(
        docker,
        """
        #!/bin/sh
        [ "$1" != version ] || exit 0
        sh -c 'trap "echo ended > ended; exit" TERM; echo begun > begun; while :; do sleep 0.1; done' >log 2>&1 &
        wait
        """);
    assertThat(docker.toFile().setExecutable(true)).isTrue();
    workspace.write("source/Dockerfile", "FROM scratch\n");
    var environment =
        Map.of(
            "PATH",
            docker.getParent() + ":" + System.getenv("PATH"),
            "XDG_CACHE_HOME",
            folder.resolve("cache").toString());
    try (var child =
        ChildJvm.start(folder, environment, "image", "build", "source", "-o", "x.gvmi")) {
      ChildJvm.await("the build", () -> Files.exists(folder.resolve("begun")));
      child.signal(signal);
      assertThat(child.waitForExit()).isEqualTo(signal.equals("INT") ? 130 : 137);
      ChildJvm.await("its end", () -> Files.exists(folder.resolve("ended")));
    }
    assertThat(folder.resolve("x.gvmi")).doesNotExist();
    assertThat(workspace.run("image", "list", "--json").out()).doesNotContain("sha3");
  }

  /** An image with a shell, also in `x.gvmi`; answers its hash. */
  private String build() throws Exception {
    var root = Files.createDirectories(folder.resolve("root/bin"));
    Files.copy(BUSYBOX, root.resolve("busybox"));
    Files.createSymbolicLink(root.resolve("sh"), Path.of("busybox"));
    var tar =
        new ProcessBuilder("tar", "-cf", "root.tar", "-C", "root", ".")
            .directory(folder.toFile())
            .start();
    assertThat(tar.waitFor()).isZero();
    var built = workspace.run("image", "build", "root.tar", "-o", "x.gvmi", "--json");
    assertThat(built.exitCode()).as(built.err()).isZero();
    return new ObjectMapper().readTree(built.out()).path("sha3").asText();
  }

  private String info() throws IOException {
    var file = Files.write(folder.resolve("published"), published);
    return "{\"sha3\":\"%s\",\"http\":\"%s/download\",\"size\":%d}"
        .formatted(GvmiFile.hash(file), url(), published.length);
  }

  private String url() {
    return "http://127.0.0.1:" + registry.getAddress().getPort();
  }

  private static void needs(String... programs) {
    for (var program : programs) {
      assumeTrue(
          Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin")
              .anyMatch(each -> Files.isExecutable(Path.of(each, program))),
          "there is no `" + program + "`");
    }
  }
}
