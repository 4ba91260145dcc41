package org.golempipeline.golem.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.golempipeline.golem.ByteSink;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.wire.FileMessage;
import org.golempipeline.golem.wire.ServiceBinding;
import org.jspecify.annotations.Nullable;

/**
 * One address under which a provider reads a file of ours and writes one to us, through a WebSocket
 * to the daemon, or a shortcut if the daemon is in this process. Made once and pointed at the next
 * files after the batch before has ended. The address cannot be guessed. Messages are handled one
 * after the other on the threads for files; a connection that drops is opened again.
 */
public final class FileSlot {
  private static final List<String> READING = List.of("GetMetadata", "GetChunk");
  private static final List<String> BOTH_WAYS =
      List.of("GetMetadata", "GetChunk", "UploadChunk", "UploadFinished");
  private static final int LARGEST_FRAME = 1 << 20;

  private final FileHost host;
  private final List<String> components;
  private final String fileId = UUID.randomUUID().toString().replace("-", "");
  private final Queue<ByteBuffer> replies = new ArrayDeque<>();
  private @Nullable String servicesId;
  private @Nullable WebSocket socket;
  private boolean sending;
  private boolean closed;
  private int failures;
  private Runnable heartbeat = () -> {};
  private @Nullable ByteSource source;
  private @Nullable Incoming incoming;
  private @Nullable String trouble;
  private boolean resting = true;

  /** When a part of a file was asked for last; messages come one after the other. */
  private volatile long asked;

  private FileSlot(FileHost host, List<String> components) {
    this.host = host;
    this.components = components;
  }

  /** Binds the address and connects. */
  public static CompletableFuture<FileSlot> open(FileHost host) {
    return new FileSlot(host, BOTH_WAYS).open();
  }

  /** An address that stands for one file, for any number of readers, until it is closed. */
  public static CompletableFuture<FileSlot> serve(FileHost host, ByteSource file) {
    FileSlot slot = new FileSlot(host, READING);
    slot.point(file, null, () -> {});
    return slot.open();
  }

  private CompletableFuture<FileSlot> open() {
    var shortcut = host.caller().shortcut();
    shortcut.ifPresent(
        open ->
            open.open(
                address(),
                request ->
                    CompletableFuture.supplyAsync(() -> respond(request), host.threads().files())));
    return bind()
        .thenCompose(
            bound -> shortcut.isPresent() ? CompletableFuture.completedFuture(true) : connect())
        .handle(
            (connected, error) ->
                error == null
                    ? CompletableFuture.completedFuture(this)
                    : close()
                        .thenCompose(closed -> CompletableFuture.<FileSlot>failedFuture(error)))
        .thenCompose(next -> next);
  }

  /** Where the daemon finds it. */
  private String address() {
    return "/public/gftp/" + fileId;
  }

  /** Where the provider finds it. */
  public String url() {
    return "gftp://" + host.identity() + "/" + fileId;
  }

  /** The files of the next batch; {@code beat} is called whenever bytes move. */
  public synchronized void point(
      @Nullable ByteSource next, @Nullable ByteSink target, Runnable beat) {
    source = next;
    incoming = target == null ? null : new Incoming(target, host.caller().shortcut().isEmpty());
    heartbeat = beat;
    trouble = null;
    resting = false;
  }

  /** The batch is over: late reads and writes must not find its files. */
  public synchronized void rest() {
    source = null;
    heartbeat = () -> {};
    resting = true;
  }

  /** What went wrong on our side, which the provider may report in other words. */
  public synchronized @Nullable String trouble() {
    return trouble;
  }

  /** Whether the file to fetch came whole. */
  public synchronized boolean received() {
    return incoming == null || incoming.isFinished();
  }

  /** Gives the address back; never fails. */
  public CompletableFuture<Boolean> close() {
    String id;
    WebSocket open;
    synchronized (this) {
      closed = true;
      id = servicesId;
      open = socket;
      socket = null;
    }
    if (open != null) {
      open.abort();
    }
    host.caller().shortcut().ifPresent(shortcut -> shortcut.close(address()));
    return id == null
        ? CompletableFuture.completedFuture(true)
        : host.send(Calls.unbindService(id)).exceptionally(error -> false);
  }

  private CompletableFuture<Boolean> bind() {
    ServiceBinding binding =
        new ServiceBinding(new ServiceBinding.Listen(address(), components), null);
    return host.caller()
        .send(Calls.bindService(binding))
        .thenApply(
            bound -> {
              synchronized (this) {
                servicesId = bound.servicesId();
                if (!closed) {
                  return true;
                }
              }
              // It was closed meanwhile, when this one was not known yet.
              var unused = close();
              return true;
            });
  }

  private CompletableFuture<Boolean> connect() {
    String id;
    synchronized (this) {
      id = servicesId;
    }
    if (id == null) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("the daemon names no file service"));
    }
    return host.caller()
        .webSocket(Calls.servicePath(id), new Listener())
        .thenApply(connected -> true);
  }

  /** Whether {@code open} is the connection from now on; answers on the one before are void. */
  private synchronized boolean isConnected(WebSocket open) {
    if (closed) {
      return false;
    }
    socket = open;
    sending = false;
    failures = 0;
    replies.clear();
    return true;
  }

  /** The daemon may have forgotten the service as well, when it was started anew. */
  private void reconnect(@Nullable WebSocket broken) {
    int before;
    synchronized (this) {
      if (closed || socket != broken || host.closed().get()) {
        return;
      }
      socket = null;
      failures++;
      before = failures;
    }
    host.threads()
        .after(host.retrier().pause(before))
        .thenCompose(waited -> connect())
        .whenComplete(
            (connected, error) -> {
              if (error == null) {
                return;
              }
              if (CallFailure.unwrap(error) instanceof WebSocketHandshakeException) {
                bind().whenComplete((bound, failed) -> reconnect(null));
              } else {
                reconnect(null);
              }
            });
  }

  /** The daemon asks anew on another connection. */
  private void reply(WebSocket asked, FileMessage.Reply reply) {
    synchronized (this) {
      if (socket != asked) {
        return;
      }
      replies.add(FileMessage.encode(reply));
    }
    sendNext();
  }

  private void sendNext() {
    WebSocket open;
    ByteBuffer frame;
    synchronized (this) {
      open = socket;
      if (open == null || sending || replies.isEmpty()) {
        return;
      }
      frame = replies.remove();
      sending = true;
    }
    open.sendBinary(frame, true)
        .whenComplete(
            (sent, error) -> {
              synchronized (this) {
                sending = sending && socket != open;
              }
              if (error == null) {
                sendNext();
              } else {
                reconnect(open);
              }
            });
  }

  private void handle(WebSocket from, byte[] frame) {
    FileMessage.Request request;
    try {
      request = FileMessage.decodeRequest(ByteBuffer.wrap(frame));
    } catch (IllegalArgumentException e) {
      Caller.LOG.debug("left out an unreadable message of the file service", e);
      return;
    }
    FileMessage.Reply reply = respond(request);
    if (reply instanceof FileMessage.Chunk chunk) {
      count(chunk);
    }
    reply(from, reply);
  }

  /** What is handed over within this process is not counted. */
  private void count(FileMessage.Chunk chunk) {
    long now = System.nanoTime();
    if (chunk.offset() > 0) {
      host.sent().fetched(chunk.content().remaining(), asked, now);
    }
    asked = now;
  }

  private FileMessage.Reply respond(FileMessage.Request request) {
    ByteSource from;
    Incoming to;
    Runnable beat;
    synchronized (this) {
      from = source;
      to = resting ? null : incoming;
      beat = heartbeat;
    }
    beat.run();
    String kind = request.component().startsWith("Get") ? "ReadError" : "WriteError";
    try {
      return answer(request, from, to);
    } catch (IOException | RuntimeException | Error e) {
      synchronized (this) {
        trouble = CallFailure.text(e);
      }
      return new FileMessage.Failed(request.id(), kind, CallFailure.text(e));
    }
  }

  private static FileMessage.Reply answer(
      FileMessage.Request request, @Nullable ByteSource from, @Nullable Incoming to)
      throws IOException {
    if (request instanceof FileMessage.GetMetadata && from != null) {
      return new FileMessage.Metadata(request.id(), from.size());
    }
    if (request instanceof FileMessage.GetChunk get && from != null) {
      long left = from.size() - get.offset();
      if (left < 0 || get.offset() < 0 || get.size() < 0) {
        throw new IOException("there is nothing at " + get.offset());
      }
      int size = (int) Math.min(Math.min(get.size(), left), FileMessage.chunkSize());
      ByteBuffer content = ByteBuffer.allocate(size);
      from.read(get.offset(), content);
      return new FileMessage.Chunk(request.id(), get.offset(), content.flip());
    }
    if (request instanceof FileMessage.UploadChunk chunk && to != null) {
      to.chunk(chunk.offset(), chunk.content());
      return new FileMessage.Done(request.id());
    }
    if (request instanceof FileMessage.UploadFinished finished && to != null) {
      to.finish(finished.hash());
      return new FileMessage.Done(request.id());
    }
    throw new IOException("no file is offered here now");
  }

  /** Collects frames; the next message is asked for when the one before is done. */
  private final class Listener implements WebSocket.Listener {
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

    /** Before anything else of this connection is heard, its end included. */
    @Override
    public void onOpen(WebSocket open) {
      if (isConnected(open)) {
        open.request(1);
      } else {
        open.abort();
      }
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket open, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      if (!last || parts.size() > 0) {
        parts.write(bytes, 0, bytes.length);
        if (parts.size() > LARGEST_FRAME) {
          open.abort();
          reconnect(open);
          return null;
        }
        bytes = parts.toByteArray();
      }
      if (!last) {
        open.request(1);
        return null;
      }
      parts.reset();
      byte[] frame = bytes;
      host.threads()
          .files()
          .execute(
              () -> {
                handle(open, frame);
                open.request(1);
              });
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket open, int code, String reason) {
      reconnect(open);
      return null;
    }

    @Override
    public void onError(WebSocket open, Throwable error) {
      Caller.LOG.debug("a file service dropped", error);
      reconnect(open);
    }
  }
}
