package org.golempipeline.golem.wire;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Carries what a daemon and its requestor say about files where both are parts of one process: the
 * same messages as over a WebSocket, without being written out. What goes this way needs no hash.
 * Thread-safe.
 */
public final class FileShortcut {
  /** Answers requests at one address; several may be under way. */
  public interface Service {
    CompletableFuture<FileMessage.Reply> call(FileMessage.Request request);
  }

  private final Map<String, Service> services = new ConcurrentHashMap<>();

  /** Requests at {@code address} go to {@code service} from now on. */
  public void open(String address, Service service) {
    services.put(address, service);
  }

  /** Nobody is at {@code address} any more. */
  public void close(String address) {
    services.remove(address);
  }

  /** Who is at {@code address}. */
  public Optional<Service> at(String address) {
    return Optional.ofNullable(services.get(address));
  }
}
