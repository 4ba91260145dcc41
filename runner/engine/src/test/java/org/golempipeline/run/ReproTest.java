package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.commons.io.FileUtils;
import org.golempipeline.cache.FileDigests;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.event.RunEvent;
import org.golempipeline.image.Images;
import org.golempipeline.journal.GivenUp;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.repro.ReproFolder;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.StageName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code run.sh} does must be what a provider did: both are real here. */
@Timeout(240)
class ReproTest {
  private static final String HOSTILE = "-n it's \"$(touch hacked)\" `id` \\ $in\n\nüñí; exit 9 # ";

  @TempDir Path temporary;
  private Project project;
  private Path folder;

  @BeforeEach
  void open() throws Exception {
    folder = Files.createDirectories(temporary.resolve("-a b'$(touch hacked)\n"));
    project = new Project(temporary.resolve("project"));
  }

  /** How a replay ended. */
  private record Replayed(int status, String said, Path folder) {
    String file(String name) throws Exception {
      return Files.readString(folder.resolve("replay").resolve(name));
    }
  }

  private Replayed replay(String yaml, String stage, int index) throws Exception {
    var made = make(yaml, stage, index);
    return run(made, List.of(), "");
  }

  private Path make(String yaml, String stage, int index) throws Exception {
    var plan = project.plan(yaml).orNull();
    var made = folder.resolve(stage + "-" + index);
    var kept = project.folder.resolve(".golem-pipeline/cache");
    Files.createDirectories(kept);
    var clock = Clock.systemUTC();
    var scratch = project.folder.resolve(".golem-pipeline/repro/.work");
    try (var cache = ResultCache.open(kept, scratch, clock);
        var digests = FileDigests.open(kept, kept, clock, false);
        var results =
            EarlierResults.open(
                plan,
                GivenUp.NOTHING,
                scratch,
                cache,
                digests,
                Images.none(),
                new LocalShell(true, Secrets.NONE),
                clock)) {
      var fragment = results.fragment(plan.stage(new StageName(stage)), index);
      new ReproFolder(fragment, "pipeline.yaml", null, List.of(), null).write(made);
    }
    assertThat(scratch).doesNotExist();
    writeAnew(made.resolve("run.sh"));
    return made;
  }

  /**
   * Another process writes the program as it is. A process that a test beside this one starts may
   * for a moment hold open what this JVM was writing, and Linux starts no file that is open for
   * writing.
   */
  private static void writeAnew(Path program) throws Exception {
    var copy = program.resolveSibling("copy of " + program.getFileName());
    var process =
        new ProcessBuilder("sh", "-c", "cp -p \"$0\" \"$1\" && mv -f \"$1\" \"$0\"")
            .redirectErrorStream(true);
    process.command().addAll(List.of(program.toString(), copy.toString()));
    assertThat(process.start().waitFor()).isZero();
  }

  private Replayed run(Path made, List<String> arguments, String input) throws Exception {
    var words = new ArrayList<>(List.of(made.resolve("run.sh").toString()));
    words.addAll(arguments);
    var builder = new ProcessBuilder(words).directory(temporary.toFile()).redirectErrorStream(true);
    builder.environment().put("in", "not this one");
    builder.environment().put("elsewhere", "not known to providers");
    builder.environment().put("CDPATH", "/");
    builder.environment().put("secret", "s3'cret");
    var process = builder.start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Replayed(process.waitFor(), said, made);
  }

  private RunEvent.AttemptFailure failed(int fragment) {
    return project.events(RunEvent.BatchFinished.class).stream()
        .flatMap(batch -> batch.failed().stream())
        .filter(failed -> failed.fragment() == fragment)
        .findFirst()
        .orElseThrow();
  }

  private String log(RunEvent.AttemptFailure failed) throws Exception {
    return project.read(".golem-pipeline/runs/run-0/" + failed.log());
  }

  @Test
  void aFailureIsTheSameHereAsOnTheProvider() throws Exception {
    project.file("in/a b.txt", "one\ntwo\nthree\n").file("tool.sh", "echo tool; exit 7\n");
    project.params.put("text", HOSTILE);
    var yaml =
        """
        version: 1
        name: failing
        params: { text: x }
        input: "in/*.txt"
        split: { lines: 1 }
        files: tool.sh
        setup: echo "prepared $text" > prepared
        run: |
          cat prepared
          printf '%s|%s|' "$text" "$path" "$(cat "$in")" "${elsewhere-}" "$#" "${in##*/}" "${out##*/}"
          locale 2>/dev/null | grep LANG=
          [ "$index" -ne 1 ] || sh ./tool.sh >&2
          cat > "$out"
        retry: { attempts: 1 }
        merge: concat
        output: all.txt
        """;
    assertThat(project.run(yaml).exitCode()).isEqualTo(1);

    var replayed = replay(yaml, "failing", 1);

    var failed = failed(1);
    assertThat(replayed.status()).isEqualTo(failed.exitCode());
    assertThat(replayed.file("log")).isEqualTo(log(failed));
    assertThat(replayed.said())
        .contains("  | tool\n", "log: ", "It exited with " + failed.exitCode() + ".\n");
    assertThat(folder.resolve("hacked")).doesNotExist();
    assertThat(temporary.resolve("hacked")).doesNotExist();
    assertThat(Files.readString(replayed.folder().resolve("given/fragment/in.txt")))
        .isEqualTo("two\n");
    assertThat(Files.readString(replayed.folder().resolve("README.txt")))
        .contains("given/fragment/in.txt", "replay/fragment/out");

    assertThat(run(replayed.folder(), List.of(), "").said()).isEqualTo(replayed.said());
    assertThat(run(replayed.folder(), List.of("--help"), "").status()).isEqualTo(2);
  }

  @Test
  void outputsAreThoseThatWerePublished() throws Exception {
    project.file("in/x.a", "1").file("in/-rf $(touch y).b", "2").file("in/z\nz", "3");
    var yaml =
        """
        version: 1
        name: outputs
        input: "in/*"
        split: { files: { group: 2 } }
        out: "*.txt"
        run: |
          for f in "$in"/*; do n=${f##*/}; cat "$f" > "$outdir/$n.txt"; done
          echo no > "$outdir/other"; echo "$PWD" > "$tmp/t"
        output: "out/${index}/"
        """;
    project.succeed(yaml);
    for (var index : List.of(0, 1)) {
      var replayed = replay(yaml, "outputs", index);
      assertThat(replayed.status()).isZero();
      var made = new TreeMap<String, String>();
      try (var files = Files.list(replayed.folder().resolve("replay/fragment/out"))) {
        for (var file : files.toList()) {
          made.put(file.getFileName().toString(), Files.readString(file));
        }
      }
      assertThat(made.remove("other")).isEqualTo("no\n");
      assertThat(made).isEqualTo(project.tree("out/" + index));
    }
  }

  @Test
  void argumentsWithoutAShellAreReplayed() throws Exception {
    project.params.put("text", HOSTILE);
    var yaml =
        """
        version: 1
        name: words
        params: { text: x }
        matrix: { n: [1, 2] }
        run: [dd, "of=${out}", "if=/dev/null", "count=${n}"]
        out: .bin
        output: "out/${n}.bin"
        """;
    project.succeed(yaml);
    var replayed = replay(yaml, "words", 1);
    assertThat(replayed.status()).isZero();
    assertThat(replayed.file("fragment/out.bin")).isEmpty();
    assertThat(Files.readString(replayed.folder().resolve("command.sh")))
        .isEqualTo("exec 'dd' 'of='\"$_gp_d\"'/out.bin' 'if=/dev/null' 'count=2'\n");
    var quoted =
        yaml.replace(
            "[dd, \"of=${out}\", \"if=/dev/null\", \"count=${n}\"]",
            "[sh, -c, 'printf %s \"$1\" > \"$0\"', \"${out}\", \"${text}\"]");
    project.succeed(quoted);
    FileUtils.deleteDirectory(replayed.folder().toFile());
    assertThat(replay(quoted, "words", 1).file("fragment/out.bin"))
        .isEqualTo(HOSTILE)
        .isEqualTo(project.read("out/2.bin"));
  }

  @Test
  void whatEarlierStagesLeftComesFromTheCache() throws Exception {
    project.file("in/a.txt", "b\na\n").file("in/c.txt", "d\nc\n");
    var yaml =
        """
        version: 1
        name: chain
        stages:
          two:
            run: echo 2 > "$out"
            merge: value
          sorted:
            input: "in/*.txt"
            run: sort "$in" > "$out"
          joined:
            from: sorted
            merge: { reduce: { run: 'cat "$in"/* > "$out"', fan_in: 2 } }
            run: tr a-z A-Z < "$in" > "$out"
          parts:
            from: joined
            needs: two
            files: { all.txt: { from: joined } }
            split: { lines: 1 }
            retry: { attempts: 1 }
            run: |
              echo "$two $(cat "$in") $(cat all.txt | tr '\\n' ,)"
              exit 5 > "$out"
            merge: concat
            output: all.txt
        """;
    var end = project.run(yaml);
    assertThat(end.failure().message()).isEqualTo("A fragment of `parts` failed.");

    var failed =
        project.events(RunEvent.BatchFinished.class).stream()
            .flatMap(batch -> batch.failed().stream())
            .findFirst()
            .orElseThrow();
    var failing = replay(yaml, "parts", failed.fragment());
    assertThat(failing.status()).isEqualTo(5);
    assertThat(failing.file("log"))
        .isEqualTo("2 " + "ABCD".charAt(failed.fragment()) + " A,B,C,D,\n")
        .isEqualTo(log(failed));
    assertThat(replay(yaml, "joined", 1).file("fragment/out")).isEqualTo("C\nD\n");
    assertThat(replay(yaml, "joined.reduce", 0).file("fragment/out")).isEqualTo("A\nB\nC\nD\n");
    assertThatThrownBy(() -> make(yaml, "parts", 4))
        .isInstanceOf(EarlierResultsException.class)
        .hasMessage("Stage `parts` has no fragment 4.");

    FileUtils.deleteDirectory(project.folder.resolve(".golem-pipeline/cache").toFile());
    assertThatThrownBy(() -> make(yaml, "parts", 0))
        .isInstanceOf(EarlierResultsException.class)
        .hasMessageMatching("The outputs? of stage `.*` (is|are) needed, and no run left .*");
    assertThatThrownBy(() -> make(yaml, "joined", 0)).isInstanceOf(EarlierResultsException.class);
    assertThat(replay(yaml, "sorted", 0).file("fragment/out")).isEqualTo("a\nb\n");
  }

  @Test
  void secretsAreNotInTheFolder() throws Exception {
    var yaml =
        """
        version: 1
        name: hush
        params: { secret: { secret: true, env: TOKEN } }
        setup: 'echo "$secret" > one'
        run: 'cat one > "$out"; echo "$secret" >> "$out"'
        output: out.txt
        """;
    project.environment.put("TOKEN", "s3'cret");
    var replayed = replay(yaml, "hush", 0);
    assertThat(replayed.status()).isZero();
    assertThat(replayed.file("fragment/out")).isEqualTo("s3'cret\ns3'cret\n");
    FileUtils.deleteDirectory(replayed.folder().resolve("replay").toFile());
    try (var files = Files.walk(replayed.folder())) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file)).doesNotContain("s3");
      }
    }
  }

  @Test
  void secretsInAListAreNotInTheFolderEither() throws Exception {
    var yaml =
        """
        version: 1
        name: hush
        params: { secret: { secret: true, env: TOKEN } }
        run: [sh, -c, 'printf %s "$1" > "$2"', sh, "key: ${secret}.", "${out}"]
        output: out.txt
        """;
    project.environment.put("TOKEN", "s3'cret");
    var replayed = replay(yaml, "hush", 0);
    assertThat(replayed.status()).isZero();
    assertThat(replayed.file("fragment/out")).isEqualTo("key: s3'cret.");
    assertThat(Files.readString(replayed.folder().resolve("command.sh"))).doesNotContain("s3");
  }

  @Test
  void acceptJudgesTheReplayToo() throws Exception {
    var yaml =
        """
        version: 1
        name: judged
        params: { least: 3 }
        run: 'echo 2 > "$out"'
        accept: |
          false || [ "$(cat "$in")" -ge "$least" ]
          echo never
        retry: { attempts: 1 }
        output: out.txt
        """;
    assertThat(project.run(yaml).exitCode()).isEqualTo(1);
    var replayed = replay(yaml, "judged", 0);
    assertThat(replayed.status()).isEqualTo(1);
    assertThat(replayed.said())
        .contains("`accept` rejects the output: it exited with 1.")
        .doesNotContain("never");
  }

  @Test
  void aShellHasEverythingSet() throws Exception {
    project.file("in.txt", "hello\n").file("shared.txt", "shared\n");
    var yaml =
        """
        version: 1
        name: shell
        input: in.txt
        files: shared.txt
        run: 'tr a-z A-Z < "$in" > "$out"'
        output: out.txt
        """;
    var made = make(yaml, "shell", 0);
    var shell =
        run(
            made,
            List.of("--shell"),
            "cat \"$in\" shared.txt\nfalse\nsh -eu \"$fragment_command\"\ncat \"$out\"\nexit 4\n");
    assertThat(shell.status()).isEqualTo(4);
    assertThat(shell.said()).contains("Everything is set").endsWith("hello\nshared\nHELLO\n");
  }

  @Test
  void whatAProviderFetchesIsFetchedAndChecked() throws Exception {
    var contents = new ConcurrentHashMap<String, String>();
    var requests = new CopyOnWriteArrayList<String>();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var path = exchange.getRequestURI().toString();
          requests.add(path);
          var bytes = contents.getOrDefault(path, "").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(contents.containsKey(path) ? 200 : 404, 0);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    try {
      var base = "http://127.0.0.1:" + server.getAddress().getPort();
      var input = "/a%20b'$(touch%20hacked).txt?x=%7B1,2%7D&y=%5B1-3%5D";
      contents.put(input, "one\ntwo\n");
      contents.put("/words", "shared\n");
      var yaml =
          """
          version: 1
          name: web
          input: { url: "%s", hash: "%s" }
          files: { "it's words": { url: "%s", hash: "sha3:%s" } }
          run: 'cat "$in" "it''s words" > "$out"'
          output: out.txt
          """
              .formatted(
                  base + input,
                  sha3("one\ntwo\n").toUpperCase(Locale.ROOT),
                  base + "/words",
                  sha3("shared\n"));
      var made = make(yaml, "web", 0);
      assertThat(requests).isEmpty();
      contents.put("/words", "others\n");

      var wrong = run(made, List.of(), "");

      assertThat(wrong.status()).as(wrong.said()).isEqualTo(125);
      assertThat(wrong.said())
          .contains("has the SHA3 " + sha3("others\n") + " and not " + sha3("shared\n"));
      contents.remove("/words");
      assertThat(run(made, List.of(), "").said()).contains("Could not fetch " + base + "/words.");
      contents.put("/words", "shared\n");
      var right = run(made, List.of(), "");
      assertThat(right.status()).as(right.said()).isZero();
      assertThat(right.file("fragment/out")).isEqualTo("one\ntwo\nshared\n");
      assertThat(made.resolve("fetching")).doesNotExist();
      assertThat(requests).containsOnly(input, "/words").hasSize(4);
      assertThat(run(made, List.of(), "").status()).isZero();
      assertThat(requests).hasSize(4);
      assertThat(folder.resolve("hacked")).doesNotExist();
    } finally {
      server.stop(0);
    }
  }

  private static String sha3(String text) throws NoSuchAlgorithmException {
    var digest = MessageDigest.getInstance("SHA3-224");
    return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void givesOutputsOfAnEarlierStageTheNamesThatTheyHadInTheRun() throws Exception {
    project.file("in/a.txt", "1").file("in/b.txt", "2");
    project.reuse = true;
    var yaml =
        """
        version: 1
        name: names
        stages:
          grp:
            input: in/*
            matrix: { m: [x, "y z"] }
            run: cat "$in" > "$out"
            merge: concat
            output: grp/${m}/${stem}.dat
          all:
            from: grp
            split: none
            run: (cd "$in"; find . -type f | sort) > "$out"
            output: all.txt
        """;
    project.succeed(yaml);

    replay(yaml, "all", 0);
    try (var given = Files.walk(folder.resolve("all-0/given/fragment/in"))) {
      var names = given.filter(Files::isRegularFile).map(file -> file.toString().split("/in/")[1]);
      assertThat(names.map("./"::concat).sorted().collect(Collectors.joining("\n", "", "\n")))
          .isEqualTo(project.read("all.txt"))
          .contains("./y z/b.dat");
    }
  }
}
