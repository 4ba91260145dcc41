package org.golempipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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

  /** Where cases are right, or made of several files. */
  private static final Set<String> MERGED = Set.of("good", "include", "profile");

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
    // Need four megabytes and a hundred files, or come of `fmt`; other tests show them.
    shown.addAll(
        Set.of(
            DiagnosticIds.YAML_TOO_LARGE,
            DiagnosticIds.INCLUDE_TOO_MANY,
            DiagnosticIds.YAML_LAYOUT));
    assertThat(shown).isEqualTo(documented);
  }

  /** What comes of `include` and profiles is a file of its own. */
  @Test
  void mergedFilesMeanTheSame() throws IOException {
    var compared = 0;
    for (var file : files(".yaml")) {
      var area = file.getParent().getFileName().toString();
      var spec = MERGED.contains(area) ? Cases.load(file).value() : Optional.<PipelineSpec>empty();
      if (spec.isPresent()) {
        var merged = Cases.merged(file);
        assertThat(merged.diagnostics()).as(file.toString()).isEmpty();
        var again = Cases.load(Cases.settings(file) + merged.orNull());
        assertThat(again.value().map(GoldenTest::withoutFiles))
            .as(merged.orNull())
            .isEqualTo(spec.map(GoldenTest::withoutFiles));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(20);
  }

  /** What a pipeline does, whatever files say so. */
  private static String withoutFiles(PipelineSpec spec) {
    return SpecDump.of(spec)
        .replaceFirst("\n  included:\n", "\n")
        .replaceFirst("\n  profiles:\n(    -: .*\n)+", "\n")
        .replaceAll("(?m)^ *(name|pipeline): .*$", "");
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
    var expectations = new LinkedHashMap<Path, String>();
    expectations.put(sibling(file, ".errors"), errors(checked, file.getFileName().toString()));
    if (Files.exists(sibling(file, ".spec"))) {
      expectations.put(
          sibling(file, ".spec"), checked.value().map(SpecDump::of).orElse("refused\n"));
    }
    var outdated = new ArrayList<Path>();
    for (var each : expectations.entrySet()) {
      if (UPDATE && update(each.getKey(), each.getValue())) {
        outdated.add(each.getKey());
      }
      assertThat(each.getValue()).as(each.getKey().toString()).isEqualTo(content(each.getKey()));
    }
    assertThat(outdated).as("rewritten").isEmpty();
    if (file.getParent().endsWith("good")) {
      assertThat(checked.value()).isPresent();
    }
  }

  /** Whether the file had to be rewritten. */
  private static boolean update(Path file, String actual) throws IOException {
    if (content(file).equals(actual)) {
      return false;
    }
    if (actual.isEmpty()) {
      Files.delete(file);
    } else {
      Files.writeString(file, actual);
    }
    return true;
  }

  private static String content(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file) : "";
  }

  private static String errors(Checked<PipelineSpec> checked, String name) {
    var text = new StringBuilder();
    for (var each : checked.diagnostics()) {
      text.append(place(each.range(), each, name))
          .append(' ')
          .append(each.severity().toString().toLowerCase(Locale.ROOT))
          .append(' ')
          .append(each.id())
          .append(": ")
          .append(each.message())
          .append('\n');
      for (Diagnostic.Related related : each.related()) {
        text.append("  ")
            .append(place(related.range(), each, name))
            .append(' ')
            .append(related.message())
            .append('\n');
      }
      if (each.hint() != null) {
        text.append("  hint: ").append(each.hint()).append('\n');
      }
    }
    return text.toString();
  }

  private static String place(Range range, Diagnostic diagnostic, String name) {
    var source = range.in(diagnostic.source()).name();
    var file = source.equals(name) ? "" : source + ":";
    return "%s%d:%d-%d:%d"
        .formatted(file, range.line(), range.column(), range.endLine(), range.endColumn());
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
}
