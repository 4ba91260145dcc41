package org.golempipeline.gvmi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/** Writes VM images: any content, with the right end. */
final class GvmiFiles {
  private GvmiFiles() {}

  static Path write(Path file, String content) throws IOException {
    return Files.write(file, bytes(content, "{\"Cmd\":[\"sh\"]}"));
  }

  static byte[] bytes(String content, String configuration) {
    var json = configuration.getBytes(StandardCharsets.UTF_8);
    var checksum = new CRC32();
    checksum.update(json);
    var squashed = content.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(squashed.length + 4 + json.length + 8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(squashed)
        .putInt((int) checksum.getValue())
        .put(json)
        .put("%08d".formatted(json.length).getBytes(StandardCharsets.US_ASCII))
        .array();
  }
}
