package org.golempipeline.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.golempipeline.golem.wire.Offer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what is on offer that rent nothing. Each hands out every offer once, and is forgotten
 * when nobody has read from it for a while. All methods take the context's lock.
 */
final class Scans {
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final Duration ALIVE = Duration.ofSeconds(15);

  private final NodeContext context;
  private final Market market;
  private final Map<String, Scan> scans = new HashMap<>();
  private int next;

  Scans(NodeContext context, Market market) {
    this.context = context;
    this.market = market;
  }

  private final class Scan {
    final String id;
    final List<Offer> all;
    final Deque<Offer> unread;
    final Duration idle;
    final Topic topic = new Topic(context);
    final List<EventReader> streams = new ArrayList<>();
    Future<?> end;

    Scan(String id, List<Offer> offers, Duration idle) {
      this.id = id;
      this.all = offers;
      this.unread = new ArrayDeque<>(offers);
      this.idle = idle;
      end = endLater();
    }

    private Future<?> endLater() {
      return context.after(
          idle,
          () -> {
            if (streams.isEmpty()) {
              forget(this);
            }
          });
    }

    void touch() {
      end.cancel(false);
      end = endLater();
    }

    List<Offer> take(int limit) {
      List<Offer> page = new ArrayList<>();
      while (page.size() < limit && !unread.isEmpty()) {
        page.add(unread.remove());
      }
      return page;
    }
  }

  /** Begins to look; nobody scans for demands, so such a scan finds nothing. */
  String begin(JsonNode request) {
    String type = request.path("type").asText();
    if (!type.equals("offer") && !type.equals("demand")) {
      throw new ApiException(400, "Json deserialize error: unknown variant `" + type + "`");
    }
    JsonNode wanted = request.path("constraints");
    Constraints constraints =
        Constraints.read(wanted.isTextual() ? wanted.asText() : "()")
            .orElseThrow(() -> new ApiException(400, "Invalid constraint. " + wanted.asText()));
    Duration idle = Duration.ofSeconds(request.path("timeout").asLong(IDLE.toSeconds()));
    synchronized (context.lock) {
      String id = Integer.toString(next);
      next++;
      List<Offer> offers = type.equals("offer") ? market.offers(constraints) : List.of();
      scans.put(id, new Scan(id, offers, idle));
      return id;
    }
  }

  /** Takes offers that were not read yet, as soon as there are any. */
  CompletableFuture<Reply> collect(String id, Duration timeout, int limit) {
    synchronized (context.lock) {
      Scan scan = find(id);
      scan.touch();
      return scan.topic.await(
          timeout,
          () -> {
            find(id);
            List<Offer> page = scan.take(limit);
            return page.isEmpty() ? null : Reply.json(200, page);
          },
          () -> Reply.json(200, List.of()));
    }
  }

  /** What one provider offers, read or not. */
  List<Offer> of(String id, String provider, int limit) {
    synchronized (context.lock) {
      Scan scan = find(id);
      scan.touch();
      return scan.all.stream()
          .filter(each -> each.providerId().equalsIgnoreCase(provider))
          .limit(limit)
          .toList();
    }
  }

  /** Sends what was not read yet; the stream then stays open until it or the scan is ended. */
  void stream(String id, EventReader reader) {
    synchronized (context.lock) {
      Scan scan = scans.get(id);
      if (scan == null) {
        reader.end();
        return;
      }
      scan.streams.add(reader);
      reader.keepAlive(ALIVE);
      reader.onEnd(() -> left(scan, reader));
      for (Offer offer : scan.take(Integer.MAX_VALUE)) {
        byte[] json = Reply.json(200, offer).body();
        reader.send("offer", null, new String(json, StandardCharsets.UTF_8), () -> {});
      }
    }
  }

  private void left(Scan scan, EventReader reader) {
    synchronized (context.lock) {
      scan.streams.remove(reader);
      if (scans.get(scan.id) == scan) {
        scan.touch();
      }
    }
  }

  void end(String id) {
    synchronized (context.lock) {
      forget(find(id));
    }
  }

  private void forget(Scan scan) {
    scans.remove(scan.id);
    scan.end.cancel(false);
    List.copyOf(scan.streams).forEach(EventReader::end);
    scan.topic.changed();
  }

  /** Fails if there is no such scan. */
  void require(String id) {
    synchronized (context.lock) {
      find(id);
    }
  }

  private Scan find(String id) {
    @Nullable Scan scan = scans.get(id);
    if (scan == null) {
      throw new ApiException(404, "Iterator with id \"" + id + "\" not found");
    }
    return scan;
  }
}
