package org.golempipeline.compare;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One of two JSON texts that are compared, token by token. Remembers that it cannot be read. */
final class JsonReading implements Closeable {
  /** Keys are not kept beyond their object: strangers could have millions of them. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxNumberLength(StreamReadConstraints.DEFAULT_MAX_STRING_LEN)
                  .build())
          .build();

  private final JsonParser parser;
  private boolean broken;

  /** The decoder refuses what is not UTF-8; Jackson's own would put question marks there. */
  JsonReading(InputStream stream) throws IOException {
    parser =
        FACTORY.createParser(
            new InputStreamReader(
                LineFeeds.withoutMark(stream, 0), StandardCharsets.UTF_8.newDecoder()));
  }

  /** Goes on to the next token; null at the end. */
  @Nullable JsonToken next() throws IOException {
    return read(parser::nextToken);
  }

  /** The token reached. */
  @Nullable JsonToken token() {
    return parser.currentToken();
  }

  /** The key, number, word or string reached. */
  String text() throws IOException {
    return read(parser::getText);
  }

  /** Whether both stand on the same string. */
  boolean hasTextOf(JsonReading other) throws IOException {
    var mine = read(parser::getTextCharacters);
    var its = other.read(other.parser::getTextCharacters);
    var from = parser.getTextOffset();
    var otherFrom = other.parser.getTextOffset();
    return Arrays.equals(
        mine,
        from,
        from + parser.getTextLength(),
        its,
        otherFrom,
        otherFrom + other.parser.getTextLength());
  }

  /** The object reached names a key twice, so that its meaning is anybody's guess. */
  UnreadableException namesTwice(String key) {
    broken = true;
    return new UnreadableException("the key " + key + " stands twice");
  }

  /** Reads on to the end; whether all of it can be read. */
  boolean endsWell() throws IOException {
    try {
      while (!broken && next() != null) {
        // it can be read so far
      }
    } catch (UnreadableException e) {
      return false;
    }
    return !broken;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  private <T> T read(Read<T> read) throws IOException {
    try {
      return read.read();
    } catch (JsonProcessingException | CharacterCodingException e) {
      broken = true;
      throw new UnreadableException(String.valueOf(e.getMessage()));
    }
  }

  private interface Read<T> {
    T read() throws IOException;
  }
}
