package org.golempipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.JacksonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Severity;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * What editors are told is what {@code check} says: an independent validator, on an independent
 * reading of the text, accepts with the published schema every case that is right and refuses every
 * case whose shape is wrong.
 */
class PublishedSchemaTest {
  private static final Path CASES = Path.of("src/test/resources/cases");

  /** What is wrong with the shape of a file; the rest needs more than a look at its form. */
  private static final Set<String> SHAPE =
      Set.of(
          DiagnosticIds.SCHEMA_UNKNOWN_KEY,
          DiagnosticIds.SCHEMA_MISPLACED_KEY,
          DiagnosticIds.SCHEMA_NAME,
          DiagnosticIds.SCHEMA_MISSING_KEY,
          DiagnosticIds.SCHEMA_TYPE,
          DiagnosticIds.SCHEMA_UNIT,
          DiagnosticIds.SCHEMA_VALUE,
          DiagnosticIds.SCHEMA_FORM,
          DiagnosticIds.SCHEMA_LIMIT,
          DiagnosticIds.SCHEMA_LENGTH,
          DiagnosticIds.SCHEMA_EXCLUSIVE,
          DiagnosticIds.SCHEMA_RULE,
          DiagnosticIds.SPLIT_UNKNOWN_STRATEGY,
          DiagnosticIds.MERGE_UNKNOWN_STRATEGY,
          DiagnosticIds.STRATEGY_OPTIONS_MISSING,
          DiagnosticIds.STRATEGY_SEVERAL);

  /** Cases whose mistake no schema can tell, each for the reason beside it. */
  private static final Map<String, String> BEYOND_A_SCHEMA =
      Map.of(
          "include/stage-keys-beside-stages.yaml", "the keys stand in another file",
          "param/text-where-number-belongs.yaml", "the value comes from a param",
          "schema/addresses.yaml", "globs have characters of every kind",
          "schema/image-without-tag.yaml", "an image has too many forms for one pattern",
          "value/keep-going-and-fail.yaml", "one value of a key rules out another key",
          "schema/url-malformed.yaml", "the syntax of addresses",
          "value/out-folder.yaml", "a folder is fine in a glob",
          "value/shares.yaml", "arithmetic with units",
          "value/too-large.yaml", "arithmetic with units",
          "value/zero.yaml", "arithmetic with units");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String schema = PipelineSchema.json(TestStrategies.all());

  @Test
  void acceptsWhatCheckAccepts() throws IOException {
    for (var file : cases()) {
      if (Cases.load(file).value().isPresent()) {
        var result = validate(file);
        assertThat(result.getErrors())
            .as(file.toString())
            .extracting(each -> each.getInstanceLocation() + " " + each.getError())
            .isEmpty();
      }
    }
  }

  @Test
  void refusesWhatHasAnotherShape() throws IOException {
    var accepted = new TreeSet<String>();
    for (var file : cases()) {
      var errors =
          Cases.load(file).diagnostics().stream()
              .filter(each -> each.severity() == Severity.ERROR)
              .map(Diagnostic::id)
              .toList();
      if (!errors.isEmpty() && SHAPE.containsAll(errors) && validate(file).isValid()) {
        accepted.add(CASES.relativize(file).toString());
      }
    }

    assertThat(accepted).isEqualTo(BEYOND_A_SCHEMA.keySet());
  }

  @Test
  void takesAReferenceWhereAValueIsPutIn() throws IOException {
    var places =
        List.of(
            "split: { range: { to: \"${n}\", step: \"${n}\", as: [i] } }",
            "split: { bytes: \"${n}MiB\" }",
            "workers: \"${n}\"",
            "budget: ${n} GLM",
            "retry: { attempts: \"${n}\", fail: \"${n}%\" }",
            "speculate: \"${n}\"",
            "timeout: { run: \"${n}s\" }",
            "verify: { copies: \"${n}\", compare: \"${n}\" }",
            "image: { url: \"https://x/${n}\", hash: \"${n}\" }");
    for (var place : places) {
      assertThat(validate("version: 1\nrun: date\n" + place).getErrors()).as(place).isEmpty();
    }
    var others =
        List.of(
            "name: ${n}",
            "params: { n: { minimum: \"${n}\" } }",
            "workers: n",
            "workers: $n",
            "retry: ${n}",
            "split: { range: { to: \"$${n}\", as: [i] } }");
    for (var place : others) {
      assertThat(validate("version: 1\nrun: date\n" + place).isValid()).as(place).isFalse();
    }
  }

  private Validator.Result validate(Path file) throws IOException {
    return validate(Files.readString(file));
  }

  private Validator.Result validate(String text) throws IOException {
    var core = LoadSettings.builder().setSchema(new CoreSchema()).build();
    var value = new Load(core).loadFromString(text);
    return new ValidatorFactory()
        .withJsonNodeFactory(new JacksonNode.Factory())
        .validate(schema, JSON.writeValueAsString(value));
  }

  private static List<Path> cases() throws IOException {
    try (var files = Files.walk(CASES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }
}
