package org.golempipeline.golem.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.http.FakeYagna;
import org.golempipeline.golem.http.FakeYagna.Answer;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.ExeScript;
import org.golempipeline.golem.wire.FileShortcut;
import org.golempipeline.golem.wire.NearDaemon;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
final class BatchTest {
  private static final String EXEC = "POST /activity-api/v1/activity/act/exec";
  private static final String RESULTS = "GET /activity-api/v1/activity/act/exec/b1";
  private static final String STATE = "GET /activity-api/v1/activity/act/state";
  private static final ExeScript SCRIPT =
      new ExeScript(
          List.of(
              new ExeCommand.Run("/bin/true", List.of(), null),
              new ExeCommand.Run("/bin/true", List.of(), null)));
  private static final Answer GSB = new Answer(500, "{\"message\":\"GSB error: not found\"}");

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final CompletableFuture<String> lost = new CompletableFuture<>();
  private final Threads threads = new Threads();
  private FakeYagna yagna;
  private Session session;

  @BeforeEach
  void open() throws Exception {
    yagna = new FakeYagna();
    session = Sessions.open(yagna, threads, event -> {});
    yagna.on(EXEC, Answer.ok("\"b1\""));
  }

  @AfterEach
  void close() {
    session.closed().set(true);
    threads.close();
    yagna.close();
  }

  @Test
  void pollsUntilAllCommandsAreThere() throws Exception {
    yagna.on(RESULTS, Answer.ok("[]"), Answer.ok(results("Ok")), Answer.ok(results("Ok", "Ok")));
    assertThat(run(Duration.ofSeconds(10)).get(120, TimeUnit.SECONDS))
        .extracting(CommandResult::result)
        .containsExactly("Ok", "Ok");
  }

  @Test
  void stopsAtTheFirstError() throws Exception {
    yagna.on(RESULTS, Answer.ok(results("Error")));
    assertThat(run(Duration.ofSeconds(10)).get(120, TimeUnit.SECONDS))
        .extracting(CommandResult::message)
        .containsExactly("code 1");
  }

  @Test
  void readsLinesOffTheEventStreamAndAsksAtOnceAfterAFailure() throws Exception {
    String event =
        "event: runtime\ndata: {\"batch_id\":\"b1\",\"index\":0,\"timestamp\":\"t\",\"kind\":";
    yagna.on(
        RESULTS,
        Answer.ok("[]"),
        Answer.ok(
            event
                + "{\"stdout\":\"one\\ntw\"}}\n\n:ping\n\n"
                + event
                + "{\"stdout\":\"o\\n\"}}\n\n"),
        Answer.ok(results("Ok", "Ok")));
    // The second answer goes to whichever comes first, the stream or the next poll; both cope.
    run(Duration.ofSeconds(10)).get(120, TimeUnit.SECONDS);
    assertThat(yagna.requests(RESULTS)).hasSizeGreaterThanOrEqualTo(2);
    assertThat(List.of("one", "two")).containsAll(lines);
  }

  @Test
  void tellsHowMuchOfAnImageIsThere() throws Exception {
    GolemConnection near =
        new GolemConnection(URI.create("http://near"), "key", Optional.of(new Downloading()));
    List<String> told = new CopyOnWriteArrayList<>();
    Script.Watcher watcher =
        new Script.Watcher() {
          @Override
          public void line(String line) {}

          @Override
          public void moved(long bytes, long size) {
            told.add(bytes + " of " + size);
          }
        };
    Duration limit = Duration.ofSeconds(20);
    Batch batch =
        new Batch(
            Sessions.open(near, threads, event -> {}),
            "brick-12",
            "act",
            SCRIPT,
            limit,
            limit,
            watcher);
    threads.doOnLoop(() -> batch.start(lost)).get(120, TimeUnit.SECONDS);
    assertThat(told).containsExactly("42 of 100", "100 of 100");
  }

  /** Tells by events what it fetches, and has the results when all of them are sent. */
  private static final class Downloading implements NearDaemon {
    private final CompletableFuture<Answer> results = new CompletableFuture<>();
    private boolean polled;

    @Override
    public synchronized CompletableFuture<Answer> call(Request request) {
      if (request.method().equals("POST")) {
        return CompletableFuture.completedFuture(answer("\"b1\""));
      }
      boolean first = !polled;
      polled = true;
      return first ? CompletableFuture.completedFuture(answer("[]")) : results;
    }

    @Override
    public CompletableFuture<Boolean> follow(Request request, Flow.Subscriber<String> to) {
      to.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
          });
      for (String progress : List.of("[10,null]", "[42,100]", "[]", "[100,100]")) {
        to.onNext(
            "data: {\"batch_id\":\"b1\",\"index\":0,\"timestamp\":\"t\",\"kind\":{\"progress\":"
                + "{\"step\":[0,1],\"message\":null,\"progress\":"
                + progress
                + ",\"unit\":\"Bytes\"}}}");
        to.onNext("");
      }
      results.complete(answer(results("Ok", "Ok")));
      return CompletableFuture.completedFuture(true);
    }

    @Override
    public FileShortcut files() {
      return new FileShortcut();
    }

    private static Answer answer(String json) {
      return new Answer(200, json.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void repeatsAfterTimeoutsAndPassingErrors() throws Exception {
    yagna.on(STATE, Answer.ok("{\"state\":[\"Ready\",null]}"));
    yagna.on(
        RESULTS,
        new Answer(408, "{\"message\":\"Timeout\"}"),
        GSB,
        Answer.BREAK,
        Answer.ok(results("Ok", "Ok")));
    assertThat(run(Duration.ofSeconds(10)).get(120, TimeUnit.SECONDS)).hasSize(2);
  }

  @Test
  void aTerminatedActivityEndsIt() {
    yagna.on(STATE, Answer.ok("{\"state\":[\"Terminated\",null],\"errorMessage\":\"killed\"}"));
    yagna.on(RESULTS, GSB);
    GolemException failure = failure(run(Duration.ofSeconds(10)));
    assertThat(failure.kind()).isEqualTo(GolemException.Kind.PROVIDER);
    assertThat(failure)
        .hasMessage("Could not run commands on brick-12: the activity is terminated: killed.");
  }

  /** As released daemons answer when the provider's program was killed and its daemon lives. */
  @Test
  void anUnresponsiveActivityThatNobodyServesIsOver() {
    yagna.on(
        STATE,
        Answer.ok("{\"state\":[\"Ready\",null]}"),
        Answer.ok("{\"state\":[\"Unresponsive\",null]}"));
    yagna.on(
        RESULTS,
        new Answer(408, "{\"message\":\"Timeout\"}"),
        new Answer(500, "{\"message\":\"GSB error: endpoint address not found: /net/x\"}"));
    GolemException failure = failure(run(Duration.ofSeconds(10)));
    assertThat(failure.kind()).isEqualTo(GolemException.Kind.PROVIDER);
    assertThat(failure)
        .hasMessage("Could not run commands on brick-12: what runs the activity is gone.");
    assertThat(yagna.requests(STATE)).hasSize(2);
  }

  /** It may come back, such as after a moment in which its machine did nothing. */
  @Test
  void anUnresponsiveActivityIsNotOverByItself() throws Exception {
    yagna.on(STATE, Answer.ok("{\"state\":[\"Unresponsive\",null]}"));
    yagna.on(RESULTS, GSB, Answer.ok(results("Ok", "Ok")));
    assertThat(run(Duration.ofSeconds(10)).get(120, TimeUnit.SECONDS)).hasSize(2);
  }

  @Test
  void whoDoesNotAnswerAnyPollIsLost() {
    yagna.on(RESULTS, new Answer(408, "{\"message\":\"Timeout\"}"));
    GolemException failure = failure(start(Duration.ofSeconds(10), Duration.ofMillis(1)));
    assertThat(failure.kind()).isEqualTo(GolemException.Kind.PROVIDER);
    assertThat(failure)
        .hasMessage("Could not run commands on brick-12: it has not answered for 1 ms.");
    assertThat(yagna.requests(RESULTS)).hasSize(3);
  }

  @Test
  void whoAnswersNowAndThenIsNot() throws Exception {
    Answer nothing = new Answer(408, "{\"message\":\"Timeout\"}");
    Answer going = Answer.ok("[]");
    yagna.on(
        RESULTS, nothing, nothing, going, nothing, nothing, going, Answer.ok(results("Ok", "Ok")));
    assertThat(start(Duration.ofSeconds(10), Duration.ofMillis(1)).get(120, TimeUnit.SECONDS))
        .hasSize(2);
  }

  @Test
  void aLostAnswerIsNotRepeated() {
    yagna.on(EXEC, Answer.BREAK);
    assertThat(failure(run(Duration.ofSeconds(10))).kind()).isEqualTo(GolemException.Kind.PROVIDER);
    assertThat(yagna.requests(EXEC)).hasSize(1);
  }

  @Test
  void theIdleClockEndsIt() {
    yagna.on(RESULTS, Answer.HOLD);
    GolemException failure = failure(run(Duration.ofMillis(300)));
    assertThat(failure.kind()).isEqualTo(GolemException.Kind.DEADLINE);
    assertThat(failure).hasMessageContaining("no sign of life for 300 ms");
  }

  @Test
  void aLostProviderEndsItAtOnce() {
    yagna.on(RESULTS, Answer.HOLD);
    CompletableFuture<List<CommandResult>> running = run(Duration.ofSeconds(10));
    lost.complete("brick-12 ended the agreement");
    assertThat(failure(running)).hasMessageContaining("brick-12 ended the agreement");
  }

  @Test
  void aBusyActivityIsTheProvidersFault() {
    yagna.on(
        RESULTS, Answer.ok(results("Error").replace("code 1", "State error: activity is Busy")));
    assertThat(failure(run(Duration.ofSeconds(10))))
        .hasMessageContaining("still runs something else");
  }

  private CompletableFuture<List<CommandResult>> run(Duration idle) {
    return start(idle, Duration.ofMinutes(1));
  }

  private CompletableFuture<List<CommandResult>> start(Duration idle, Duration silence) {
    Duration limit = Duration.ofSeconds(20);
    Batch batch = new Batch(session, "brick-12", "act", SCRIPT, limit, idle, lines::add, silence);
    return threads.doOnLoop(() -> batch.start(lost));
  }

  private static String results(String... outcomes) {
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < outcomes.length; i++) {
      json.append(i == 0 ? "" : ",")
          .append("{\"index\":")
          .append(i)
          .append(",\"result\":\"")
          .append(outcomes[i])
          .append("\",\"message\":\"code 1\",\"isBatchFinished\":false}");
    }
    return json.append("]").toString();
  }

  private static GolemException failure(CompletableFuture<?> future) {
    Throwable thrown = catchThrowable(() -> future.get(120, TimeUnit.SECONDS));
    assertThat(thrown.getCause()).isInstanceOf(GolemException.class);
    return (GolemException) thrown.getCause();
  }
}
