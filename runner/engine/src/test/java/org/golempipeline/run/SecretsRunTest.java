package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What commands write of secrets stays nowhere. */
@Timeout(240)
class SecretsRunTest {
  private static final String SECRET = "a+b(c)$1\\E|x";

  @TempDir Path temporary;
  private Project project;

  @BeforeEach
  void open() throws Exception {
    project = new Project(temporary);
    project.environment.put("TOKEN", SECRET);
  }

  @Test
  void logsOfFragmentsThatFailAndOfThoseThatDoNot() throws Exception {
    project.file("in.txt", "0\n1\n2\n3\n");

    project.run(
        """
            version: 1
            name: loud
            params: { token: { secret: true, env: TOKEN } }
            input: in.txt
            split: { lines: 1 }
            setup: echo "ready $token" >&2
            run: |
              echo "here $token" >&2
              cp "$in" "$out"
              ! grep -q 2 "$in" || exit 3
            retry: { attempts: 1, fail: 50% }
            merge: concat
            output: out.txt
            """);

    assertThat(project.read("out.txt")).isEqualTo("0\n1\n3\n");
    assertThat(packs()).isNotEmpty();
    assertThat(holding(SECRET)).isEmpty();
    var log = failures().get(0).log();
    assertThat(project.read(".golem-pipeline/runs/run-0/" + log))
        .isEqualTo("here [secret token]\n");
  }

  @Test
  void anOutputThatIsALogUnderAnotherNameStays() throws Exception {
    var ended =
        project.run(
            """
            version: 1
            name: linked
            params: { token: { secret: true, env: TOKEN } }
            run: echo "not $token" > "$tmp/x"; echo plain >&2; ln "$_gp_log" "$out"
            output: out.txt
            """);

    assertThat(ended.exitCode()).isZero();
    assertThat(project.read("out.txt")).isEqualTo("plain\n");
  }

  @Test
  void whatIsLeftOfItWhereALogWasCut() throws Exception {
    project.run(
        """
        version: 1
        name: long
        params: { token: { secret: true, env: TOKEN } }
        run: |
          { head -c 32762 /dev/zero | tr '\\0' x
            printf %s "$token"
            head -c 40000 /dev/zero | tr '\\0' x
            printf %s "$token"
            head -c 32763 /dev/zero | tr '\\0' x; } >&2
          exit 3
        retry: { attempts: 1 }
        output: out.txt
        """);

    var log = project.read(".golem-pipeline/runs/run-0/" + failures().get(0).log());
    assertThat(log)
        .contains("x[secret token]\n[golem-pipeline: ", " bytes left out]\n[secret token]x")
        .doesNotContain(SECRET.substring(0, 4))
        .doesNotContain(SECRET.substring(SECRET.length() - 4));
    assertThat(holding(SECRET.substring(0, 5))).isEmpty();
  }

  @Test
  void textsOnThisMachineAndQuotesOfOutputs() throws Exception {
    project.run(
        """
        version: 1
        name: judged
        params: { token: { secret: true, env: TOKEN } }
        run: echo 1 > "$out"
        accept: echo "no $token"; exit 9
        retry: { attempts: 1 }
        output: out.txt
        """);
    assertThat(failures().get(0).failure().message()).endsWith("exited with 9: no [secret token]");

    var ended =
        project.run(
            """
            version: 1
            name: quoted
            params: { token: { secret: true, env: TOKEN } }
            run: printf '%s\\n' "$token" > "$out"
            merge: sum
            output: out.txt
            """);
    assertThat(ended.failure().message()).contains("[secret token]");
    // Outputs are kept as they are.
    assertThat(holding(SECRET)).isNotEmpty().allMatch(file -> file.endsWith(".tar"));
  }

  @Test
  void aValueIsWrittenDownWithoutItAndUsedWithIt() throws Exception {
    var ended =
        project.run(
            """
            version: 1
            name: valued
            params: { token: { secret: true, env: TOKEN } }
            stages:
              header:
                run: printf 'key=%s' "$token" > "$out"
                merge: value
              use:
                needs: header
                run: printf %s "$header" | wc -c | tr -d ' ' > "$out"
                output: out.txt
            """);

    assertThat(ended.exitCode()).isZero();
    assertThat(project.events(RunEvent.ValueFound.class).get(0).value())
        .isEqualTo("key=[secret token]");
    assertThat(project.read("out.txt")).isEqualTo(4 + SECRET.length() + "\n");
    assertThat(holding(SECRET)).allMatch(file -> file.endsWith(".tar"));
  }

  private List<RunEvent.AttemptFailure> failures() {
    return project.events(RunEvent.BatchFinished.class).stream()
        .flatMap(batch -> batch.failed().stream())
        .toList();
  }

  private List<String> packs() throws IOException {
    return holding("").stream().filter(file -> file.endsWith(".tar")).toList();
  }

  /** Files of the runner with {@code text}, also as JSON has it. */
  private List<String> holding(String text) throws IOException {
    try (var all = Files.walk(project.folder.resolve(".golem-pipeline"))) {
      return all.filter(Files::isRegularFile)
          .filter(file -> holds(file, text) || holds(file, text.replace("\\", "\\\\")))
          .map(Path::toString)
          .toList();
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
