package org.golempipeline.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.document.Document;
import org.junit.jupiter.api.Test;

class PipelineFormatTest {
  private static final int COUNT = Integer.getInteger("fuzz.count", 1500);
  private static final Path FORMAT = Path.of("src/test/resources/format");

  @Test
  void laysOutAnew() throws IOException {
    var expected = FORMAT.resolve("everything.formatted");
    var formatted = formatted(Files.readString(FORMAT.resolve("everything.yaml")));
    if (System.getProperty("golden.update") != null) {
      Files.writeString(expected, formatted);
    }

    assertThat(formatted).isEqualTo(Files.readString(expected));
    assertThat(System.getProperty("golden.update")).as("rewritten").isNull();
  }

  @Test
  void isAFixedPointThatMeansTheSameForEveryPipelineThereIs() throws IOException {
    var moved = 0;
    for (var file : pipelines()) {
      var bytes = Files.readAllBytes(file);
      var before = Document.read(bytes, "f.yaml");
      var formatted = PipelineFormat.of(bytes, "f.yaml");
      if (before.diagnostics().isEmpty() && before.root().isPresent()) {
        assertThat(formatted.diagnostics()).as(file.toString()).isEmpty();
        var once = formatted.orNull();
        assertThat(formatted(once)).as(file.toString()).isEqualTo(once);
        moved += once.equals(before.source().text()) ? 0 : 1;
      } else {
        assertThat(formatted.value()).as(file.toString()).isEmpty();
      }
    }
    assertThat(moved).isGreaterThan(20);
  }

  @Test
  void keepsEveryCommentAndEveryLineOfEveryBlock() throws IOException {
    for (var file : pipelines()) {
      var bytes = Files.readAllBytes(file);
      var formatted = PipelineFormat.of(bytes, "f.yaml");
      if (formatted.value().isPresent()) {
        assertThat(words(formatted.orNull())).as(file.toString()).isEqualTo(words(read(file)));
      }
    }
  }

  /** Whatever a text is, the layout of it is one, or is refused. */
  @Test
  void isAFixedPointOfDamagedFilesToo() throws IOException {
    var random = new Random(Integer.getInteger("fuzz.seed", 0));
    var files = pipelines();
    var pieces =
        List.of(
            "\n", "  ", "# c\n", "\n\n", "- ", "'", "\"", ": ", "|+\n", "&a ", "*a", "\t", "\r\n",
            "é");
    for (var i = 0; i < COUNT; i++) {
      var text = new StringBuilder(read(files.get(random.nextInt(files.size()))));
      for (var change = random.nextInt(3); change >= 0 && text.length() > 0; change--) {
        var at = random.nextInt(text.length());
        if (random.nextBoolean()) {
          text.insert(at, pieces.get(random.nextInt(pieces.size())));
        } else {
          text.delete(at, Math.min(text.length(), at + random.nextInt(4)));
        }
      }
      var once = PipelineFormat.of(text.toString().getBytes(UTF_8), "f").orNull();
      if (once != null) {
        assertThat(formatted(once)).as(text.toString()).isEqualTo(once);
      }
    }
  }

  @Test
  void keepsLineEndsOfWindowsAndDropsAByteOrderMark() {
    assertThat(formatted("\uFEFFversion:  1\r\nrun: |\r\n   a\r\n\r\n   b\r\n"))
        .isEqualTo("version: 1\r\nrun: |\r\n  a\r\n\r\n  b\r\n");
  }

  @Test
  void aCommentFurtherInThanTheListBelowItGoesWithThat() {
    assertThat(formatted("version: 1\ninput:\n  # all\n- a\n"))
        .isEqualTo("version: 1\ninput:\n  # all\n  - a\n");
  }

  @Test
  void aCommentRightAboveTheFirstKeyGoesWithIt() {
    assertThat(formatted("# Of the file.\n\n# No more\n# than that.\nbudget: 1 GLM\nversion: 1\n"))
        .isEqualTo("# Of the file.\n\nversion: 1\n# No more\n# than that.\nbudget: 1 GLM\n");
  }

  @Test
  void aCommentForAnEditorOrAShellStaysAtTheTop() {
    for (var line :
        List.of("# yaml-language-server: $schema=s.json", "#!/usr/bin/env x", "# vim: ts=2")) {
      assertThat(formatted(line + "\n# That one.\nrun: a\nversion: 1\n"))
          .isEqualTo(line + "\nversion: 1\n# That one.\nrun: a\n");
    }
  }

  @Test
  void aliasesStayBehindWhatTheyStandFor() {
    var text = "retry: &r { attempts: 2 }\nversion: 1\nx-again: *r\n";

    assertThat(formatted(text)).isEqualTo(text);
  }

  @Test
  void aLastTextWithoutLineEndGetsNone() {
    assertThat(formatted("version: 1\nrun: |\n    a")).isEqualTo("version: 1\nrun: |\n  a");
    assertThat(formatted("version: 1\nrun: a")).isEqualTo("version: 1\nrun: a\n");
  }

  @Test
  void blanksBehindTheMarkOfATextGo() {
    assertThat(formatted("version: 1\nrun: |  \n    a\ninput: >- \n    b\n"))
        .isEqualTo("version: 1\ninput: >-\n  b\nrun: |\n  a\n");
  }

  @Test
  void aTextOfNothingButLineEndsKeepsThem() {
    assertThat(formatted("version: 1\nrun: |+\n\n  \n\ninput: a\n"))
        .isEqualTo("version: 1\ninput: a\nrun: |+\n\n\n\n");
  }

  @Test
  void aCommentAtTheEndStaysThereThoughAListInItsColumnMoves() {
    assertThat(formatted("version: 1\ntimeout: 1m\nfiles:\n- a\n# end\n"))
        .isEqualTo("version: 1\nfiles:\n  - a\ntimeout: 1m\n# end\n");
  }

  @Test
  void refusesWhatIsNoPipelineAndWhatItCannotMove() {
    assertThat(PipelineFormat.of("a: b\n  c: d\n".getBytes(UTF_8), "f").diagnostics())
        .extracting(Diagnostic::id)
        .containsExactly(DiagnosticIds.YAML_SYNTAX);
    assertThat(PipelineFormat.of("? version\n: 1\n".getBytes(UTF_8), "f").diagnostics())
        .extracting(Diagnostic::id)
        .containsExactly(DiagnosticIds.YAML_LAYOUT);
    assertThat(formatted("{ version:   1 }")).isEqualTo("{ version:   1 }");
  }

  private static String formatted(String text) {
    var formatted = PipelineFormat.of(text.getBytes(UTF_8), "f.yaml");
    assertThat(formatted.diagnostics()).as(text).isEmpty();
    return formatted.orNull();
  }

  /** Everything but blanks, quotes and order. */
  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    for (var word : text.replaceAll("[\uFEFF'\"]", "").replace(":", " ").split("\\s+")) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    words.sort(null);
    return words;
  }

  /** What is not UTF-8 becomes something else that is. */
  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), UTF_8);
  }

  private static List<Path> pipelines() throws IOException {
    var found = new ArrayList<Path>();
    for (var root : List.of("src/test/resources", "../pipelines")) {
      try (var files = Files.walk(Path.of(root))) {
        files.filter(file -> file.toString().matches(".*\\.ya?ml")).sorted().forEach(found::add);
      }
    }
    return found;
  }
}
