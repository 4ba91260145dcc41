package org.golempipeline.spec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * JSON text to a tree and back. Uses the streaming half of Jackson only: the object mapper alone
 * takes longer to start than everything else {@code check} does.
 */
public final class JsonText {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonText() {}

  /**
   * The tree of a text that a program wrote.
   *
   * @throws IllegalArgumentException if it is not JSON
   */
  public static JsonNode parse(String text) {
    try (var parser = FACTORY.createParser(text)) {
      parser.nextToken();
      return value(parser);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode string(String text) {
    return new Text(text);
  }

  /** The text of a tree. */
  public static String of(JsonNode tree) {
    return text(tree, false);
  }

  /** The same for people: each value in a line of its own. */
  public static String lines(JsonNode tree) {
    return text(tree, true) + "\n";
  }

  private static String text(JsonNode tree, boolean lines) {
    var text = new StringWriter();
    try (var json = FACTORY.createGenerator(text)) {
      if (lines) {
        json.useDefaultPrettyPrinter();
      }
      write(json, tree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, JsonNode node) throws IOException {
    if (node.isObject()) {
      json.writeStartObject();
      for (var property : node.properties()) {
        json.writeFieldName(property.getKey());
        write(json, property.getValue());
      }
      json.writeEndObject();
    } else if (node.isArray()) {
      json.writeStartArray();
      for (var item : node) {
        write(json, item);
      }
      json.writeEndArray();
    } else if (node.isTextual()) {
      json.writeString(node.textValue());
    } else if (node.isIntegralNumber()) {
      json.writeNumber(node.bigIntegerValue());
    } else if (node.isNumber()) {
      json.writeNumber(node.decimalValue());
    } else if (node.isBoolean()) {
      json.writeBoolean(node.booleanValue());
    } else {
      json.writeNull();
    }
  }

  private static JsonNode value(JsonParser parser) throws IOException {
    var token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      var object = NODES.objectNode();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        var name = parser.currentName();
        parser.nextToken();
        object.set(name, value(parser));
      }
      return object;
    }
    if (token == JsonToken.START_ARRAY) {
      var array = NODES.arrayNode();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        array.add(value(parser));
      }
      return array;
    }
    return scalar(parser, token);
  }

  private static JsonNode scalar(JsonParser parser, JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_STRING) {
      return new Text(parser.getText());
    }
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return parser.getNumberType() == JsonParser.NumberType.INT
          ? NODES.numberNode(parser.getIntValue())
          : NODES.numberNode(parser.getBigIntegerValue());
    }
    if (token == JsonToken.VALUE_NUMBER_FLOAT) {
      return NODES.numberNode(parser.getDecimalValue());
    }
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return NODES.booleanNode(token == JsonToken.VALUE_TRUE);
    }
    return NODES.nullNode();
  }

  /** A string that can show itself without the object mapper; the validator asks it to. */
  private static final class Text extends TextNode {
    private static final long serialVersionUID = 1L;

    Text(String text) {
      super(text);
    }

    @Override
    public String toString() {
      return '"' + textValue() + '"';
    }
  }
}
