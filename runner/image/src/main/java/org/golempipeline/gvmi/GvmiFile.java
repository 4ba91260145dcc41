package org.golempipeline.gvmi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.golempipeline.plainfile.PlainFile;

/**
 * A VM image file of this machine. It begins with a squashfs; at its end stand a CRC-32 of the
 * image's configuration, the configuration as JSON, and its length in eight decimal digits: by them
 * it is recognised.
 *
 * @param size in bytes
 * @param sha3 its SHA3-224 in hex
 */
public record GvmiFile(Path file, long size, String sha3, ImageConfiguration configuration) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LENGTH = Pattern.compile("[0-9]{8}");
  private static final int LENGTH_SIZE = 8;
  private static final int CHECKSUM_SIZE = 4;
  private static final int LARGEST_CONFIGURATION = 16 << 20;
  private static final int BUFFER = 1 << 20;

  /** Checks and hashes the file, which takes some seconds for each gigabyte. */
  public static GvmiFile read(Path file) throws IOException, NotAnImageException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new NotAnImageException("is no file");
    }
    try (var channel = PlainFile.open(file)) {
      var configuration = ImageConfiguration.of(check(channel));
      return new GvmiFile(file, channel.size(), hash(channel), configuration);
    }
  }

  /** What an image says of itself; reads only the end of the file. */
  public static ImageConfiguration configuration(Path file)
      throws IOException, NotAnImageException {
    try (var channel = PlainFile.open(file)) {
      return ImageConfiguration.of(check(channel));
    }
  }

  /** The SHA3-224 of any file in hex. */
  public static String hash(Path file) throws IOException {
    try (var channel = PlainFile.open(file)) {
      return hash(channel);
    }
  }

  /** Makes an image of a squashfs: writes the configuration behind it, down to the disk. */
  public static void seal(Path squashfs, ImageConfiguration configuration) throws IOException {
    var json = configuration.toJson().toString().getBytes(StandardCharsets.UTF_8);
    var checksum = new CRC32();
    checksum.update(json);
    var end =
        ByteBuffer.allocate(CHECKSUM_SIZE + json.length + LENGTH_SIZE)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) checksum.getValue())
            .put(json)
            .put("%08d".formatted(json.length).getBytes(StandardCharsets.US_ASCII))
            .flip();
    try (var channel = FileChannel.open(squashfs, StandardOpenOption.APPEND)) {
      while (end.hasRemaining()) {
        channel.write(end);
      }
      channel.force(true);
    }
  }

  /** Its bytes. */
  public Content open() throws IOException {
    return new Content(PlainFile.open(file));
  }

  private static JsonNode check(FileChannel channel) throws IOException, NotAnImageException {
    var end = channel.size() - LENGTH_SIZE;
    if (end <= CHECKSUM_SIZE) {
      throw new NotAnImageException("is too short for a VM image");
    }
    var digits = StandardCharsets.ISO_8859_1.decode(bytes(channel, end, LENGTH_SIZE)).toString();
    var length = LENGTH.matcher(digits).matches() ? Integer.parseInt(digits) : 0;
    if (length == 0 || length > LARGEST_CONFIGURATION || end - length < CHECKSUM_SIZE) {
      throw new NotAnImageException("does not end like a VM image");
    }
    var configuration = bytes(channel, end - length, length);
    var checksum = bytes(channel, end - length - CHECKSUM_SIZE, CHECKSUM_SIZE);
    var actual = new CRC32();
    actual.update(configuration.duplicate());
    if (checksum.order(ByteOrder.LITTLE_ENDIAN).getInt() != (int) actual.getValue()) {
      throw new NotAnImageException("is damaged: the checksum of its configuration is wrong");
    }
    try {
      var json = JSON.readTree(configuration.array());
      if (json.isObject()) {
        return json;
      }
    } catch (JsonProcessingException notJson) {
      // Said below.
    }
    throw new NotAnImageException("has no configuration of a VM image at its end");
  }

  private static ByteBuffer bytes(FileChannel channel, long position, int size) throws IOException {
    var target = ByteBuffer.allocate(size);
    fill(channel, position, target);
    return target.flip();
  }

  private static void fill(FileChannel channel, long position, ByteBuffer target)
      throws IOException {
    var at = position;
    while (target.hasRemaining()) {
      var count = channel.read(target, at);
      if (count < 0) {
        throw new EOFException("the image became shorter while it was read");
      }
      at += count;
    }
  }

  private static String hash(FileChannel channel) throws IOException {
    var digest = digest();
    var buffer = ByteBuffer.allocate(BUFFER);
    channel.position(0);
    while (channel.read(buffer.clear()) >= 0) {
      digest.update(buffer.flip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA3-224");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java of today has SHA3-224", e);
    }
  }

  /**
   * The open file, to be read by several threads at once. Replacing it by another one changes
   * nothing for those who read it.
   */
  public static final class Content implements AutoCloseable {
    private final FileChannel channel;
    private final long size;

    private Content(FileChannel channel) throws IOException {
      this.channel = channel;
      this.size = channel.size();
    }

    /** In bytes. */
    public long size() {
      return size;
    }

    /** Fills {@code target} with the bytes from {@code offset} on. */
    public void read(long offset, ByteBuffer target) throws IOException {
      fill(channel, offset, target);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
