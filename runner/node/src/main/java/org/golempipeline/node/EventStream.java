package org.golempipeline.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.golempipeline.exeunit.BatchListener;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.golempipeline.golem.wire.WireJson;

/**
 * A subscriber of a batch's events. One that reads too slowly misses output, but never the start or
 * the end of a command.
 */
final class EventStream implements BatchListener {
  private static final int BUFFERED = 16;

  private final ServerSentEventConnection connection;
  private final AtomicInteger pending = new AtomicInteger();
  private int sent;

  EventStream(ServerSentEventConnection connection) {
    this.connection = connection;
    connection.setKeepAliveTime(15_000);
  }

  @Override
  public void event(RuntimeEvent event) {
    boolean output = event.kind().stdout() != null || event.kind().stderr() != null;
    if (output && pending.get() >= BUFFERED) {
      return;
    }
    pending.incrementAndGet();
    // The space after each colon is how the daemon writes it.
    connection.send(" " + json(event), " runtime", " " + sent, new Sent());
    sent++;
  }

  /** Closes the connection after what was sent. */
  @Override
  public void end() {
    connection.shutdown();
  }

  private static String json(RuntimeEvent event) {
    try {
      return WireJson.mapper().writeValueAsString(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Sent implements ServerSentEventConnection.EventCallback {
    @Override
    public void done(ServerSentEventConnection connection, String data, String event, String id) {
      pending.decrementAndGet();
    }

    @Override
    public void failed(
        ServerSentEventConnection connection,
        String data,
        String event,
        String id,
        IOException problem) {
      pending.decrementAndGet();
    }
  }
}
