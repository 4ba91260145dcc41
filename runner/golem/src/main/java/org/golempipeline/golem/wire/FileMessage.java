package org.golempipeline.golem.wire;

import com.google.flatbuffers.FlexBuffers;
import com.google.flatbuffers.FlexBuffersBuilder;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message of the file service in FlexBuffers: as one binary WebSocket frame, which carries the
 * request's id and kind, or as the body of a packet on the daemon's bus, where both are outside.
 * Requests go to whoever serves the file, replies the other way.
 */
public final class FileMessage {
  private static final int OVERHEAD = 512;

  private FileMessage() {}

  /** What a provider asks of a file that we serve. */
  public sealed interface Request {
    String id();

    /** The message kind: the last part of the bus address. */
    String component();
  }

  /** How long is the file? Answered by {@link Metadata}. */
  public record GetMetadata(String id) implements Request {
    @Override
    public String component() {
      return "GetMetadata";
    }
  }

  /** A part of it, please; shorter at its end. Answered by {@link Chunk}. */
  public record GetChunk(String id, long offset, long size) implements Request {
    @Override
    public String component() {
      return "GetChunk";
    }
  }

  /** A part of a file that we receive. Answered by {@link Done}. */
  public record UploadChunk(String id, long offset, ByteBuffer content) implements Request {
    @Override
    public String component() {
      return "UploadChunk";
    }
  }

  /** The file is complete; {@code hash} is its SHA3-256 in hex. Answered by {@link Done}. */
  public record UploadFinished(String id, @Nullable String hash) implements Request {
    @Override
    public String component() {
      return "UploadFinished";
    }
  }

  /** A request whose kind we do not know. */
  public record UnknownRequest(String id, String component) implements Request {}

  /** The answer to a {@link Request}. */
  public sealed interface Reply {
    String id();
  }

  /** The answer to {@link GetMetadata}. */
  public record Metadata(String id, long fileSize) implements Reply {}

  /** The answer to {@link GetChunk}. */
  public record Chunk(String id, long offset, ByteBuffer content) implements Reply {}

  /** The answer to {@link UploadChunk} and {@link UploadFinished}. */
  public record Done(String id) implements Reply {}

  /**
   * It did not work; {@code kind} is {@code ReadError}, {@code WriteError}, {@code IntegrityError}
   * or {@code InternalError}.
   */
  public record Failed(String id, String kind, String message) implements Reply {}

  /** The frame for a request. */
  public static ByteBuffer encode(Request request) {
    FlexBuffersBuilder out = builder(request instanceof UploadChunk chunk ? chunk.content() : null);
    int message = out.startMap();
    out.putString("id", request.id());
    out.putString("component", request.component());
    putPayload(out, "payload", request);
    out.endMap(null, message);
    return out.finish();
  }

  /** The body of a request on the bus. */
  public static ByteBuffer encodeBody(Request request) {
    FlexBuffersBuilder out = builder(request instanceof UploadChunk chunk ? chunk.content() : null);
    if (request instanceof GetMetadata) {
      out.putNull();
    } else {
      putPayload(out, null, request);
    }
    return out.finish();
  }

  private static void putPayload(FlexBuffersBuilder out, @Nullable String key, Request request) {
    int payload = out.startMap();
    if (request instanceof GetChunk chunk) {
      out.putInt("offset", chunk.offset());
      out.putInt("size", chunk.size());
    } else if (request instanceof UploadChunk chunk) {
      int part = out.startMap();
      out.putInt("offset", chunk.offset());
      out.putBlob("content", WireFlex.bytes(chunk.content()));
      out.endMap("chunk", part);
    } else if (request instanceof UploadFinished finished) {
      if (finished.hash() == null) {
        out.putNull("hash");
      } else {
        out.putString("hash", finished.hash());
      }
    }
    out.endMap(key, payload);
  }

  /** The frame for a reply. */
  public static ByteBuffer encode(Reply reply) {
    FlexBuffersBuilder out = builder(reply instanceof Chunk chunk ? chunk.content() : null);
    int message = out.startMap();
    out.putString("id", reply.id());
    if (reply instanceof Metadata metadata) {
      int payload = out.startMap();
      out.putInt("fileSize", metadata.fileSize());
      out.endMap("payload", payload);
    } else if (reply instanceof Chunk chunk) {
      int payload = out.startMap();
      out.putBlob("content", WireFlex.bytes(chunk.content()));
      out.putInt("offset", chunk.offset());
      out.endMap("payload", payload);
    } else if (reply instanceof Failed failed) {
      int error = out.startMap();
      out.putString(failed.kind(), failed.message());
      out.endMap("error", error);
    } else {
      out.putNull("payload");
    }
    out.endMap(null, message);
    return out.finish();
  }

  /**
   * Reads a request. Its content, if any, is a view of {@code frame}.
   *
   * @throws IllegalArgumentException if the frame is not a request
   */
  public static Request decodeRequest(ByteBuffer frame) {
    try {
      FlexBuffers.Map message = root(frame);
      String id = message.get("id").asString();
      String component = message.get("component").asString();
      FlexBuffers.Reference payload = message.get("payload");
      switch (component) {
        case "GetMetadata":
          return new GetMetadata(id);
        case "GetChunk":
          return new GetChunk(
              id, payload.asMap().get("offset").asLong(), payload.asMap().get("size").asLong());
        case "UploadChunk":
          FlexBuffers.Map chunk = payload.asMap().get("chunk").asMap();
          return new UploadChunk(id, chunk.get("offset").asLong(), content(chunk.get("content")));
        case "UploadFinished":
          FlexBuffers.Reference hash = payload.asMap().get("hash");
          return new UploadFinished(id, hash.isString() ? hash.asString() : null);
        default:
          return new UnknownRequest(id, component);
      }
    } catch (IndexOutOfBoundsException | FlexBuffers.FlexBufferException e) {
      throw new IllegalArgumentException("not a request of the file service", e);
    }
  }

  /**
   * Reads a reply. Its content, if any, is a view of {@code frame}.
   *
   * @throws IllegalArgumentException if the frame is not a reply
   */
  public static Reply decodeReply(ByteBuffer frame) {
    try {
      FlexBuffers.Map message = root(frame);
      return reply(message.get("id").asString(), message.get("error"), message.get("payload"));
    } catch (IndexOutOfBoundsException | FlexBuffers.FlexBufferException e) {
      throw new IllegalArgumentException("not a reply of the file service", e);
    }
  }

  /**
   * Reads the body of a reply on the bus, to the request {@code id}.
   *
   * @throws IllegalArgumentException if it is not a reply
   */
  public static Reply decodeBody(String id, ByteBuffer body) {
    try {
      FlexBuffers.Map result = root(body);
      return reply(id, result.get("Err"), result.get("Ok"));
    } catch (IndexOutOfBoundsException | FlexBuffers.FlexBufferException e) {
      throw new IllegalArgumentException("not a reply of the file service", e);
    }
  }

  private static Reply reply(
      String id, FlexBuffers.Reference error, FlexBuffers.Reference payload) {
    if (error.isMap()) {
      FlexBuffers.Map map = error.asMap();
      return new Failed(id, map.keys().get(0).toString(), map.values().get(0).asString());
    }
    if (error.isString()) {
      return new Failed(id, "InternalError", error.asString());
    }
    if (!payload.isMap()) {
      return new Done(id);
    }
    FlexBuffers.Map map = payload.asMap();
    FlexBuffers.Reference fileSize = map.get("fileSize");
    return fileSize.isNull()
        ? new Chunk(id, map.get("offset").asLong(), content(map.get("content")))
        : new Metadata(id, fileSize.asLong());
  }

  /** What {@link GetChunk} and {@link UploadChunk} contain at most. */
  public static int chunkSize() {
    return 40 * 1024;
  }

  private static FlexBuffers.Map root(ByteBuffer frame) {
    return WireFlex.root(frame).asMap();
  }

  private static FlexBuffersBuilder builder(@Nullable ByteBuffer content) {
    return WireFlex.builder(OVERHEAD + (content == null ? 0 : content.remaining()));
  }

  /** Some senders write bytes as a vector of numbers. */
  private static ByteBuffer content(FlexBuffers.Reference reference) {
    if (reference.isBlob()) {
      return reference.asBlob().data();
    }
    FlexBuffers.Vector vector = reference.asVector();
    byte[] bytes = new byte[vector.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) vector.get(i).asInt();
    }
    return ByteBuffer.wrap(bytes);
  }
}
