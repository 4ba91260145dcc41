package org.golempipeline.golem.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.FakeYagna;
import org.golempipeline.golem.http.FakeYagna.Answer;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
final class EventPollerTest {
  private static final String EVENTS = "GET /payment-api/v1/debitNoteEvents";

  private final Threads threads = new Threads();
  private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();
  private FakeYagna yagna;
  private Session session;

  @BeforeEach
  void open() throws Exception {
    yagna = new FakeYagna();
    session = Sessions.open(yagna, threads, event -> {});
  }

  @AfterEach
  void close() {
    session.closed().set(true);
    threads.close();
    yagna.close();
  }

  private static String event(String type, int second) {
    return """
        {"eventType": "%s", "eventDate": "2026-11-30T10:00:0%dZ", "debitNoteId": "%s"}"""
        .formatted(type, second, type);
  }

  private void follow() {
    new EventPoller<>(
            session,
            Instant.EPOCH,
            (after, poll) -> Calls.debitNoteEvents("s", after, poll),
            DebitNoteEvent::eventDate,
            event -> {
              handled.add(event.debitNoteId());
              if (event.debitNoteId().equals(DebitNoteEvent.CANCELLED)) {
                throw new StackOverflowError();
              }
            })
        .start();
  }

  /** Such as one of a newer daemon, one without a date, or one that nobody is prepared for. */
  @Test
  void noEventKeepsThoseAfterItAway() throws Exception {
    String undated =
        "{\"eventType\": \"Undated\", \"debitNoteId\": \"undated\"}, {\"eventDate\": [7]}";
    yagna.on(
        EVENTS,
        Answer.ok(
            "[%s, %s, %s, %s]"
                .formatted(
                    event(DebitNoteEvent.CANCELLED, 1),
                    event("DebitNoteSungEvent", 2),
                    undated,
                    event(DebitNoteEvent.RECEIVED, 3))),
        Answer.ok("[" + event("later", 4) + "]"),
        Answer.HOLD);
    follow();
    for (String expected :
        List.of(DebitNoteEvent.CANCELLED, "DebitNoteSungEvent", DebitNoteEvent.RECEIVED, "later")) {
      assertThat(handled.poll(120, TimeUnit.SECONDS)).isEqualTo(expected);
    }
    assertThat(yagna.requests(EVENTS).get(1)).contains("10%3A00%3A03");
  }
}
