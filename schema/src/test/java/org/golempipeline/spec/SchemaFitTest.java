package org.golempipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.golempipeline.document.Document;
import org.golempipeline.document.Node.Mapping;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The quick answer is that of the library. */
class SchemaFitTest {
  private static final int DAMAGES = 20;

  /** In place of a value of the file. */
  private static final List<String> OTHERS =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1.5",
          "7",
          "\"\"",
          "\"x\"",
          "\"10s\"",
          "\"*.txt\"",
          "[]",
          "[\"a\", \"a\"]",
          "{}",
          "{ \"x-y\": 1 }",
          "{ \"lines\": 5 }",
          "{ \"copies\": 2 }");

  private final JsonNode root = PipelineSchema.tree(TestStrategies.all());
  private final Schema library =
      SchemaRegistry.withDialect(Dialects.getDraft202012()).getSchema(root);
  private final SchemaFit fit = new SchemaFit(root);

  @Test
  void agreesOnEveryCaseAndOnDamagedOnes() throws IOException {
    var random = new Random(1);
    var fitting = 0;
    var wrong = 0;
    try (var files = Files.walk(Path.of("src/test/resources/cases"))) {
      for (var file : files.filter(each -> each.toString().endsWith(".yaml")).sorted().toList()) {
        var document = Document.read(Files.readAllBytes(file), "case");
        if (!(document.root().orElse(null) instanceof Mapping mapping)) {
          continue;
        }
        for (var i = 0; i <= DAMAGES; i++) {
          var value = SchemaCheck.json(mapping);
          if (i > 0) {
            damage(value, random);
          }
          var right = library.validate(value).isEmpty();
          assertThat(fit.isSure(value)).as("%s: %s", file, value).isEqualTo(right);
          fitting += right ? 1 : 0;
          wrong += right ? 0 : 1;
        }
      }
    }
    assertThat(fitting).isGreaterThan(500);
    assertThat(wrong).isGreaterThan(500);
  }

  private static void damage(JsonNode value, Random random) {
    var changes = new ArrayList<Consumer<JsonNode>>();
    collect(value, changes);
    changes
        .get(random.nextInt(changes.size()))
        .accept(JsonText.parse(OTHERS.get(random.nextInt(OTHERS.size()))));
  }

  private static void collect(JsonNode node, List<Consumer<JsonNode>> changes) {
    if (node instanceof ObjectNode object) {
      object.fieldNames().forEachRemaining(name -> changes.add(each -> object.set(name, each)));
      object.fieldNames().forEachRemaining(name -> changes.add(each -> object.remove(name)));
      changes.add(each -> object.set("run", each));
      changes.add(each -> object.set("x-more", each));
    } else if (node instanceof ArrayNode array) {
      for (var i = 0; i < array.size(); i++) {
        var index = i;
        changes.add(each -> array.set(index, each));
      }
    }
    node.forEach(each -> collect(each, changes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ \"format\": \"uri\" }",
        "{ \"multipleOf\": 2 }",
        "{ \"$ref\": \"other.json\" }",
        "{ \"$ref\": \"#/$defs/none\" }",
        "{ \"const\": [] }",
        "{ \"not\": { \"contains\": {} } }",
        "{ \"anyOf\": [ { \"$id\": \"a\" } ] }",
        "{ \"type\": \"date\" }"
      })
  void isNotSureOfWhatItDoesNotKnow(String schema) {
    assertThat(new SchemaFit(JsonText.parse(schema)).isSure(JsonText.parse("1"))).isFalse();
  }

  @Test
  void isNotSureOfPatternsAndLineEnds() {
    var ended = new SchemaFit(JsonText.parse("{ \"pattern\": \"^a$\" }"));

    assertThat(ended.isSure(JsonText.parse("\"a\""))).isTrue();
    assertThat(ended.isSure(JsonText.parse("\"a\\n\""))).isFalse();
  }
}
