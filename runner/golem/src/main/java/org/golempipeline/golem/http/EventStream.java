package org.golempipeline.golem.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/** Reads the frames of a batch's event stream. The daemon never ends it: {@link #close} does. */
public final class EventStream implements Flow.Subscriber<String> {
  private static final int LARGEST_EVENT = 1 << 20;

  private final Consumer<RuntimeEvent> handler;
  private final Consumer<EventStream> ended;
  private final StringBuilder data = new StringBuilder();
  private Flow.@Nullable Subscription subscription;
  private boolean closed;

  /**
   * @param ended told that it has ended, perhaps more than once
   */
  public EventStream(Consumer<RuntimeEvent> handler, Consumer<EventStream> ended) {
    this.handler = handler;
    this.ended = ended;
  }

  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription started) {
    subscription = started;
    if (closed) {
      started.cancel();
    } else {
      started.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(String line) {
    if (line.startsWith("data:") && data.length() < LARGEST_EVENT) {
      data.append(line, "data:".length(), line.length()).append('\n');
    } else if (line.isEmpty() && data.length() > 0) {
      String json = data.toString();
      data.setLength(0);
      try {
        handler.accept(WireJson.mapper().readValue(json, RuntimeEvent.class));
      } catch (JsonProcessingException e) {
        Caller.LOG.debug("left out an unreadable runtime event", e);
      }
    }
  }

  @Override
  public void onError(Throwable error) {
    ended.accept(this);
  }

  @Override
  public void onComplete() {
    ended.accept(this);
  }
}
