package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.JacksonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * An independent validator accepts, by the schema that the product prints, every example and every
 * pipeline of the documentation as it is written.
 */
class SchemaIT {
  @TempDir Path folder;

  @Test
  void acceptsEveryExampleAndEveryPipelineOfTheDocumentation() throws IOException {
    var workspace = new Workspace(folder);
    var printed = workspace.run("schema");
    assertThat(printed.exitCode()).as(printed.err()).isZero();
    var pipelines = pipelines();
    assertThat(pipelines).hasSizeGreaterThan(20);

    pipelines.forEach(
        (name, text) -> {
          var core = LoadSettings.builder().setSchema(new CoreSchema()).build();
          var value = new ObjectMapper().valueToTree(new Load(core).loadFromString(text));
          var result =
              new ValidatorFactory()
                  .withJsonNodeFactory(new JacksonNode.Factory())
                  .validate(printed.out(), value.toString());
          assertThat(result.getErrors())
              .as(name)
              .extracting(error -> error.getInstanceLocation() + " " + error.getError())
              .isEmpty();
        });
  }

  private static Map<String, String> pipelines() throws IOException {
    var found = new LinkedHashMap<String, String>();
    for (var example : DocsIT.pipelines()) {
      found.put(example.name(), example.text());
    }
    for (var example : ExamplesIT.examples()) {
      var file = Workspace.project().resolve("pipelines").resolve(example).resolve("pipeline.yaml");
      found.put(file.toString(), Files.readString(file));
    }
    return found;
  }
}
