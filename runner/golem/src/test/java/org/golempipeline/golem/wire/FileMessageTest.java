package org.golempipeline.golem.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FileMessageTest {
  @Test
  void requestsSurviveTheWire() {
    List<FileMessage.Request> requests =
        List.of(
            new FileMessage.GetMetadata("1"),
            new FileMessage.GetChunk("2", 0, 40_960),
            new FileMessage.GetChunk("2", 1L << 40, 40_960),
            new FileMessage.UploadChunk("3", 70_000, ByteBuffer.wrap(new byte[] {1, -1, 0})),
            new FileMessage.UploadFinished("4", "abc"),
            new FileMessage.UploadFinished("5", null));
    for (FileMessage.Request request : requests) {
      assertThat(FileMessage.decodeRequest(FileMessage.encode(request))).isEqualTo(request);
    }
  }

  @Test
  void repliesSurviveTheWire() {
    List<FileMessage.Reply> replies =
        List.of(
            new FileMessage.Metadata("1", 0),
            new FileMessage.Metadata("1", 5_000_000_000L),
            new FileMessage.Chunk("2", 40_960, ByteBuffer.wrap(new byte[] {1, -1, 0})),
            new FileMessage.Chunk("2", 0, ByteBuffer.wrap(new byte[0])),
            new FileMessage.Done("3"),
            new FileMessage.Failed("4", "ReadError", "gone"));
    for (FileMessage.Reply reply : replies) {
      assertThat(FileMessage.decodeReply(FileMessage.encode(reply))).isEqualTo(reply);
    }
  }

  @Test
  void aFullChunkFitsIntoOneFrame() {
    byte[] content = new byte[FileMessage.chunkSize()];
    new Random(1).nextBytes(content);
    ByteBuffer frame =
        FileMessage.encode(
            new FileMessage.Chunk(
                "f09e2e8c-6622-48b4-83b7-ffc050fec94d", 1L << 50, ByteBuffer.wrap(content)));
    assertThat(frame.remaining()).isLessThan(64 * 1024);
    var chunk = (FileMessage.Chunk) FileMessage.decodeReply(frame);
    assertThat(chunk.content()).isEqualTo(ByteBuffer.wrap(content));
  }

  @Test
  void readsPartsOfBuffers() {
    ByteBuffer part = ByteBuffer.wrap(new byte[] {9, 1, 2, 9}).slice(1, 2);
    ByteBuffer frame = FileMessage.encode(new FileMessage.UploadChunk("3", 0, part));
    ByteBuffer shifted = ByteBuffer.allocate(frame.remaining() + 7);
    shifted.position(7);
    shifted.put(frame).flip().position(7);
    var read = (FileMessage.UploadChunk) FileMessage.decodeRequest(shifted.slice());
    assertThat(read.content()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
  }

  @Test
  void refusesRubbish() {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] rubbish = new byte[random.nextInt(40)];
      random.nextBytes(rubbish);
      try {
        FileMessage.Request request = FileMessage.decodeRequest(ByteBuffer.wrap(rubbish));
        assertThat(request).isInstanceOf(FileMessage.UnknownRequest.class);
      } catch (IllegalArgumentException expected) {
        assertThat(expected).hasMessageContaining("file service");
      }
    }
    assertThatThrownBy(() -> FileMessage.decodeReply(ByteBuffer.allocate(0)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
