package org.golempipeline.golem.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.GolemNetwork;
import org.jspecify.annotations.Nullable;

/**
 * Calls of a daemon's REST API, for what {@link GolemNetwork} does not do: the provider's side. The
 * key, time limits, errors and retries are in here. Futures fail with {@link CallFailure} and
 * complete on threads of this object. Thread-safe; never blocks.
 */
public final class DaemonCalls implements AutoCloseable {
  private final Threads threads = new Threads();
  private final Caller caller;

  private DaemonCalls(GolemConnection connection, long seed) {
    caller = new Caller(connection, threads, new Retrier(threads::after, seed));
  }

  /**
   * @param seed of the pauses between tries
   */
  public static DaemonCalls open(GolemConnection connection, long seed) {
    return new DaemonCalls(connection, seed);
  }

  /**
   * Reads something; tried again while it may help.
   *
   * @param action what it does, after "Could not"
   * @param path from the daemon's base URL on, with the query
   */
  public <T> CompletableFuture<T> get(String action, String path, Class<T> type) {
    return caller.send(Call.get(action, path, Call.Decoder.of(type)));
  }

  /** Reads a list once; the daemon waits up to {@code poll} for something to be in it. */
  public <T> CompletableFuture<List<T>> poll(
      String action, String path, Duration poll, Class<T> element) {
    return caller.send(
        Call.get(action, path, Call.Decoder.listOf(element))
            .polling(poll)
            .repeat(Retrier.Repeat.NEVER));
  }

  /** Makes something; sent again only if the daemon can not be reached. */
  public <T> CompletableFuture<T> post(
      String action, String path, @Nullable Object body, Class<T> type) {
    return caller.send(Call.post(action, path, body, Call.Decoder.of(type)));
  }

  /** Changes something; the daemon may take up to {@code wait}. Sent again as {@link #post}. */
  public CompletableFuture<Boolean> post(
      String action, String path, @Nullable Object body, Duration wait) {
    return caller.send(Call.post(action, path, body, Call.Decoder.nothing()).polling(wait));
  }

  /** Sets something; tried again while it may help. */
  public CompletableFuture<Boolean> put(String action, String path, Object body) {
    return caller.send(Call.put(action, path, body));
  }

  /** Removes something; tried again while it may help. */
  public CompletableFuture<Boolean> delete(String action, String path) {
    return caller.send(Call.delete(action, path));
  }

  /** Puts a failure of a call into a sentence for the user, with what can be done about it. */
  public GolemException explain(Throwable error) {
    return Failures.of(error, GolemException.Kind.YAGNA, caller.daemon());
  }

  /** A value as part of a query. */
  public static String encode(String value) {
    return Call.encode(value);
  }

  @Override
  public void close() {
    threads.close();
  }
}
