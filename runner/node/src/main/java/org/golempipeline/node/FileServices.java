package org.golempipeline.node;

import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.CloseMessage;
import io.undertow.websockets.core.StreamSourceFrameChannel;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.golempipeline.exeunit.ExeHost;
import org.golempipeline.exeunit.TransferException;
import org.golempipeline.golem.wire.FileMessage;
import org.golempipeline.golem.wire.FileShortcut;
import org.golempipeline.golem.wire.ServiceBinding;
import org.jspecify.annotations.Nullable;
import org.xnio.Pooled;

/**
 * Services on the bus that the requestor serves over WebSockets. A message that comes before the
 * WebSocket waits for it. Thread-safe: the registry is guarded by the context's lock, each service
 * by itself.
 */
final class FileServices implements ExeHost {
  /** A message of the bus must fit in one frame of this size. */
  static final int FRAME_LIMIT = 64 * 1024;

  private final NodeContext context;
  private final Map<String, Service> byId = new HashMap<>();

  FileServices(NodeContext context) {
    this.context = context;
  }

  /** Listens at an address. */
  ServiceBinding bind(ServiceBinding request) {
    String on = request.listen().on();
    if (on.isEmpty()) {
      throw new ApiException(400, "Missing service prefix: on");
    }
    String id = idOf(on);
    synchronized (context.lock) {
      if (byId.containsKey(id)) {
        throw new ApiException(400, "Duplicated service address prefix: " + on);
      }
      byId.put(id, new Service(request.listen(), context));
    }
    return new ServiceBinding(request.listen(), id);
  }

  void unbind(String id) {
    Service service;
    synchronized (context.lock) {
      service = byId.remove(id);
    }
    if (service == null) {
      throw new ApiException(404, "Service not found: " + id);
    }
    service.end();
  }

  Service byId(String id) {
    synchronized (context.lock) {
      Service service = byId.get(id);
      if (service == null) {
        throw new ApiException(404, "Service not found: " + id);
      }
      return service;
    }
  }

  @Override
  public RequestorFile file(String node, String file) throws TransferException {
    RequestorFile service = null;
    if (node.equalsIgnoreCase(context.identity)) {
      synchronized (context.lock) {
        service = byId.get(idOf("/public/gftp/" + file));
      }
    }
    if (service == null) {
      throw TransferException.refused(
          "GSB error: GSB failure: bad request: endpoint address not found: /net/%s/%s"
              .formatted(node, file));
    }
    return service;
  }

  @Override
  public boolean hashesFiles() {
    return context.options.port().isPresent();
  }

  private static String idOf(String address) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(address.getBytes(StandardCharsets.UTF_8));
  }

  /** One address, served over one WebSocket at a time. */
  static final class Service extends AbstractReceiveListener implements ExeHost.RequestorFile {
    private final ServiceBinding.Listen listen;
    private final Duration limit;
    private final FileShortcut shortcut;
    private final Map<String, CompletableFuture<FileMessage.Reply>> calls =
        new ConcurrentHashMap<>();

    /** Messages from before the WebSocket; sent in reverse order, as the daemon does. */
    private final Deque<ByteBuffer> early = new ArrayDeque<>();

    private @Nullable WebSocketChannel channel;
    private boolean ended;

    Service(ServiceBinding.Listen listen, NodeContext context) {
      this.listen = listen;
      this.limit = context.timings.busCall();
      this.shortcut = context.shortcut;
    }

    /** Talks over this WebSocket from now on; an earlier one is closed. */
    void attach(WebSocketChannel fresh) {
      WebSocketChannel replaced = null;
      synchronized (this) {
        fresh.getReceiveSetter().set(this);
        if (ended) {
          WebSockets.sendClose(CloseMessage.NORMAL_CLOSURE, "unbound", fresh, null);
        } else {
          replaced = channel;
          channel = fresh;
          fresh.addCloseTask(this::detached);
          while (!early.isEmpty()) {
            WebSockets.sendBinary(early.pop(), fresh, null);
          }
        }
      }
      fresh.resumeReceives();
      if (replaced != null) {
        failAll(TransferException.broken("WebSocket replaced"));
        WebSockets.sendClose(CloseMessage.MSG_VIOLATES_POLICY, "replaced", replaced, null);
      }
    }

    private void detached(WebSocketChannel closed) {
      synchronized (this) {
        if (channel != closed) {
          return;
        }
        channel = null;
      }
      failAll(TransferException.broken("WebSocket closed"));
    }

    private void failAll(Exception problem) {
      calls.values().forEach(each -> each.completeExceptionally(problem));
    }

    void end() {
      synchronized (this) {
        ended = true;
        if (channel != null) {
          WebSockets.sendClose(CloseMessage.NORMAL_CLOSURE, "unbound", channel, null);
          channel = null;
        }
        early.clear();
      }
      failAll(unbound());
    }

    private TransferException unbound() {
      return TransferException.refused("endpoint address not found: " + listen.on());
    }

    @Override
    public CompletableFuture<FileMessage.Reply> call(FileMessage.Request request) {
      if (!listen.components().contains(request.component())) {
        return CompletableFuture.failedFuture(
            TransferException.refused(
                "endpoint address not found: " + listen.on() + "/" + request.component()));
      }
      Optional<FileShortcut.Service> direct = shortcut.at(listen.on());
      if (direct.isPresent()) {
        return direct.get().call(request).orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
      }
      CompletableFuture<FileMessage.Reply> answer = new CompletableFuture<>();
      calls.put(request.id(), answer);
      answer.whenComplete((reply, problem) -> calls.remove(request.id(), answer));
      ByteBuffer frame = FileMessage.encode(request);
      synchronized (this) {
        if (ended) {
          answer.completeExceptionally(unbound());
        } else if (channel == null) {
          early.push(frame);
        } else {
          WebSockets.sendBinary(frame, channel, null);
        }
      }
      return answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void onBinary(WebSocketChannel from, StreamSourceFrameChannel frame)
        throws IOException {
      if (!frame.isFinalFragment()) {
        WebSockets.sendClose(CloseMessage.MSG_VIOLATES_POLICY, "fragmented", from, null);
        return;
      }
      super.onBinary(from, frame);
    }

    @Override
    protected long getMaxBinaryBufferSize() {
      return FRAME_LIMIT;
    }

    @Override
    @SuppressWarnings("deprecation") // Undertow hands messages out in this type only.
    protected void onFullBinaryMessage(WebSocketChannel from, BufferedBinaryMessage message) {
      ByteBuffer bytes;
      Pooled<ByteBuffer[]> pooled = message.getData();
      try {
        bytes = WebSockets.mergeBuffers(pooled.getResource());
      } finally {
        pooled.free();
      }
      FileMessage.Reply reply;
      try {
        reply = FileMessage.decodeReply(bytes);
      } catch (IllegalArgumentException e) {
        WebSockets.sendClose(CloseMessage.MSG_VIOLATES_POLICY, "not a reply", from, null);
        return;
      }
      CompletableFuture<FileMessage.Reply> call = calls.remove(reply.id());
      if (call != null) {
        call.complete(reply);
      }
    }

    @Override
    protected void onFullTextMessage(WebSocketChannel from, BufferedTextMessage message) {
      WebSockets.sendClose(CloseMessage.WRONG_CODE, "binary only", from, null);
    }
  }
}
