package org.golempipeline.golem.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.flatbuffers.ArrayReadWriteBuf;
import com.google.flatbuffers.FlexBuffers;
import com.google.flatbuffers.FlexBuffersBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON trees as FlexBuffers, which the daemon's bus speaks: a tree of {@link WireJson} can be
 * written, and what was read can be bound by it. Bytes are blobs, in a tree binary nodes. What is
 * read may come from strangers: nesting and size are bounded.
 */
public final class WireFlex {
  private static final int DEEPEST = 64;
  private static final int MOST_VALUES = 1_000_000;
  private static final int OVERHEAD = 512;

  private WireFlex() {}

  /** The bytes of a tree. */
  public static ByteBuffer write(JsonNode tree) {
    FlexBuffersBuilder out = builder(OVERHEAD);
    put(out, null, tree);
    return out.finish();
  }

  private static void put(FlexBuffersBuilder out, @Nullable String key, JsonNode value) {
    if (value instanceof ObjectNode object) {
      int map = out.startMap();
      for (Map.Entry<String, JsonNode> each : object.properties()) {
        put(out, each.getKey(), each.getValue());
      }
      out.endMap(key, map);
    } else if (value instanceof ArrayNode array) {
      int vector = out.startVector();
      array.forEach(each -> put(out, null, each));
      out.endVector(key, vector, false, false);
    } else if (value.isTextual()) {
      out.putString(key, value.textValue());
    } else if (value.isIntegralNumber()) {
      out.putInt(key, value.longValue());
    } else if (value.isNumber()) {
      out.putFloat(key, value.doubleValue());
    } else if (value.isBoolean()) {
      out.putBoolean(key, value.booleanValue());
    } else if (value.isBinary()) {
      try {
        out.putBlob(key, value.binaryValue());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else {
      out.putNull(key);
    }
  }

  /**
   * The tree of some bytes.
   *
   * @throws IllegalArgumentException if they are not FlexBuffers, or nested too deep or too much
   */
  public static JsonNode read(ByteBuffer bytes) {
    try {
      return new Reader().tree(root(bytes), 0);
    } catch (IndexOutOfBoundsException
        | FlexBuffers.FlexBufferException
        | NegativeArraySizeException e) {
      throw new IllegalArgumentException("not FlexBuffers", e);
    }
  }

  private static final class Reader {
    private int values;

    JsonNode tree(FlexBuffers.Reference value, int depth) {
      values++;
      if (depth > DEEPEST || values > MOST_VALUES) {
        throw new IllegalArgumentException("nested too deep or too large");
      }
      if (value.isMap()) {
        return map(value.asMap(), depth);
      }
      if (value.isVector() || value.isTypedVector()) {
        FlexBuffers.Vector vector = value.asVector();
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < vector.size(); i++) {
          array.add(tree(vector.get(i), depth + 1));
        }
        return array;
      }
      return leaf(value);
    }

    private JsonNode map(FlexBuffers.Map map, int depth) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      FlexBuffers.KeyVector keys = map.keys();
      FlexBuffers.Vector items = map.values();
      for (int i = 0; i < items.size(); i++) {
        object.set(keys.get(i).toString(), tree(items.get(i), depth + 1));
      }
      return object;
    }

    private static JsonNode leaf(FlexBuffers.Reference value) {
      if (value.isString() || value.isKey()) {
        return TextNode.valueOf(value.asString());
      }
      if (value.isIntOrUInt()) {
        return LongNode.valueOf(value.asLong());
      }
      if (value.isFloat()) {
        return DoubleNode.valueOf(value.asFloat());
      }
      if (value.isBoolean()) {
        return BooleanNode.valueOf(value.asBoolean());
      }
      if (value.isBlob()) {
        return BinaryNode.valueOf(bytes(value.asBlob().data()));
      }
      if (value.isNull()) {
        return NullNode.getInstance();
      }
      // The library does not know vectors of a fixed length; the daemon sends none.
      throw new IllegalArgumentException("FlexBuffers type " + value.getType() + " is not read");
    }
  }

  /** The library ignores the offset of a buffer in its array. */
  static FlexBuffers.Reference root(ByteBuffer frame) {
    return FlexBuffers.getRoot(ByteBuffer.wrap(bytes(frame)));
  }

  /**
   * @param size of what will be written, roughly
   */
  static FlexBuffersBuilder builder(int size) {
    return new FlexBuffersBuilder(
        new ArrayReadWriteBuf(size), FlexBuffersBuilder.BUILDER_FLAG_SHARE_KEYS);
  }

  /** Without a copy where that is possible. */
  static byte[] bytes(ByteBuffer content) {
    byte[] array = content.hasArray() ? content.array() : null;
    if (array != null && content.arrayOffset() == 0 && content.remaining() == array.length) {
      return array;
    }
    byte[] copy = new byte[content.remaining()];
    content.duplicate().get(copy);
    return copy;
  }
}
