package org.golempipeline.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.html.LivePage;
import org.golempipeline.html.TickingClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is said over the wire, to whom, and to whom not. */
@Timeout(240)
class PageServerTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;
  private LivePage page;
  private PageServer server;
  private long sequence;

  @BeforeEach
  void serve() throws IOException {
    page = new LivePage(folder, ZoneOffset.UTC, new TickingClock(BEGIN));
    server = PageServer.start(page, 0);
    add(
        new RunEvent.RunStarted(
            "r",
            "<words>",
            "words.yaml",
            "local",
            "s",
            2,
            List.of("one"),
            List.of(),
            null,
            List.of()));
    add(new RunEvent.StageExpanded("one", 120));
    add(new RunEvent.BatchStarted(0, 0, "one", FragmentSet.range(0, 100)));
  }

  @AfterEach
  void end() {
    server.close();
  }

  private void add(RunEvent event) {
    page.add(new StampedEvent(sequence, BEGIN.plus(Duration.ofMillis(sequence)), event));
    sequence++;
  }

  private Socket send(String line, String host, String... headers) throws IOException {
    var socket = new Socket(InetAddress.getByName("127.0.0.1"), server.url().getPort());
    var request =
        "%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n"
            .formatted(
                line,
                host,
                List.of(headers).stream().map(each -> each + "\r\n").collect(Collectors.joining()));
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private String get(String path) throws IOException {
    return answer("GET " + path, "127.0.0.1:" + server.url().getPort());
  }

  private String answer(String line, String host) throws IOException {
    try (var socket = send(line, host)) {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void answersNobodyWhoDoesNotKnowTheAddressAndNoOtherNameOfThisMachine() throws Exception {
    var place = server.url().getPath();
    assertThat(server.url().getHost()).isEqualTo("127.0.0.1");
    assertThat(place).matches("/[0-9a-f]{32}/");
    assertThat(get(place)).startsWith("HTTP/1.1 200 ").contains("&lt;words&gt;");

    var wrong = place.replaceFirst("^/..", "/zz");
    for (var path : List.of("/", "/events", wrong, wrong + "events", place + "x", place + "/")) {
      assertThat(get(path)).as(path).startsWith("HTTP/1.1 404 ").doesNotContain("words");
    }
    var port = server.url().getPort();
    assertThat(answer("GET " + place, "localhost:" + port)).startsWith("HTTP/1.1 200 ");
    for (var host : List.of("evil.example:" + port, "127.0.0.1", "127.0.0.1:1", "")) {
      assertThat(answer("GET " + place, host)).as(host).startsWith("HTTP/1.1 421 ");
    }
    assertThat(answer("POST " + place, "127.0.0.1:" + port)).startsWith("HTTP/1.1 405 ");
  }

  @Test
  void thePageMayRunItsOwnScriptAndAskThisServerAlone() throws Exception {
    assertThat(get(server.url().getPath()))
        .contains("script-src &#39;sha256-", "connect-src &#39;self&#39;", "default-src &#39;none")
        .contains("X-frame-options: DENY", "Cache-control: no-store", "data-version=\"1\"")
        .contains("<form id=\"ask\" hidden=\"\"", "id=\"found\"");
  }

  @Test
  void partsThatBecameNewAreToldSinceWhatIsKnown() throws Exception {
    var html = get(server.url().getPath());
    assertThat(html).contains("0<small>of 120</small>");
    add(new RunEvent.BatchFinished(0, FragmentSet.range(0, 100), List.of(), null, 5000, 1, 1));
    var known = told("events?since=1");

    assertThat(known.parts()).contains("outcome", "stages").doesNotContain("warnings", "fragments");
    assertThat(known.text()).contains("100<small>of 120</small>");

    add(new RunEvent.Warned("It is late."));
    // What a browser says that comes back.
    var later = told("events?since=1", "Last-Event-ID: " + known.version());
    assertThat(later.parts()).contains("warnings").doesNotContain("stages");

    Files.writeString(folder.resolve("journal.ndjson"), "");
    page.end();
    try (var socket = send("GET " + path("events?since=0"), host())) {
      var all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(all).contains("event: end").contains("data: title");
    }
  }

  private record Told(List<String> parts, String text, long version) {}

  private String path(String place) {
    return server.url().getPath() + place;
  }

  private String host() {
    return "127.0.0.1:" + server.url().getPort();
  }

  /** What comes up to the first version. */
  private Told told(String place, String... headers) throws IOException {
    try (var socket = send("GET " + path(place), host(), headers);
        var lines =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      var text = new StringBuilder();
      var parts = new ArrayList<String>();
      var begins = false;
      for (String line; (line = lines.readLine()) != null; ) {
        text.append(line).append('\n');
        if (begins) {
          parts.add(line.replace("data: ", ""));
        }
        begins = line.equals("event: part");
        if (line.startsWith("id: ")) {
          return new Told(parts, text.toString(), Long.parseLong(line.substring(4)));
        }
      }
      throw new AssertionError("no version: " + text);
    }
  }

  @Test
  void fragmentsAreSearchedFilteredAndTurnedOver() throws Exception {
    assertThat(fragments("")).contains("1 to 50 of 100.", "data-skip=\"50\"", ">next<");
    assertThat(fragments("?skip=100&order=NUMBER"))
        .contains("101 to 120 of 120.", "one/119", "data-skip=\"50\"")
        .doesNotContain(">next<");
    assertThat(fragments("?state=WAITING")).contains("1 to 20 of 20.").doesNotContain("one/99<");
    assertThat(fragments("?text=one%2F117")).contains("one/117", "1 to 1 of 1.");
    assertThat(fragments("?text=%3Cb%3E&state=FAILED")).contains("None.").doesNotContain("<b>");
    for (var strange : List.of("?state=no&order=no&skip=-1", "?=&&=", "?skip=99999")) {
      assertThat(get(path("fragments" + strange))).startsWith("HTTP/1.1 200 ");
    }
  }

  private String fragments(String query) throws IOException {
    return get(URI.create(server.url() + "fragments").getPath() + query);
  }
}
