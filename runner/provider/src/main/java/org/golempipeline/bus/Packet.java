package org.golempipeline.bus;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A message between a program and the bus: in protobuf a union, whose field number is the kind.
 * Fields at their defaults are absent.
 */
sealed interface Packet {
  int OK = 0;
  int BAD_REQUEST = 400;
  int SERVICE_FAILURE = 500;

  /** The field number in the union. */
  int kind();

  void writeFields(CodedOutputStream out) throws IOException;

  /** Both sides begin with it; {@code instance} is random. */
  record Hello(String name, String version, ByteString instance) implements Packet {
    static final int KIND = 1;

    @Override
    public int kind() {
      return KIND;
    }

    @Override
    public void writeFields(CodedOutputStream out) throws IOException {
      text(out, 1, name);
      text(out, 2, version);
      bytes(out, 3, instance);
    }
  }

  /** Calls to this address, and below it, come to us from now on. */
  record Register(String address) implements Packet {
    static final int KIND = 2;

    @Override
    public int kind() {
      return KIND;
    }

    @Override
    public void writeFields(CodedOutputStream out) throws IOException {
      text(out, 1, address);
    }
  }

  /** In the order of the requests. */
  record RegisterReply(int code, String message) implements Packet {
    static final int KIND = 3;

    @Override
    public int kind() {
      return KIND;
    }

    @Override
    public void writeFields(CodedOutputStream out) throws IOException {
      number(out, 1, code);
      text(out, 2, message);
    }
  }

  /** The opposite of {@link Register}. */
  record Unregister(String address) implements Packet {
    static final int KIND = 4;

    @Override
    public int kind() {
      return KIND;
    }

    @Override
    public void writeFields(CodedOutputStream out) throws IOException {
      text(out, 1, address);
    }
  }

  /** Somebody calls an address; {@code id} is unique in the connection. */
  record CallRequest(String caller, String address, String id, ByteString data, boolean noReply)
      implements Packet {
    static final int KIND = 6;

    @Override
    public int kind() {
      return KIND;
    }

    @Override
    public void writeFields(CodedOutputStream out) throws IOException {
      text(out, 1, caller);
      text(out, 2, address);
      text(out, 3, id);
      bytes(out, 4, data);
      number(out, 5, noReply ? 1 : 0);
    }
  }

  /** The answer, or with {@code partial} a part of it; with an error code the data is text. */
  record CallReply(String id, int code, boolean partial, ByteString data) implements Packet {
    static final int KIND = 7;

    @Override
    public int kind() {
      return KIND;
    }

    @Override
    public void writeFields(CodedOutputStream out) throws IOException {
      text(out, 1, id);
      number(out, 2, code);
      number(out, 3, partial ? 1 : 0);
      bytes(out, 4, data);
    }
  }

  /** Are you there? */
  record Ping() implements Packet {
    static final int KIND = 14;

    @Override
    public int kind() {
      return KIND;
    }

    @Override
    public void writeFields(CodedOutputStream out) {}
  }

  /** The answer to {@link Ping}. */
  record Pong() implements Packet {
    static final int KIND = 15;

    @Override
    public int kind() {
      return KIND;
    }

    @Override
    public void writeFields(CodedOutputStream out) {}
  }

  /** What does not concern us. */
  record Other(int kind) implements Packet {
    @Override
    public void writeFields(CodedOutputStream out) {}
  }

  private static void text(CodedOutputStream out, int field, String value) throws IOException {
    if (!value.isEmpty()) {
      out.writeString(field, value);
    }
  }

  private static void bytes(CodedOutputStream out, int field, ByteString value) throws IOException {
    if (!value.isEmpty()) {
      out.writeBytes(field, value);
    }
  }

  private static void number(CodedOutputStream out, int field, int value) throws IOException {
    if (value != 0) {
      out.writeInt32(field, value);
    }
  }

  /** The bytes of a frame, its length in front. */
  static ByteBuffer frame(Packet packet) {
    try {
      ByteArrayOutputStream fields = new ByteArrayOutputStream();
      CodedOutputStream inner = CodedOutputStream.newInstance(fields);
      packet.writeFields(inner);
      inner.flush();
      byte[] content = fields.toByteArray();
      int size = CodedOutputStream.computeByteArraySize(packet.kind(), content);
      ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + size);
      frame.putInt(size);
      CodedOutputStream out = CodedOutputStream.newInstance(frame.array(), Integer.BYTES, size);
      out.writeByteArray(packet.kind(), content);
      out.flush();
      return frame.rewind();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads what is in a frame.
   *
   * @throws IOException if it is no packet
   */
  static Packet read(byte[] frame) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(frame);
    int kind = WireFormat.getTagFieldNumber(in.readTag());
    Fields fields = kind == 0 ? new Fields() : Fields.read(in.readByteArray());
    return switch (kind) {
      case Hello.KIND -> new Hello(fields.text(1), fields.text(2), fields.bytes(3));
      case Register.KIND -> new Register(fields.text(1));
      case RegisterReply.KIND -> new RegisterReply(fields.number(1), fields.text(2));
      case Unregister.KIND -> new Unregister(fields.text(1));
      case CallRequest.KIND ->
          new CallRequest(
              fields.text(1),
              fields.text(2),
              fields.text(3),
              fields.bytes(4),
              fields.number(5) != 0);
      case CallReply.KIND ->
          new CallReply(fields.text(1), fields.number(2), fields.number(3) != 0, fields.bytes(4));
      case Ping.KIND -> new Ping();
      case Pong.KIND -> new Pong();
      default -> new Other(kind);
    };
  }

  /** The fields of one message. */
  final class Fields {
    private final Map<Integer, ByteString> contents = new HashMap<>();
    private final Map<Integer, Integer> numbers = new HashMap<>();

    static Fields read(byte[] message) throws IOException {
      Fields fields = new Fields();
      CodedInputStream in = CodedInputStream.newInstance(message);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        switch (WireFormat.getTagWireType(tag)) {
          case WireFormat.WIRETYPE_LENGTH_DELIMITED -> fields.contents.put(field, in.readBytes());
          case WireFormat.WIRETYPE_VARINT -> fields.numbers.put(field, in.readInt32());
          default -> in.skipField(tag);
        }
      }
      return fields;
    }

    String text(int field) {
      return bytes(field).toStringUtf8();
    }

    ByteString bytes(int field) {
      return contents.getOrDefault(field, ByteString.EMPTY);
    }

    int number(int field) {
      return numbers.getOrDefault(field, 0);
    }
  }
}
