package org.golempipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineSchemaTest {
  private final JsonNode schema = JsonText.parse(PipelineSchema.json(TestStrategies.all()));

  @Test
  void isAValidSchema() {
    var meta =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

    assertThat(meta.validate(schema)).isEmpty();
    assertThat(schema.path("$id").asText()).contains("/1/");
  }

  @Test
  void describesEveryKeyOfTheFormat() {
    var undescribed = new ArrayList<String>();
    for (var holder : List.of("", "/properties/golem", "/$defs/stage", "/$defs/param/anyOf/1")) {
      for (var property : schema.at(holder + "/properties").properties()) {
        var value = property.getValue();
        var target = schema.at(value.path("$ref").asText("#/none").substring(1));
        if (!value.has("description") && !target.has("description")) {
          undescribed.add(property.getKey());
        }
      }
    }
    assertThat(undescribed).isEmpty();
  }

  @Test
  void offersEveryStrategyWithItsOptions() {
    var split = PipelineSchema.tree(TestStrategies.all()).at("/$defs/stage/properties/split/anyOf");

    assertThat(split.at("/0/enum").toString()).isEqualTo("[\"files\",\"none\"]");
    assertThat(split.at("/1/properties").properties()).hasSize(8);
    assertThat(schema.at("/$defs/split.command/x-shell").asBoolean()).isTrue();
  }

  @Test
  void leadsTheReferencesOfAStrategyToItsOwnPart() {
    assertThat(schema.at("/$defs/split.bytes/anyOf/0/$ref").asText())
        .isEqualTo("#/$defs/split.bytes/$defs/size");
    assertThat(schema.at("/$defs/split.bytes/$defs/size/anyOf/0/x-unit").asText())
        .isEqualTo("size");
  }
}
