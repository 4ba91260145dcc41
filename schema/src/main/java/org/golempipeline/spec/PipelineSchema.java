package org.golempipeline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Predicate;
import org.golempipeline.strategy.Strategy;

/**
 * The JSON Schema (draft 2020-12) of a pipeline file: the hand-written part with every strategy's
 * options put in, for editors and for {@link PipelineFiles}. Beside the standard keywords it has
 * {@code x-shell} (shell text), {@code x-variables} (what a strategy sets in it), {@code x-unit} (a
 * quantity), {@code x-local-commands} (a strategy that runs commands which are not in the file) and
 * {@code x-glob}, and for messages {@code x-says}, {@code x-keys-say} and {@code x-instead}.
 */
public final class PipelineSchema {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private PipelineSchema() {}

  /** The schema of files as they are written, the options of {@code strategies} included. */
  public static String json(Strategies strategies) {
    var root = tree(strategies);
    ReferencePlaces.open(root);
    return root.toPrettyString() + "\n";
  }

  /** The schema of a file with the values of its params put in. */
  static ObjectNode tree(Strategies strategies) {
    return tree(strategies, name -> true);
  }

  /** The same with the options of those strategies only; the options of others may be anything. */
  static ObjectNode tree(Strategies strategies, Predicate<String> wanted) {
    var root = handwritten();
    var definitions = (ObjectNode) root.get("$defs");
    var stage = (ObjectNode) definitions.get("stage").get("properties");
    addChoice((ObjectNode) stage.get("split"), "split", strategies.splits(), wanted, definitions);
    addChoice((ObjectNode) stage.get("merge"), "merge", strategies.merges(), wanted, definitions);
    return root;
  }

  /** Without the options of any strategy. */
  static ObjectNode handwritten() {
    return (ObjectNode) JsonText.parse(resource());
  }

  private static String resource() {
    try (var stream = PipelineSchema.class.getResourceAsStream("pipeline.schema.json")) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A bare name, or a map of one name to its options. */
  private static void addChoice(
      ObjectNode target,
      String kind,
      Collection<? extends Strategy> strategies,
      Predicate<String> wanted,
      ObjectNode definitions) {
    var names = NODES.arrayNode();
    var summaries = NODES.arrayNode();
    var options = NODES.objectNode();
    for (var strategy : strategies) {
      if (!strategy.optionsRequired()) {
        names.add(JsonText.string(strategy.name()));
        summaries.add(strategy.summary());
      }
      if (!wanted.test(strategy.name())) {
        options.set(strategy.name(), NODES.booleanNode(true));
        continue;
      }
      var key = kind + "." + strategy.name();
      var pointer = "#/$defs/" + key.replace("~", "~0").replace("/", "~1");
      definitions.set(key, localised(JsonText.parse(strategy.optionsSchema()), pointer));
      options.set(strategy.name(), optionsOf(strategy, pointer));
    }
    var branches = NODES.arrayNode();
    if (!names.isEmpty()) {
      var bare = NODES.objectNode();
      bare.put("type", "string").set("enum", names);
      bare.set("enumDescriptions", summaries);
      bare.put("x-strategies", kind);
      branches.add(bare);
    }
    var map = NODES.objectNode();
    map.put("type", "object").put("minProperties", 1).put("maxProperties", 1);
    map.set("properties", options);
    map.put("additionalProperties", false).put("x-strategies", kind);
    branches.add(map);
    target.set("anyOf", branches);
  }

  private static ObjectNode optionsOf(Strategy strategy, String pointer) {
    var entry = NODES.objectNode();
    entry.put("description", strategy.summary());
    if (strategy.optionsRequired()) {
      return entry.put("$ref", pointer);
    }
    var branches = NODES.arrayNode();
    branches.add(NODES.objectNode().put("$ref", pointer));
    branches.add(NODES.objectNode().put("type", "null"));
    entry.set("anyOf", branches);
    return entry;
  }

  /** A strategy's schema with its references led to where it now stands. */
  private static JsonNode localised(JsonNode schema, String pointer) {
    if (schema instanceof ObjectNode object) {
      object.remove("$schema");
      object.remove("$id");
    }
    rewriteReferences(schema, pointer);
    return schema;
  }

  private static void rewriteReferences(JsonNode schema, String pointer) {
    if (schema instanceof ObjectNode object) {
      var reference = object.get("$ref");
      if (reference != null && reference.isTextual() && reference.textValue().startsWith("#")) {
        object.put("$ref", pointer + reference.textValue().substring(1));
      }
      object.forEach(each -> rewriteReferences(each, pointer));
    } else if (schema instanceof ArrayNode array) {
      array.forEach(each -> rewriteReferences(each, pointer));
    }
  }
}
