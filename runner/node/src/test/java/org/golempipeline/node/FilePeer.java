package org.golempipeline.node;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.wire.FileMessage;

/** A file that a requestor serves or receives over a real WebSocket. */
final class FilePeer implements WebSocket.Listener {
  final String address;
  final String url;
  final String serviceId;

  /** The names of all messages that came, in order. */
  final List<String> messages = new CopyOnWriteArrayList<>();

  final CompletableFuture<String> hash = new CompletableFuture<>();
  final CompletableFuture<Integer> closed = new CompletableFuture<>();
  final ByteArrayOutputStream received = new ByteArrayOutputStream();

  private final Requestor requestor;
  private final byte[] content;
  private final ByteArrayOutputStream frame = new ByteArrayOutputStream();
  private WebSocket socket;

  FilePeer(Requestor requestor, String name, byte[] content) {
    this.requestor = requestor;
    this.content = content;
    address = "/public/gftp/" + name;
    url = "gftp://" + requestor.identity() + "/" + name;
    serviceId =
        requestor
            .post(
                "/gsb-api/v1/services",
                Map.of(
                    "listen",
                    Map.of(
                        "on",
                        address,
                        "components",
                        List.of("GetMetadata", "GetChunk", "UploadChunk", "UploadFinished"))))
            .expect(201)
            .json()
            .get("servicesId")
            .asText();
  }

  static FilePeer serving(Requestor requestor, String name, byte[] content) throws Exception {
    return new FilePeer(requestor, name, content).open();
  }

  static FilePeer receiving(Requestor requestor, String name) throws Exception {
    return serving(requestor, name, new byte[0]);
  }

  FilePeer open() throws Exception {
    URI uri =
        URI.create(
            requestor.url().toString().replace("http:", "ws:")
                + "/gsb-api/v1/services/"
                + serviceId
                + "?authToken=key");
    socket =
        Requestor.HTTP
            .newWebSocketBuilder()
            .subprotocols("gsb+flexbuffers")
            .buildAsync(uri, this)
            .get(120, TimeUnit.SECONDS);
    return this;
  }

  WebSocket socket() {
    return socket;
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    frame.writeBytes(bytes);
    from.request(1);
    if (!last) {
      return null;
    }
    FileMessage.Request request = FileMessage.decodeRequest(ByteBuffer.wrap(frame.toByteArray()));
    frame.reset();
    messages.add(request.component());
    return from.sendBinary(FileMessage.encode(answer(request)), true);
  }

  private FileMessage.Reply answer(FileMessage.Request request) {
    if (request instanceof FileMessage.GetMetadata) {
      return new FileMessage.Metadata(request.id(), content.length);
    }
    if (request instanceof FileMessage.GetChunk chunk) {
      ByteBuffer part = ByteBuffer.wrap(content, (int) chunk.offset(), (int) chunk.size()).slice();
      return new FileMessage.Chunk(chunk.id(), chunk.offset(), part);
    }
    if (request instanceof FileMessage.UploadChunk chunk) {
      byte[] bytes = new byte[chunk.content().remaining()];
      chunk.content().get(bytes);
      received.writeBytes(bytes);
    } else if (request instanceof FileMessage.UploadFinished finished) {
      hash.complete(finished.hash());
    }
    return new FileMessage.Done(request.id());
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }
}
