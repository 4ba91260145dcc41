package org.golempipeline.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.undertow.server.handlers.sse.ServerSentEventConnection;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.golempipeline.exeunit.BatchListener;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.golempipeline.golem.wire.WireJson;

/** A subscriber of a batch's events, who is sent them as fast as it reads. */
final class EventStream implements BatchListener {
  private static final int UNDER_WAY = 16;

  private final ServerSentEventConnection connection;
  private final Semaphore room = new Semaphore(UNDER_WAY);
  private int sent;

  EventStream(ServerSentEventConnection connection) {
    this.connection = connection;
    connection.setKeepAliveTime(15_000);
  }

  @Override
  public void event(RuntimeEvent event) throws InterruptedException {
    room.acquire();
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
      room.release();
    }

    @Override
    public void failed(
        ServerSentEventConnection connection,
        String data,
        String event,
        String id,
        IOException problem) {
      room.release();
    }
  }
}
