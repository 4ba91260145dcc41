package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.golempipeline.cli.Workspace.Ran;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Secrets that commands write are in nothing that the runner writes. */
@Timeout(240)
class SecretsIT {
  /** Two lines, and all that means something to a regular expression. */
  private static final String TOKEN = "tök<en>(1|2)*$1\\E\nsecond-line[x]+";

  private static final List<String> PIECES =
      List.of("tök<en>", "(1|2)*", "k&lt;en", "second-line", "[x]+");

  private static final String LOUD =
      """
      version: 1
      name: loud
      params: { token: { secret: true, env: TOKEN } }
      retry: { attempts: 2, backoff: 0s }
      """;

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() throws IOException {
    workspace = new Workspace(folder).with("TOKEN", TOKEN);
    workspace.write("in.txt", "1\n2\n3\n4\n");
  }

  static Stream<String> failing() {
    return Stream.of(
        """
        input: in.txt
        split: { lines: 1 }
        setup: echo "$token"
        run: |
          echo "curl: (22) https://example.org/?key=$token" >&2
          cp "$in" "$out"
          ! grep -q 3 "$in"
        merge: concat
        output: out.txt
        """,
        """
        setup: echo "$token"; exit 4
        run: ': > "$out"'
        output: out.txt
        """,
        """
        run: echo 1 > "$out"
        accept: echo "$token" >&2; exit 5
        output: out.txt
        """,
        """
        run: echo 1 > "$out"
        merge: { command: 'echo "$token" >&2; exit 6' }
        output: out.txt
        """,
        """
        split: { command: 'echo "$token" >&2; exit 7' }
        input: in.txt
        run: cp "$in" "$out"
        output: out/
        """,
        """
        run: [sh, -c, 'echo "$1" >&2; exit 8', sh, "key ${token}"]
        output: out.txt
        """);
  }

  @ParameterizedTest
  @MethodSource("failing")
  void neitherOnTheScreenNorInAnyFile(String stage) throws IOException {
    workspace.write("loud.yaml", LOUD + stage);

    var ran = workspace.run("run", "loud.yaml");

    assertThat(ran.exitCode()).isNotZero();
    assertThat(shown() + ran.err()).contains("[secret token]");
    assertHushed(ran);
    assertHushed(workspace.run("run", "loud.yaml", "--json"));
    assertHushed(workspace.run("check", "loud.yaml", "--json"));
    assertHushed(workspace.run("plan", "loud.yaml"));
    assertHushed(workspace.run("logs", "last"));
    assertHushed(workspace.run("report", "last", "--output", "page.html"));
    assertHushed(workspace.run("repro", "0", "loud.yaml"));
    assertHushed(workspace.run("rehearse", "loud.yaml", "--chaos", "calm", "--keep"));
    assertHushed(workspace.run("check", "loud.yaml", "--laws"));
  }

  @Test
  void whatARehearsalAndTheLawsQuoteOfOutputsIsHushed() throws IOException {
    workspace.write(
        "loud.yaml",
        LOUD
            + """
            input: in.txt
            split: { lines: 2 }
            run: |
              printf '%s %s\\n' "$token" "$$" > "$out"
            merge: concat
            output: out.txt
            """);

    var rehearsed = workspace.run("rehearse", "loud.yaml", "--chaos", "calm");
    assertThat(rehearsed.out()).contains("[secret token]").doesNotContain(PIECES);
    var laws = workspace.run("check", "loud.yaml", "--laws");
    assertThat(laws.out()).contains("[secret token]").doesNotContain(PIECES);
  }

  @Test
  void onlyOutputsHoldWhatACommandPutsThere() throws IOException {
    workspace.write(
        "loud.yaml",
        LOUD
            + """
            run: echo "$token" | tee "$out" >&2
            output: out.txt
            """);

    var ran = workspace.run("run", "loud.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(workspace.read("out.txt")).isEqualTo(TOKEN + "\n");
    for (var file : workspace.files(".golem-pipeline").entrySet()) {
      var places = utf8(file.getValue()).split("second-line", -1).length - 1;
      assertThat(places).as(file.getKey()).isEqualTo(file.getKey().endsWith(".tar") ? 1 : 0);
    }
  }

  private String shown() throws IOException {
    var text = new StringBuilder();
    if (!Files.exists(workspace.folder().resolve(".golem-pipeline"))) {
      return ""; // nothing was begun
    }
    workspace.files(".golem-pipeline").values().forEach(text::append);
    return text.toString();
  }

  private void assertHushed(Ran ran) throws IOException {
    assertThat(ran.out()).doesNotContain(PIECES);
    assertThat(ran.err()).doesNotContain(PIECES);
    assertThat(ran.err()).doesNotContain("\tat ");
    for (var file : workspace.files(".").entrySet()) {
      assertThat(utf8(file.getValue())).as(file.getKey()).doesNotContain(PIECES);
    }
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
