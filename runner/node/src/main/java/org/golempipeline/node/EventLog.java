package org.golempipeline.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Events that stay: each reader has a cursor of its own, the date of the last event it saw. Dates
 * must be appended in ascending order, under the context's lock.
 */
final class EventLog<E> {
  private final NodeContext context;
  private final Topic topic;
  private final List<Entry<E>> entries = new ArrayList<>();

  private record Entry<E>(Instant date, @Nullable String session, E event) {}

  EventLog(NodeContext context) {
    this.context = context;
    topic = new Topic(context);
  }

  void append(Instant date, @Nullable String session, E event) {
    synchronized (context.lock) {
      entries.add(new Entry<>(date, session, event));
      topic.changed();
    }
  }

  /**
   * Waits for events strictly after {@code after}. The limit counts events that {@code wanted} then
   * leaves out, as in the daemon.
   *
   * @param session only events of agreements confirmed under it; null for all
   */
  CompletableFuture<Reply> poll(
      Duration timeout, int limit, Instant after, @Nullable String session, Predicate<E> wanted) {
    return topic.await(
        timeout,
        () -> {
          List<E> page = page(limit, after, session, wanted);
          return page.isEmpty() ? null : Reply.json(200, page);
        },
        () -> Reply.json(200, List.of()));
  }

  private List<E> page(int limit, Instant after, @Nullable String session, Predicate<E> wanted) {
    return entries.subList(firstAfter(after), entries.size()).stream()
        .filter(each -> session == null || session.equals(each.session))
        .map(Entry::event)
        .limit(limit)
        .filter(wanted)
        .toList();
  }

  private int firstAfter(Instant after) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries.get(middle).date.isAfter(after)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
