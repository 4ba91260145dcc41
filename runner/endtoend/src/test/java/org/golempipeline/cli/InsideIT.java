package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.golempipeline.exeunit.Containers;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.NodeOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pipelines on this machine, inside an image that is made of one static busybox. */
@Timeout(300)
class InsideIT {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final String IMAGE = "image: { build: ../busybox.tar }\n";

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void makeImage() throws Exception {
    assumeTrue(Files.isExecutable(BUSYBOX), "there is no `busybox`");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/sqfstar")), "there is no `sqfstar`");
    assumeTrue(Containers.obstacle().isEmpty(), () -> Containers.obstacle().toString());
    workspace = new Workspace(folder).with("XDG_CACHE_HOME", folder.resolve("cache").toString());
    try (var tar =
        new TarArchiveOutputStream(Files.newOutputStream(folder.resolve("busybox.tar")), "UTF-8")) {
      for (var name : List.of("bin/", "tmp/")) {
        tar.putArchiveEntry(new TarArchiveEntry(name, TarConstants.LF_DIR));
        tar.closeArchiveEntry();
      }
      var program = new TarArchiveEntry("bin/busybox");
      program.setMode(0755);
      program.setSize(Files.size(BUSYBOX));
      tar.putArchiveEntry(program);
      Files.copy(BUSYBOX, tar);
      tar.closeArchiveEntry();
      for (var applet : applets()) {
        var link = new TarArchiveEntry("bin/" + applet, TarConstants.LF_SYMLINK);
        link.setLinkName("busybox");
        tar.putArchiveEntry(link);
        tar.closeArchiveEntry();
      }
    }
  }

  private static List<String> applets() throws IOException {
    var process = new ProcessBuilder(BUSYBOX.toString(), "--list").start();
    var names = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return names.lines().filter(name -> !name.equals("busybox")).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mask-attack", "monte-carlo-pi", "parameter-sweep", "word-count"})
  void examplesMakeWhatIsExpected(String name) throws Exception {
    var example = Workspace.project().resolve("pipelines").resolve(name);
    workspace.copy(example, name);
    var file = name + "/pipeline.yaml";
    var text = workspace.read(file).replaceFirst("(?m)^image: .*\n", IMAGE);
    var expected = Workspace.files(example.resolve("expected"));
    if (text.contains("to: 4000000")) {
      // So many darts take the awk of busybox long.
      text = text.replace("to: 4000000", "to: 500000");
      expected = Map.of("pi.txt", "3.139960\n");
    }
    workspace.write(file, text);

    var ran = workspace.run("run", file, "--in", "image");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("inside the image `../busybox.tar`");
    assertThat(workspace.files(name + "/result")).isEqualTo(expected);
    assertThat(workspace.run("check", file).out()).contains("no mistakes found");
  }

  @Test
  void fragmentsSeeTheImageAloneAndResultsTellItApart() throws Exception {
    workspace.write("secret.txt", "of this machine");
    pipeline(IMAGE + "run: |\n  { ls /; cat \"" + folder + "/secret.txt\" || :; } > \"$out\" 2>&1");

    assertThat(workspace.run("run", "p/p.yaml").exitCode()).isZero();
    assertThat(workspace.read("p/o").lines())
        .contains("bin", "golem")
        .doesNotContain("usr", "of this machine");

    var host = workspace.run("run", "p/p.yaml", "--in", "host");
    assertThat(host.err())
        .contains("with this machine's own programs: the image `../busybox.tar` is left aside")
        .contains("image changed");
    assertThat(workspace.read("p/o").lines()).contains("usr", "of this machine");

    var again = workspace.run("run", "p/p.yaml");
    assertThat(again.err()).contains("reused");
    assertThat(workspace.read("p/o")).doesNotContain("of this machine");
  }

  @Test
  void theNetworkIsThereOnlyForWhoNamesHosts() throws Exception {
    var interfaces = "run: |\n  grep -c : /proc/net/dev > \"$out\"";
    pipeline(IMAGE + interfaces);
    assertThat(workspace.run("run", "p/p.yaml").exitCode()).isZero();
    assertThat(workspace.read("p/o")).isEqualTo("1\n");

    pipeline(IMAGE + "golem: { outbound: [example.org] }\n" + interfaces);
    var ran = workspace.run("run", "p/p.yaml", "--fresh");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    var here = Files.readAllLines(Path.of("/proc/net/dev")).stream();
    assertThat(workspace.read("p/o")).isEqualTo(here.filter(l -> l.contains(":")).count() + "\n");
  }

  @Test
  void whatIsNotHereIsSaidAndRefusedToWhoInsists() throws Exception {
    pipeline("image: golem/none:1\nrun: echo here > \"$out\"");
    var outside = workspace.run("run", "p/p.yaml");
    assertThat(outside.exitCode()).as(outside.err()).isZero();
    assertThat(outside.err())
        .contains("own programs: the image `golem/none:1` is not on this machine");

    var refused = workspace.run("run", "p/p.yaml", "--in", "image");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err())
        .contains("p/p.yaml:3:8: error: ", "[Image.NotHere]", "golem-pipeline image pull");
    assertThat(workspace.run("run", "p/p.yaml", "--in", "space").exitCode()).isEqualTo(2);
    assertThat(workspace.run("run", "p/p.yaml", "--on", "golem", "--in", "host").err())
        .contains("`--in host` is for runs on this machine");
  }

  @Test
  void aShellInItSeesTheImageAndTheFoldersThatItWasGiven() throws Exception {
    pipeline(IMAGE + "run: ls > \"$out\"");
    assertThat(workspace.run("run", "p/p.yaml", "--in", "image").exitCode()).isZero();
    var environment = Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString());
    var script = "ls / > /work/seen; echo kept > /work/kept; echo gone > /gone; exit 7";
    var words =
        List.of("image", "shell", "--folder", "p:/work", "busybox.tar", "--", "sh", "-c", script);
    try (var child = ChildJvm.start(folder, environment, words.toArray(String[]::new))) {
      assertThat(child.waitForExit()).as(child.said("err")).isEqualTo(7);
    }
    assertThat(workspace.read("p/kept")).isEqualTo("kept\n");
    assertThat(workspace.read("p/seen").lines()).contains("bin", "work").doesNotContain("usr");
    var none = workspace.run("image", "shell", "nothing-like-this");
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(workspace.run("image", "shell", "--folder", "p", "busybox.tar").err())
        .contains("`--folder p` names no folder and place");
  }

  @Test
  void aRehearsalIsHeldInsideAndSeesWhatIsLeftThere() throws Exception {
    workspace.write("p/a.txt", "a\n");
    pipeline(
        IMAGE
            + "input: a.txt\nrun: |\n  ls / > \"$out\"; cat \"$in\" > /tmp/left; mkdir -p /golem/work/more;"
            + " rm -f /bin/more; cp \"$in\" /bin/more; sleep 617 &");

    var ran = workspace.run("rehearse", "p/p.yaml", "--chaos", "calm", "--seed", "7", "--json");

    assertThat(ran.exitCode()).as(ran.err() + ran.out()).isEqualTo(1);
    assertThat(ran.err()).contains("inside the image `../busybox.tar`\n");
    var result = new ObjectMapper().readTree(ran.out());
    assertThat(result.get("notes")).isEmpty();
    assertThat(result.findValuesAsText("id")).containsExactly("leaves-processes", "writes-outside");
    assertThat(result.findValuesAsText("seen").get(0)).contains("`sleep 617`");
    assertThat(result.findValuesAsText("seen").get(1))
        .isEqualTo("`/bin/more` changed, `/tmp/left` is new, `/golem/work/more/` is new");
    assertThat(ProcessHandle.allProcesses().flatMap(each -> each.info().arguments().stream()))
        .noneMatch(words -> List.of(words).equals(List.of("617")));

    var host = workspace.run("rehearse", "p/p.yaml", "--chaos", "calm", "--in", "host");
    assertThat(host.err()).contains("own programs: the image `../busybox.tar` is left aside");
  }

  @Test
  void theLawsAreTriedInside() throws Exception {
    workspace.write("p/a.txt", "a\nb\n");
    pipeline(IMAGE + "input: a.txt\nrun: test ! -e /usr && cat \"$in\" > \"$out\"");

    var ran = workspace.run("check", "--laws", "p/p.yaml");
    assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
    assertThat(ran.err()).contains("inside the image `../busybox.tar`\n");
    var host = workspace.run("check", "--laws", "--in", "host", "p/p.yaml");
    assertThat(host.exitCode()).isEqualTo(1);
    assertThat(host.err()).contains("own programs: the image `../busybox.tar` is left aside");
    assertThat(workspace.run("check", "--in", "host", "p/p.yaml").err()).contains("Add `--laws`.");
  }

  @Test
  void aFragmentIsReplayedInsideAsItRan() throws Exception {
    var program = folder.resolve("path/golem-pipeline");
    workspace.write(
        "path/golem-pipeline",
        "#!/bin/sh\nexec '%s' \"$@\"\n".formatted(String.join("' '", ChildJvm.program())));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    workspace.with("TOKEN", "hush");
    workspace.write(
        "a b/p.yaml",
        """
        version: 1
        name: p
        params: { token: { secret: true, env: TOKEN } }
        image: { build: ../busybox.tar }
        stages:
          first: { run: 'echo made > "$out"' }
          second:
            from: first
            retry: { attempts: 1 }
            run: |
              ls /; id -u; hostname; env | grep -e HOME -e PATH -e TERM; grep : /proc/net/dev
              echo "${#token}" | cat - "$in" > "$out"
              exit 3
            output: o
        """);
    assertThat(workspace.run("run", "a b/p.yaml").exitCode()).isEqualTo(1);

    var made = workspace.run("repro", "second/0", "a b/p.yaml");

    assertThat(made.exitCode()).as(made.err()).isZero();
    assertThat(made.err()).contains("inside the image `../busybox.tar`\n");
    var repro = folder.resolve(made.out().strip());
    assertThat(Files.readString(repro.resolve("run.sh")))
        .contains(" --memory 536870912B --storage 2147483648B ");
    var replayed = replay(repro, "");
    assertThat(replayed).contains("It exited with 3.");
    assertThat(Files.readString(repro.resolve("replay/log")))
        .isEqualTo(Files.readString(repro.resolve("logs/attempt-1.log")));
    assertThat(repro.resolve("replay/fragment/out")).hasContent("4\nmade");
    assertThat(replay(repro, "ls /; sh -eu \"$fragment_command\" || echo $?\n", "--shell"))
        .contains("golem\n", "TERM=dumb", "\n3\n")
        .doesNotContain("usr\n");
    assertThat(replay(repro, "", "--in", "host")).contains("usr\n", "It exited with");
    assertThat(replay(repro, "", "--in", "space")).startsWith("usage: ");

    var host = workspace.run("repro", "second/0", "a b/p.yaml", "--in", "host");
    assertThat(host.err()).contains("own programs: the image `../busybox.tar` is left aside");
    assertThat(workspace.read(host.out().strip() + "/README.txt")).contains("leaves aside");
    assertThat(workspace.run("image", "rm", "busybox.tar").exitCode()).isZero();
    assertThat(replay(repro, "")).contains("There is no image");
  }

  private String replay(Path repro, String input, String... arguments) throws Exception {
    var words = new ArrayList<>(List.of(repro.resolve("run.sh").toString()));
    words.addAll(List.of(arguments));
    var builder = new ProcessBuilder(words).redirectErrorStream(true);
    var path = folder.resolve("path") + ":" + System.getenv("PATH");
    builder.environment().putAll(Map.of("PATH", path, "token", "hush", "TERM", "dumb"));
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    var process = builder.start();
    try (var given = process.getOutputStream()) {
      given.write(input.getBytes(StandardCharsets.UTF_8));
    }
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  /** On this machine's own programs they would differ from what providers return. */
  @Test
  void auditsOfARunOnGolemAreMadeInside() throws Exception {
    var images = new ImageStore(folder.resolve("cache/golem-pipeline/images"), Clock.systemUTC());
    var options =
        new NodeOptions(0, "key", 2, folder.resolve("node"), 1, false, Optional.of(images));
    try (images;
        var node = EmbeddedNode.start(options)) {
      workspace.with("YAGNA_APPKEY", "key").with("YAGNA_API_URL", node.url().toString());
      pipeline(
          "budget: 1 GLM\nverify: { audit: 100%, by: local }\n" + IMAGE + "run: ls / > \"$out\"");

      var ran = workspace.run("run", "p/p.yaml", "--on", "golem", "--json");

      assertThat(ran.exitCode()).as(ran.err()).isZero();
      assertThat(ran.err())
          .contains("audits on this machine run inside the image `../busybox.tar`\n");
      assertThat(workspace.read("p/o").lines()).contains("golem").doesNotContain("usr");
      // One rental of a provider, and one here that agreed with it.
      assertThat(ran.out().lines().filter(line -> line.contains("\"rental-opened\""))).hasSize(2);
      assertThat(ran.out()).contains("\"image\":\"this machine\"").doesNotContain("banned");

      var page = workspace.run("report", "--in", "p");
      assertThat(workspace.read(page.out().strip()))
          .contains("audits on this machine run inside the image <code>../busybox.tar</code>");
    }
  }

  /** Nobody is left to end what runs there, but the pipe that nobody holds open any more. */
  @Test
  void nothingInsideOutlivesARunThatIsKilled() throws Exception {
    var mark = "6" + ProcessHandle.current().pid();
    pipeline(
        IMAGE + "run: |\n  setsid env -i /bin/sleep %s &\n  exec sleep %s".formatted(mark, mark));
    var environment = Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString());
    try (var child = ChildJvm.start(folder, environment, "run", "p/p.yaml", "--in", "image")) {
      ChildJvm.await("the programs", () -> sleeping(mark) == 2);
      child.signal("KILL");
      assertThat(child.waitForExit()).isEqualTo(137);
      ChildJvm.await("their end", () -> sleeping(mark) == 0);
    }
  }

  private static long sleeping(String seconds) {
    return ProcessHandle.allProcesses()
        .flatMap(each -> each.info().arguments().stream())
        .filter(words -> List.of(words).contains(seconds) && words.length < 3)
        .count();
  }

  @Test
  void nobodyIsPaidForAnImageThatDoesNotStart() throws Exception {
    workspace.with("YAGNA_APPKEY", "key").with("YAGNA_API_URL", "http://127.0.0.1:1");
    Files.move(folder.resolve("busybox.tar"), folder.resolve("good.tar"));
    try (var tar =
        new TarArchiveOutputStream(Files.newOutputStream(folder.resolve("busybox.tar")), "UTF-8")) {
      var script = "#!/bin/nothing\n".getBytes(StandardCharsets.UTF_8);
      var shell = new TarArchiveEntry("bin/sh");
      shell.setMode(0755);
      shell.setSize(script.length);
      tar.putArchiveEntry(shell);
      tar.write(script);
      tar.closeArchiveEntry();
    }
    pipeline("budget: 1 GLM\n" + IMAGE + "run: echo > \"$out\"");

    var refused = workspace.run("run", "p/p.yaml", "--on", "golem");
    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err())
        .contains("The image `../busybox.tar` does not start on this machine.", "`--no-trial`");
    assertThat(workspace.run("run", "p/p.yaml", "--on", "golem", "--no-trial").exitCode())
        .isEqualTo(4);

    // As after a pull.
    var listed = new ObjectMapper().readTree(workspace.run("image", "list", "--json").out());
    workspace.write(
        "p/p.yaml.lock",
        "{\"version\": 1, \"images\": {\"me/bad:1\": {\"sha3\": \"%s\", \"url\": \"http://x\"}}}"
            .formatted(listed.path("sha3").asText()));
    pipeline("budget: 1 GLM\nimage: me/bad:1\nrun: echo > \"$out\"");
    assertThat(workspace.run("run", "p/p.yaml", "--on", "golem"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("The image `me/bad:1` does not start on this machine.");
    Files.delete(folder.resolve("p/p.yaml.lock"));
    pipeline("budget: 1 GLM\n" + IMAGE + "run: echo > \"$out\"");

    Files.move(
        folder.resolve("good.tar"),
        folder.resolve("busybox.tar"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThat(workspace.run("run", "p/p.yaml", "--on", "golem").exitCode()).isEqualTo(4);
  }

  private void pipeline(String body) throws IOException {
    workspace.write("p/p.yaml", "version: 1\nname: p\n" + body + "\noutput: o\n");
  }
}
