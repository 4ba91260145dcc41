package org.golempipeline.provider;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.DaemonCalls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows one of the daemon's logs from now on. On the desk's thread; ends with the desk. */
final class Poller<E> {
  private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
  private static final Duration POLL = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int TIMEOUT = 408;

  private final Desk desk;
  private final String action;
  private final String path;
  private final Class<E> type;
  private final Function<E, Instant> date;
  private final Consumer<E> handler;
  private Instant after;

  /**
   * @param path of the log
   */
  Poller(
      Desk desk,
      String action,
      String path,
      Class<E> type,
      Function<E, Instant> date,
      Consumer<E> handler) {
    this.desk = desk;
    this.action = action;
    this.path = path;
    this.type = type;
    this.date = date;
    this.handler = handler;
    after = desk.now();
  }

  void start() {
    String query =
        "?appSessionId=%s&afterTimestamp=%s"
            .formatted(desk.session, DaemonCalls.encode(after.toString()));
    desk.then(desk.calls.poll(action, path + query, POLL, type), this::received, this::failed);
  }

  private void received(List<E> events) {
    for (E event : events) {
      try {
        Instant at = date.apply(event);
        after = at.isAfter(after) ? at : after;
        handler.accept(event);
      } catch (RuntimeException | Error e) {
        LOG.error("could not handle {}", event, e);
      }
    }
    start();
  }

  private void failed(CallFailure problem) {
    if (problem.status() == TIMEOUT) {
      start();
    } else {
      LOG.debug("polling failed", problem);
      var unused = desk.after(PAUSE, this::start);
    }
  }
}
