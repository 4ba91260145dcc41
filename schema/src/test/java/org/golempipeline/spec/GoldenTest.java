package org.golempipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Range;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs every {@code cases/<area>/name.yaml}: its diagnostics must be those of {@code name.errors},
 * its outcome that of {@code name.spec} if there is one. {@code -Dgolden.update} rewrites both.
 */
class GoldenTest {
  private static final Path CASES = Path.of("src/test/resources/cases");
  private static final boolean UPDATE = System.getProperty("golden.update") != null;

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    return files(".yaml").stream()
        .map(file -> DynamicTest.dynamicTest(CASES.relativize(file).toString(), () -> check(file)));
  }

  @Test
  void everyExpectationHasACase() throws IOException {
    for (var suffix : List.of(".errors", ".spec")) {
      for (var file : files(suffix)) {
        assertThat(sibling(file, ".yaml")).exists();
      }
    }
  }

  @Test
  void everyDiagnosticHasACase() throws Exception {
    var shown = new TreeSet<String>();
    for (var file : files(".yaml")) {
      Cases.load(file).diagnostics().forEach(each -> shown.add(each.id()));
    }
    var documented = new TreeSet<String>();
    for (var field : DiagnosticIds.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        documented.add((String) field.get(null));
      }
    }
    assertThat(shown).isEqualTo(documented);
  }

  @Test
  void everyMessageIsASentence() throws IOException {
    for (var file : files(".yaml")) {
      for (var each : Cases.load(file).diagnostics()) {
        assertThat(each.message()).as(file.toString()).matches("(?s)[A-Z`].*\\.");
        assertThat(each.message()).doesNotContain("Exception").doesNotContain("null");
        if (each.hint() != null) {
          assertThat(each.hint()).as(file.toString()).matches("(?s)[A-Z`].*[.?]");
        }
      }
    }
  }

  private static void check(Path file) throws IOException {
    var checked = Cases.load(file);
    expect(sibling(file, ".errors"), errors(checked));
    var specs = sibling(file, ".spec");
    if (Files.exists(specs)) {
      expect(specs, checked.value().map(SpecDump::of).orElse("refused\n"));
    }
    if (file.getParent().endsWith("good")) {
      assertThat(checked.value()).isPresent();
    }
  }

  private static void expect(Path file, String actual) throws IOException {
    var expected = Files.exists(file) ? Files.readString(file) : "";
    if (UPDATE && !expected.equals(actual)) {
      if (actual.isEmpty()) {
        Files.delete(file);
      } else {
        Files.writeString(file, actual);
      }
    }
    assertThat(actual).as(file.toString()).isEqualTo(expected);
  }

  private static String errors(Checked<PipelineSpec> checked) {
    var text = new StringBuilder();
    for (var each : checked.diagnostics()) {
      text.append(place(each.range()))
          .append(' ')
          .append(each.severity().toString().toLowerCase(java.util.Locale.ROOT))
          .append(' ')
          .append(each.id())
          .append(": ")
          .append(each.message())
          .append('\n');
      for (Diagnostic.Related related : each.related()) {
        text.append("  ").append(place(related.range())).append(' ').append(related.message()).append('\n');
      }
      if (each.hint() != null) {
        text.append("  hint: ").append(each.hint()).append('\n');
      }
    }
    return text.toString();
  }

  private static String place(Range range) {
    return "%d:%d-%d:%d".formatted(range.line(), range.column(), range.endLine(), range.endColumn());
  }

  private static List<Path> files(String suffix) throws IOException {
    try (var files = Files.walk(CASES)) {
      return new ArrayList<>(
          files.filter(file -> file.toString().endsWith(suffix)).sorted().toList());
    }
  }

  private static Path sibling(Path file, String suffix) {
    var name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + suffix);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
