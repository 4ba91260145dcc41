package org.golempipeline.html;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.html.FragmentFacts.Order;
import org.golempipeline.html.FragmentFacts.Query;
import org.golempipeline.html.FragmentFacts.State;
import org.golempipeline.journal.RunHistory;
import org.jspecify.annotations.Nullable;

/**
 * The page of a run that goes on, in parts that are made anew from what its events add up to: as
 * long as somebody asks, and never so often that it takes more than a tenth of a processor. For any
 * thread.
 */
public final class LivePage {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
  private static final int LEAST_IDLE = 9;

  /** Sent like a part, and is the name of the window. */
  private static final String TITLE = "title";

  private final Path runFolder;
  private final ZoneId zone;
  private final Clock clock;
  private final RunFacts facts = new RunFacts();
  private final String script = RunPage.resource("page.js");
  private final Map<String, Part> parts = new LinkedHashMap<>();
  private @Nullable RunHistory ended;
  private long version;
  private boolean changed = true;
  private Instant made = Instant.EPOCH;

  /** After which it may be made anew; sooner if the run's clock turns out to be behind. */
  private Duration pause = Duration.ZERO;

  /** A part as it is since a version of the page. */
  private record Part(String text, long version) {}

  /**
   * What became new.
   *
   * @param version by which is asked what became new since
   * @param parts text by name; the first line of what a client gets is the name
   * @param over whether nothing else will become new
   */
  public record Changes(long version, Map<String, String> parts, boolean over) {
    public Changes {
      parts = Map.copyOf(parts);
    }
  }

  /**
   * @param zone in which moments are shown
   */
  public LivePage(Path runFolder, ZoneId zone, Clock clock) {
    this.runFolder = runFolder;
    this.zone = zone;
    this.clock = clock;
  }

  public synchronized void add(StampedEvent event) {
    facts.add(event);
    changed = true;
  }

  /** Nothing more comes: the run is over, or its process died. */
  public synchronized void end() throws IOException {
    ended = RunHistory.read(runFolder);
    changed = true;
    pause = Duration.ZERO;
  }

  /** All of it. */
  public synchronized String whole() {
    refresh();
    var text = new StringBuilder();
    facts.seenAt(
        moment(),
        () -> {
          var html = new Html(text);
          var page = page(html);
          page.begin(script, version);
          parts.forEach(
              (name, part) -> {
                if (!name.equals(TITLE)) {
                  html.part(name, () -> html.ours(part.text()));
                }
              });
          page.end(script);
          return page;
        });
    return text.toString();
  }

  /** The parts that are others since {@code seen}, but for the one that clients ask for. */
  public synchronized Changes since(long seen) {
    refresh();
    var others = new LinkedHashMap<String, String>();
    parts.forEach(
        (name, part) -> {
          if (part.version() > seen && !name.equals(RunPage.FRAGMENTS)) {
            others.put(name, part.text());
          }
        });
    return new Changes(version, others, ended != null);
  }

  /**
   * Some of the fragments.
   *
   * @param asked text, state, order and how many to skip, as the form of the page has them; what
   *     makes no sense counts as not said
   */
  public synchronized String fragments(Map<String, String> asked) {
    var text = new StringBuilder();
    facts.seenAt(
        moment(),
        () -> {
          var section = new FragmentsSection(new Html(text), facts, runFolder, true);
          section.found(query(asked));
          return section;
        });
    return text.toString();
  }

  private static Query query(Map<String, String> asked) {
    var skip = asked.getOrDefault("skip", "");
    var order = one(Order.values(), asked.get("order"));
    return new Query(
        asked.getOrDefault("text", ""),
        one(State.values(), asked.get("state")),
        order == null ? Order.TIME : order,
        skip.matches("[0-9]{1,5}")
            ? Math.min(Integer.parseInt(skip), FragmentFacts.MOST_SKIPPED)
            : 0);
  }

  private static <E extends Enum<E>> @Nullable E one(E[] values, @Nullable String name) {
    for (var value : values) {
      if (value.name().equals(name)) {
        return value;
      }
    }
    return null;
  }

  /** Up to when it is known how the run went on. */
  private Instant moment() {
    return ended == null ? clock.instant() : Instant.EPOCH;
  }

  private void refresh() {
    var now = clock.instant();
    // Time itself changes what a run looks like that goes on.
    if (!changed && ended != null || !now.isBefore(made) && now.isBefore(made.plus(pause))) {
      return;
    }
    changed = false;
    var began = System.nanoTime();
    var texts = facts.seenAt(moment(), this::texts);
    version++;
    texts.forEach(
        (name, text) -> {
          var before = parts.get(name);
          if (before == null || !before.text().equals(text)) {
            parts.put(name, new Part(text, version));
          }
        });
    var idle = Duration.ofNanos(System.nanoTime() - began).multipliedBy(LEAST_IDLE);
    pause = idle.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : idle;
    made = now;
  }

  private Map<String, String> texts() {
    var texts = new LinkedHashMap<String, String>();
    var text = new StringBuilder();
    var page = page(new Html(text));
    page.parts()
        .forEach(
            (name, part) -> {
              part.run();
              texts.put(name, text.toString());
              text.setLength(0);
            });
    texts.put(TITLE, page.title());
    return texts;
  }

  private RunPage page(Html html) {
    return new RunPage(runFolder, ended == null ? running() : ended, facts, zone, html, true);
  }

  private RunHistory running() {
    var done = 0L;
    var failed = 0L;
    for (var stage : facts.stages()) {
      done += stage.done();
      failed += stage.failed;
    }
    return new RunHistory(
        String.valueOf(runFolder.getFileName()),
        RunHistory.State.RUNNING,
        facts.started,
        facts.begun,
        Duration.ofMillis(facts.length()),
        null,
        done,
        failed,
        0,
        facts.money.accepted(),
        null,
        List.of(),
        true);
  }
}
