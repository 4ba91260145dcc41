package org.golempipeline.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.spec.Overrides.NONE;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code -Dfuzz.seed} and {@code -Dfuzz.count} make of the mutations others, or many more. */
class PipelineFilesTest {
  private static final int SEED = Integer.getInteger("fuzz.seed", 0);
  private static final int COUNT = Integer.getInteger("fuzz.count", 1500);

  private static final String TOKENS =
      "\n"
          + "|: |- |* |& |! |{|}|[|]|\"|'|#|\t|,|${|}|$$|<<: |---\n"
          + "|...\n"
          + "|  |null|5|yes|stages|run|from|needs|split|merge|value|range|output|../|\u0000|\u2028|\ud83d\ude00|%|1e99|~|?"
          + " |>|\\|\u0085|\\x|\\U0|\"\\|[[ |<(|{input}|$((|`|<<E\n"
          + "|$inn|s3://|\r"
          + "|%YAML 9\n"
          + "|!!str |&a |*a|010|- ";

  @Test
  void refusesAHugeFileAtOnce() {
    var checked =
        PipelineFiles.load(new byte[5 << 20], "big.yaml", TestStrategies.all(), Overrides.NONE);

    assertThat(checked.diagnostics())
        .extracting(Diagnostic::id)
        .containsExactly(DiagnosticIds.YAML_TOO_LARGE);
  }

  @Test
  void speaksOfAliasesOnlyIfThereAreSome() {
    var text = new StringBuilder("version: 1\nx-keys:\n");
    for (var i = 0; i < 100_001; i++) {
      text.append("  k").append(i).append(": 1\n");
    }

    assertThat(Cases.load(text.toString()).diagnostics())
        .extracting(Diagnostic::id, Diagnostic::message)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                DiagnosticIds.YAML_TOO_MANY_VALUES,
                "The file has more than 200000 keys and values."));
  }

  @Test
  void leavesTheValueOfAnEarlierStageOpen() {
    var spec =
        Cases.load(
                """
                version: 1
                stages:
                  n:
                    run: echo 5 > "$out"
                    merge: value
                  use:
                    needs: n
                    split: { range: { to: "${n}", as: [i] } }
                    run: echo "$i" > "$out"
                    output: x/${n}
                """)
            .value()
            .orElseThrow();

    var use = spec.stage(new StageName("use"));
    assertThat(use.split().openNames()).containsExactly("n");
    assertThat(use.split().bind(name -> "7").at("to").integer()).contains(7L);
    assertThat(use.output()).isEqualTo(Template.of("x/${n}"));
  }

  @Test
  @Timeout(240)
  void keepsTheMultiplicationOfMutationsFromThrowing() throws Exception {
    var good = Files.readString(Path.of("src/test/resources/cases/good/everything.yaml"));
    var tokens = TOKENS.split("\\|");
    var strategies = TestStrategies.all();
    for (var seed = SEED; seed < SEED + COUNT; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder(good);
      for (var edits = 1 + random.nextInt(4); edits > 0; edits--) {
        mutate(text, random, tokens);
      }
      var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      var checked = PipelineFiles.load(bytes, "f.yaml", strategies, Overrides.NONE);
      for (var each : checked.diagnostics()) {
        assertInside(each, "seed " + seed);
      }
    }
  }

  @Test
  void pointsIntoTheTextWhateverBecomesOfACase() throws Exception {
    var texts = new ArrayList<String>();
    try (var files = Files.walk(Path.of("src/test/resources/cases"))) {
      for (var file : files.filter(each -> each.toString().endsWith(".yaml")).sorted().toList()) {
        texts.add(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
      }
    }
    var tokens = TOKENS.split("\\|");
    var strategies = TestStrategies.all();
    for (var seed = SEED; seed < SEED + COUNT / 2; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder(texts.get(random.nextInt(texts.size()))).append('\n');
      for (var edits = 1 + random.nextInt(6); edits > 0 && text.length() > 1; edits--) {
        mutate(text, random, tokens);
      }
      text.setLength(random.nextInt(3) > 0 ? text.length() : random.nextInt(text.length() + 1));
      var params = Map.of(seed % 2 == 0 ? "n" : "a", tokens[random.nextInt(tokens.length)]);
      var overrides = new Overrides(params, name -> Optional.of("x"), random.nextBoolean());
      var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      var checked = PipelineFiles.load(bytes, "f.yaml", strategies, overrides);
      for (var each : checked.diagnostics()) {
        assertInside(each, "seed " + seed);
      }
    }
  }

  /** Lines end at LF, CR and CRLF; columns count characters, and one more for the end. */
  private static void assertInside(Diagnostic diagnostic, String what) {
    var lines = diagnostic.source().text().split("\r\n|\r|\n", -1);
    var range = diagnostic.range();
    var said = what + " " + diagnostic;
    assertThat(range.line()).as(said).isBetween(1, lines.length);
    assertThat(range.endLine()).as(said).isBetween(range.line(), lines.length);
    assertThat(range.column()).as(said).isBetween(1, columns(lines[range.line() - 1]));
    assertThat(range.endColumn()).as(said).isBetween(1, columns(lines[range.endLine() - 1]));
  }

  private static int columns(String line) {
    return line.codePointCount(0, line.length()) + 1;
  }

  @Test
  void survivesArbitraryBytes() {
    var strategies = TestStrategies.all();
    for (var seed = SEED; seed < SEED + COUNT; seed++) {
      var random = new Random(seed);
      var bytes = new byte[random.nextInt(60)];
      for (var i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (seed % 2 == 0 ? random.nextInt(256) : 32 + random.nextInt(95));
      }
      assertThat(PipelineFiles.load(bytes, "f", strategies, Overrides.NONE).value()).isEmpty();
    }
  }

  @Test
  @Timeout(240)
  void takesTimeInProportionToTheFile() {
    var text = new StringBuilder("version: 1\nstages:\n");
    for (var i = 0; i < 1000; i++) {
      text.append("  s").append(i).append(":\n    run: date > \"$out\"\n    output: o").append(i);
      text.append("\n    needs: [").append(i == 0 ? "s999" : "s" + (i - 1)).append("]\n");
    }

    var checked = Cases.load(text.toString());

    assertThat(checked.diagnostics())
        .extracting(Diagnostic::id)
        .containsOnly(DiagnosticIds.GRAPH_CYCLE);
    assertThat(checked.diagnostics().get(0).related()).hasSize(1000);
  }

  @Test
  void showsNoSecret() {
    var checked =
        Cases.load(
            """
            #! env TOKEN=geheim
            version: 1
            params: { token: { secret: true, env: TOKEN, enum: [other] } }
            run: [curl, "${token}"]
            output: "x-${token}"
            """);

    assertThat(checked.diagnostics()).isNotEmpty();
    assertThat(checked.diagnostics().toString().replace("TOKEN=geheim", ""))
        .doesNotContain("geheim");
  }

  private static void mutate(StringBuilder text, Random random, String[] tokens) {
    var at = random.nextInt(text.length());
    var end = Math.min(text.length(), at + 1 + random.nextInt(12));
    switch (random.nextInt(5)) {
      case 0 -> text.delete(at, end);
      case 1 -> text.insert(at, tokens[random.nextInt(tokens.length)]);
      case 2 -> text.replace(at, at + 1, tokens[random.nextInt(tokens.length)]);
      case 3 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
      default -> {
        var line = text.indexOf("\n", at);
        var next = text.indexOf("\n", line + 1);
        if (line >= 0 && next > 0) {
          text.delete(line, next);
        }
      }
    }
  }

  @Test
  void namesTheStageOfASingleFileAfterThePipeline() {
    var spec =
        PipelineFiles.load(
                "version: 1\nname: a-b\nrun: date > \"$out\"\noutput: x\n"
                    .getBytes(StandardCharsets.UTF_8),
                "x.yaml",
                TestStrategies.all(),
                Overrides.NONE)
            .value()
            .orElseThrow();

    assertThat(spec.stages()).extracting(StageSpec::name).containsExactly(new StageName("a_b"));
    assertThat(Set.copyOf(spec.params().keySet())).isEmpty();
  }

  @Test
  void includesAHundredFilesAtMost() {
    var text = "version: 1\ninclude: 0.yaml\nrun: true > \"$out\"\noutput: x\n";
    IncludedFiles files =
        path -> {
          var number = Integer.parseInt(path.substring(0, path.indexOf('.')));
          return "include: %d.yaml".formatted(number + 1).getBytes(UTF_8);
        };

    var checked =
        PipelineFiles.load(text.getBytes(UTF_8), "f.yaml", files, TestStrategies.all(), NONE);

    assertThat(checked.diagnostics())
        .singleElement()
        .satisfies(each -> assertThat(each.id()).isEqualTo(DiagnosticIds.INCLUDE_TOO_MANY))
        .satisfies(each -> assertThat(each.range().in(each.source()).name()).isEqualTo("99.yaml"));
  }

  @Test
  void namesIncludedFilesAsTheUserWouldFromHere() {
    var text = "version: 1\ninclude: [../shared/a.yaml, /etc/b.yaml]\n";
    var asked = new ArrayList<String>();
    IncludedFiles files =
        path -> {
          asked.add(path);
          throw new NoSuchFileException(path);
        };

    var checked =
        PipelineFiles.load(
            text.getBytes(UTF_8), "jobs/one/f.yaml", files, TestStrategies.all(), NONE);

    assertThat(asked).containsExactly("../shared/a.yaml", "/etc/b.yaml");
    assertThat(checked.diagnostics())
        .extracting(Diagnostic::message)
        .contains(
            "There is no file `jobs/shared/a.yaml` to include.",
            "There is no file `/etc/b.yaml` to include.");
  }

  @Test
  void whatIsIncludedBelongsToTheWholeText() {
    var text = "version: 1\ninclude: a.yaml\nrun: echo > \"$out\"\noutput: x\n";

    assertThat(withIncluded(text, "timeout: 1m").wholeText())
        .isNotEqualTo(withIncluded(text, "timeout: 2m").wholeText())
        .isEqualTo(text + "\0timeout: 1m");
  }

  private static PipelineSpec withIncluded(String text, String included) {
    return PipelineFiles.load(
            text.getBytes(UTF_8),
            "f.yaml",
            path -> included.getBytes(UTF_8),
            TestStrategies.all(),
            NONE)
        .value()
        .orElseThrow();
  }

  @Test
  void mergedTextSaysOfEachKeyAndOfNoOtherWhereItStands() {
    var merged =
        PipelineFiles.merged(
            "include: parts/a.yml\nversion: 1\nname: whole\n".getBytes(UTF_8),
            "f.yaml",
            path -> "workers: 1\ninput: in/*\n".getBytes(UTF_8),
            List.of());

    assertThat(merged.orNull())
        .isEqualTo(
            """
            version: 1
            name: whole
            # parts/a.yml:1
            workers: 1
            # parts/a.yml:2
            input: in/*
            """);
  }
}
