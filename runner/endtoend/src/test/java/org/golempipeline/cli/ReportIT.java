package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.NodeOptions;
import org.golempipeline.node.ProviderFault;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pages about real runs, as a real browser shows them. */
@Timeout(240)
class ReportIT {
  private static final int PHONE = 360;
  private static final int DESK = 1200;

  @TempDir static Path profile;
  private static Browser shared;

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() {
    workspace = new Workspace(folder);
  }

  private static Browser browser() throws IOException, InterruptedException {
    assumeThat(Browser.installed()).isPresent();
    if (shared == null) {
      shared = Browser.start(Browser.installed().get(), profile);
    }
    return shared;
  }

  @AfterAll
  static void close() {
    if (shared != null) {
      shared.close();
    }
  }

  /** The page of the newest run of the pipelines in a folder. */
  private String page(String place) throws IOException {
    var ran = workspace.run("report", "--in", place);
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.err()).isEmpty();
    return workspace.read(ran.out().strip());
  }

  private static void assertHarmless(Browser.Seen seen) {
    assertThat(seen.scripts()).isZero();
    assertThat(seen.images()).isZero();
    assertThat(seen.owned()).isFalse();
    assertThat(seen.loaded()).isZero();
    assertThat(seen.requests()).isEmpty();
    assertThat(seen.styled()).isTrue();
    assertThat(seen.overflow()).isLessThanOrEqualTo(0);
  }

  @Test
  void aFinishedRunIsSeenWithItsStagesAndResults() throws Exception {
    workspace.write("a b/in/a.txt", "one\n");
    workspace.write("a b/in/b.txt", "two\nthree\n");
    workspace.write(
        "a b/two.yaml",
        """
        version: 1
        name: two-stages
        stages:
          upper:
            input: "in/*.txt"
            run: tr a-z A-Z < "$in" > "$out"
          all:
            from: upper
            split: none
            run: cat "$in"/* > "$out"
            merge: concat
            output: result/all.txt
        """);
    var ran = workspace.run("run", "a b/two.yaml");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    var line = ran.err().lines().filter(each -> each.startsWith("  report ")).findFirst();
    assertThat(line.orElseThrow()).matches("  report     golem-pipeline report \\S+ --in 'a b/'");

    var html = page("a b");

    var browser = browser();
    for (var width : new int[] {PHONE, DESK}) {
      var seen = browser.open(html, width);
      assertHarmless(seen);
      assertThat(seen.title()).isEqualTo("two-stages, done");
      assertThat(seen.folded())
          .contains("The run is complete: 1 file published.", "result/all.txt", "upper", "all")
          .contains("Where the time went", "Workers over time", "on this machine")
          .doesNotContain("What failed");
      assertThat(seen.text()).contains("2 of 2 fragments done", "never run before");
    }
    workspace.write("a b/report.html", html);
    var picture = browser.picture(folder.resolve("a b/report.html"), 1000, 1400);
    var image = ImageIO.read(new ByteArrayInputStream(picture));
    assertThat(image.getWidth()).isEqualTo(1000);
    assertThat(image.getHeight()).isEqualTo(1400);
    assertThat(image.getRGB(500, 40)).isEqualTo(0xffffffff);
  }

  @Test
  void aFailedRunIsSeenWithItsCauseAndACommandThatWorks() throws Exception {
    var browser = browser();
    workspace.write("a b/in/<img src=x onerror='owned=true'>.txt", "x\n");
    workspace.write("a b/in/b.txt", "fine\n");
    workspace.write(
        "a b/it's.yaml",
        """
        version: 1
        name: failing
        params: { code: 0 }
        input: "in/*.txt"
        retry: { attempts: 1 }
        run: |
          echo '<script>owned=true</script><img src="%s/pixel">'
          printf '\\033[31mno x in it\\n'
          cp "$in" "$out"
          ! grep -q x "$in" || exit "$code"
        output: out/
        """
            .formatted(browser.url()));
    assertThat(workspace.run("run", "a b/it's.yaml", "-p", "code=7").exitCode()).isEqualTo(1);

    var html = page("a b/it's.yaml");

    var seen = browser.open(html, PHONE);
    assertHarmless(seen);
    assertThat(seen.title()).isEqualTo("failing, failed");
    assertThat(seen.folded())
        .contains("A fragment of failing failed.", "exit code 1", "It exited with 7")
        .contains("<script>owned=true</script><img src=\"" + browser.url() + "/pixel\">")
        .contains("\\x1b[31mno x in it", "<img src=x onerror='owned=true'>.txt");
    assertThat(seen.commands().get(0))
        .matches("golem-pipeline repro failing/0 'a b/it'\\\\''s.yaml' --run \\S+");
    var words = seen.commands().get(0).split(" ", -1);
    var repro = workspace.run("repro", words[2], "a b/it's.yaml", "--run", words[words.length - 1]);
    assertThat(repro.exitCode()).as(repro.err()).isZero();

    // The browser would have noticed.
    var unescaped =
        "<h1>x</h1><script>owned=true</script><img src=\"" + browser.url() + "/pixel\">";
    var control = browser.open(unescaped, PHONE);
    assertThat(control.owned()).isTrue();
    assertThat(control.requests()).containsExactly("/pixel");
    for (var later :
        List.of(
            "<script>setTimeout(() => { new Image().src = '/later'; }, 1500)</script>",
            "<meta http-equiv=refresh content='1; url=/later'>")) {
      assertThat(browser.open("<h1>x</h1>" + later, PHONE).requests()).containsExactly("/later");
    }
    var policy = html.replace("</main>", unescaped + "</main>");
    var forbidden = browser.open(policy, PHONE);
    assertThat(forbidden.scripts()).isEqualTo(1);
    assertThat(forbidden.owned()).isFalse();
    assertThat(forbidden.requests()).isEmpty();
  }

  @Test
  void liarsAndBillsOfARunOnGolemAreSeen() throws Exception {
    var browser = browser();
    try (var node =
        EmbeddedNode.start(new NodeOptions(0, "key", 4, folder.resolve("node"), 3, false))) {
      node.faults().provider(0, ProviderFault.LIES);
      workspace
          .with("YAGNA_APPKEY", node.appKey())
          .with("YAGNA_API_URL", node.url().toString())
          .write(
              "checked.yaml",
              """
              version: 1
              name: checked
              image: { url: "http://127.0.0.1:9/none.gvmi", hash: %s }
              split: { range: { to: 4, as: number } }
              run: sleep 1; echo "$number" > "$out"
              verify: { copies: 2 }
              merge: concat
              output: result.txt
              budget: 90 GLM
              workers: 4
              """
                  .formatted("ab".repeat(28)));
      var ran = workspace.run("run", "checked.yaml", "--on", "golem");
      assertThat(ran.exitCode()).as(ran.err()).isZero();

      var seen = browser.open(page("."), DESK);

      assertHarmless(seen);
      assertThat(seen.folded())
          .contains("on the Golem Network with up to 4 workers", "of 90 GLM reserved")
          .contains("The market", "Cost", "banned");
      assertThat(seen.text())
          .contains("1 provider banned for false results", "4 of 4 fragments done")
          .containsPattern("local-\\d\\s+accepted\\s+0\\.0\\d+")
          .containsPattern("[0-9.]+ \\+ [0-9.]+ \\+ [0-9]+ × [0-9.]+ = 0\\.\\d+");
    }
  }

  @Test
  void aRunThatGoesOnAndOneThatDiedSaySo() throws Exception {
    var marks = Files.createDirectory(folder.resolve("marks"));
    workspace.write(
        "slow.yaml",
        """
        version: 1
        name: slow
        params: { marks: a }
        split: { range: { to: 2, as: number } }
        run: |
          : > "$marks/$number"
          while [ ! -e "$marks/go" ]; do sleep 0.1; done
        output: out/
        """);
    try (var child = ChildJvm.start(folder, Map.of(), "run", "slow.yaml", "-p", "marks=" + marks)) {
      ChildJvm.await("commands to run", () -> Files.exists(marks.resolve("0")));

      assertThat(page(".")).contains("still running", "Everything here is as of", "not back");

      child.signal("KILL");
      assertThat(child.waitForExit()).isEqualTo(137);
    } finally {
      Files.createFile(marks.resolve("go"));
    }
    assertThat(page(".")).contains("not finished", "Its process died").contains("so far");
  }

  @Test
  void outputGoesWhereItIsAskedFor() throws IOException {
    workspace.write("one.yaml", "version: 1\nname: one\nrun: echo 1 > \"$out\"\nmerge: value\n");
    assertThat(workspace.run("report").err()).contains("There are no runs in `.`.");
    assertThat(workspace.run("run", "one.yaml").exitCode()).isZero();

    Files.createDirectory(workspace.folder().resolve("pages of mine"));
    var ran = workspace.run("report", "last", "--output", "pages of mine/-one.html");

    assertThat(ran.out()).isEqualTo("pages of mine/-one.html\n");
    assertThat(workspace.read("pages of mine/-one.html")).contains("<dt>value</dt>");
    assertThat(workspace.run("report").out())
        .matches("\\.golem-pipeline/runs/\\S+/report\\.html\n");
    var refused = workspace.run("report", "--output", "pages of mine");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("`--output pages of mine` names no file.");
    assertThat(workspace.run("report", "2099").err()).contains("There is no run `2099`.");
  }

  @Test
  void aMillionFragmentsFitInASmallHeapAndASmallPage() throws Exception {
    var id = "20260101-000000-abcdef";
    var run = Files.createDirectories(folder.resolve(".golem-pipeline/runs/" + id));
    try (var journal =
        Files.newBufferedWriter(run.resolve("journal.ndjson"), StandardCharsets.UTF_8)) {
      writeMillion(journal, id);
    }
    try (var child =
        ChildJvm.start(folder, Map.of("JAVA_TOOL_OPTIONS", "-Xmx256m"), "report", id)) {
      assertThat(child.waitForExit()).as(child.said("err")).isZero();
    }

    var page = run.resolve("report.html");
    assertThat(Files.size(page)).isLessThan(1 << 20);
    assertThat(Files.readString(page)).contains(">1,000,000<", "2,000 providers in numbers");
    var browser = browser();
    var seen = browser.open(Files.readString(page), PHONE);
    assertHarmless(seen);
    assertThat(seen.title()).isEqualTo("million, failed");
    assertThat(seen.text()).contains("25,000 scripts", "950,000 of 1,000,000 fragments done");
  }

  /** Scripts of 40 fragments on 2,000 providers; in each tenth half of the fragments fail. */
  private static void writeMillion(BufferedWriter journal, String id) throws IOException {
    var writer =
        new Object() {
          private long number;

          void add(long millisecond, String event) throws IOException {
            var at = Instant.parse("2026-01-01T00:00:00Z").plusMillis(millisecond);
            journal.write("{\"seq\":%d,\"at\":\"%s\",%s}\n".formatted(number++, at, event));
          }
        };
    writer.add(
        0,
        """
        "type":"run-started","runId":"%s","pipeline":"million","file":"m.yaml","target":"golem",\
        "sessionId":"s","workers":2000,"stages":["one"]"""
            .formatted(id));
    writer.add(1, "\"type\":\"stage-expanded\",\"stage\":\"one\",\"fragments\":1000000");
    for (var i = 0; i < 2000; i++) {
      writer.add(
          10 + i,
          """
          "type":"rental-opened","rental":%d,"agreementId":"a%d","providerId":"p%d",\
          "providerName":"n%d","threads":1,"startPrice":0,"cpuSecondPrice":0,\
          "envSecondPrice":0.001"""
              .formatted(i, i, i, i));
    }
    for (var i = 0; i < 25_000 + 2000; i++) {
      var done = i - 2000;
      var now = 5000 + 40L * i;
      if (done >= 0) {
        var first = 40 * done;
        var fails = done % 10 == 0;
        var end = fails ? first + 19 : first + 39;
        writer.add(
            now,
            """
            "type":"batch-finished","batch":%d,"done":"%d-%d","failed":[],\
            "milliseconds":80000,"bytesSent":1,"bytesReceived":1"""
                .formatted(done, first, end));
        for (var fragment = end + 1; fragment < first + 40; fragment++) {
          writer.add(
              now,
              """
              "type":"fragment-failed","stage":"one","fragment":%d,"label":"one/%d",\
              "attempts":1,"failure":{"kind":"COMMAND","message":"It was bad: %s"}"""
                  .formatted(fragment, fragment, "x".repeat(fragment % 200)));
        }
      }
      if (i < 25_000) {
        writer.add(
            now,
            """
            "type":"batch-started","batch":%d,"rental":%d,"stage":"one",\
            "fragments":"%d-%d\""""
                .formatted(i, i % 2000, 40 * i, 40 * i + 39));
      }
    }
    writer.add(
        2_000_000,
        """
        "type":"run-finished","exitCode":1,"failure":{"kind":"COMMAND",\
        "message":"Too many failed."},"fragmentsDone":950000,"fragmentsFailed":50000,\
        "providers":2000,"accepted":1,"milliseconds":2000000""");
  }
}
