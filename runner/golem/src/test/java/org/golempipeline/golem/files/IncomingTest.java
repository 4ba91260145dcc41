package org.golempipeline.golem.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.golempipeline.golem.ByteSink;
import org.junit.jupiter.api.Test;

final class IncomingTest {
  private final Collector sink = new Collector();
  private final Incoming incoming = new Incoming(sink, true);

  @Test
  void takesChunksInOrder() throws Exception {
    incoming.chunk(0, bytes("ab"));
    incoming.chunk(2, bytes("cd"));
    incoming.finish(sha3("abcd"));
    assertThat(sink.text()).isEqualTo("abcd");
    assertThat(sink.finished).isTrue();
    assertThat(incoming.isFinished()).isTrue();
  }

  @Test
  void putsNearbyChunksIntoOrder() throws Exception {
    incoming.chunk(4, bytes("ef"));
    incoming.chunk(2, bytes("cd"));
    incoming.chunk(0, bytes("ab"));
    incoming.finish("0x" + sha3("abcdef").toUpperCase(java.util.Locale.ROOT));
    assertThat(sink.text()).isEqualTo("abcdef");
  }

  @Test
  void beginsAnewAtOffsetZero() throws Exception {
    incoming.chunk(0, bytes("xx"));
    incoming.chunk(0, bytes("abc"));
    incoming.finish(sha3("abc"));
    assertThat(sink.text()).isEqualTo("abc");
    assertThat(sink.restarts).isEqualTo(1);
  }

  @Test
  void anEmptyFileIsOnlyFinished() throws Exception {
    incoming.finish(sha3(""));
    assertThat(sink.finished).isTrue();
    assertThat(sink.text()).isEmpty();
    assertThat(sink.restarts).isZero();
  }

  @Test
  void finishingTwiceIsHarmless() throws Exception {
    incoming.chunk(0, bytes("a"));
    incoming.finish(sha3("a"));
    incoming.finish(sha3("a"));
    assertThat(sink.text()).isEqualTo("a");
  }

  @Test
  void refusesAWrongHash() throws Exception {
    incoming.chunk(0, bytes("a"));
    assertThatThrownBy(() -> incoming.finish(sha3("b")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("SHA3-256");
    assertThat(incoming.isFinished()).isFalse();
  }

  @Test
  void refusesGapsAndRepetitions() throws Exception {
    incoming.chunk(0, bytes("ab"));
    assertThatThrownBy(() -> incoming.chunk(1, bytes("b"))).hasMessageContaining("came already");
    incoming.chunk(3, bytes("d"));
    assertThatThrownBy(() -> incoming.finish(null)).hasMessageContaining("at 2 are missing");
    for (int i = 0; i < 15; i++) {
      incoming.chunk(100 + i, bytes("x"));
    }
    assertThatThrownBy(() -> incoming.chunk(200, bytes("x"))).hasMessageContaining("missing");
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha3(String text) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA3-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  private static final class Collector implements ByteSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int restarts;
    private boolean finished;

    @Override
    public void restart() {
      bytes.reset();
      restarts++;
    }

    @Override
    public void write(ByteBuffer chunk) {
      byte[] part = new byte[chunk.remaining()];
      chunk.get(part);
      bytes.writeBytes(part);
    }

    @Override
    public void finish() {
      finished = true;
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
