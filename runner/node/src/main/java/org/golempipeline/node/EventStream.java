package org.golempipeline.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.golempipeline.exeunit.BatchListener;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.golempipeline.golem.wire.WireJson;

/** A subscriber of a batch's events, who is sent them as fast as it reads. */
final class EventStream implements BatchListener {
  private static final int UNDER_WAY = 16;

  private final EventReader reader;
  private final Semaphore room = new Semaphore(UNDER_WAY);
  private int sent;

  EventStream(EventReader reader) {
    this.reader = reader;
    reader.keepAlive(Duration.ofSeconds(15));
  }

  @Override
  public void event(RuntimeEvent event) throws InterruptedException {
    room.acquire();
    reader.send("runtime", Integer.toString(sent), json(event), room::release);
    sent++;
  }

  /** Closes the connection after what was sent. */
  @Override
  public void end() {
    reader.end();
  }

  private static String json(RuntimeEvent event) {
    try {
      return WireJson.mapper().writeValueAsString(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
