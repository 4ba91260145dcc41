package org.golempipeline.html;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.golempipeline.event.RunEvent;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.journal.RunHistory.State;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.report.ShellWord;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/**
 * A recorded run as one page of HTML, from its journal and the logs beside it alone. The page needs
 * nothing else: no network, no script. What is on it is bounded however large the run was.
 */
public final class RunPage {
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss zzz", Locale.ROOT);

  /** By this a page of ours is known. */
  private static final String GENERATOR = "golem-pipeline report";

  /** The part in which fragments are searched for. */
  static final String FRAGMENTS = "fragments";

  private static final int HEAD = 4096;
  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_MESSAGE = 1000;
  private static final int PARAMS_SHOWN = 50;

  private final Path runFolder;
  private final RunHistory run;
  private final RunFacts facts;
  private final ZoneId zone;
  private final Html html;
  private final boolean live;

  /**
   * @param live whether it is served to somebody who watches, and not kept
   */
  RunPage(Path runFolder, RunHistory run, RunFacts facts, ZoneId zone, Html html, boolean live) {
    this.live = live;
    this.runFolder = runFolder;
    this.run = run;
    this.facts = facts;
    this.zone = zone;
    this.html = html;
  }

  /**
   * Writes the page of a run that is over, dead or still going on; it appears whole or not at all.
   *
   * @param runFolder the run's own
   * @param zone in which moments are shown
   */
  public static void write(Path runFolder, Path target, ZoneId zone) throws IOException {
    var run = RunHistory.read(runFolder);
    var facts = RunFacts.read(runFolder);
    var file = target.toAbsolutePath();
    var beside = file.resolveSibling(".report-" + UUID.randomUUID() + ".part");
    try {
      try (var out =
          Files.newBufferedWriter(beside, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW)) {
        new RunPage(runFolder, run, facts, zone, new Html(out), false).page();
      } catch (UncheckedIOException e) {
        throw Objects.requireNonNull(e.getCause());
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** Whether {@code file} is a page that was written here. */
  public static boolean isPage(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (var in = PlainFile.stream(file)) {
      return new String(in.readNBytes(HEAD), StandardCharsets.UTF_8).contains(GENERATOR);
    }
  }

  private void page() {
    begin(null, -1);
    parts().forEach((name, part) -> html.part(name, part));
    end(null);
  }

  /**
   * The beginning, up to the first part.
   *
   * @param script what the page may execute; null for nothing
   * @param version of what it shows; -1 if it stays as it is
   */
  void begin(@Nullable String script, long version) {
    var style = resource("page.css");
    html.ours("<!DOCTYPE html>\n");
    html.open("html", "lang", "en").open("head").empty("meta", "charset", "utf-8");
    html.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; style-src 'sha256-%s'; %sbase-uri 'none'; form-action 'none'"
            .formatted(
                digest(style),
                script == null
                    ? ""
                    : "script-src 'sha256-%s'; connect-src 'self'; ".formatted(digest(script))));
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "referrer", "content", "no-referrer");
    html.empty("meta", "name", "generator", "content", GENERATOR);
    html.element("title", title());
    html.ours("<style>" + style + "</style>\n").close();
    html.open("body", "data-version", version < 0 ? null : Long.toString(version)).open("main");
  }

  /** What stands behind the last part. */
  void end(@Nullable String script) {
    html.open("footer").text("Written from the journal of run ").element("code", run.id());
    html.text(" by golem-pipeline. What the journal does not say is not on this page.").close();
    html.close();
    if (script != null) {
      html.ours("<script>" + script + "</script>\n");
    }
    html.close().close();
  }

  /** What the page is made of, by name, in order; each writes itself. */
  Map<String, Runnable> parts() {
    var parts = new LinkedHashMap<String, Runnable>();
    parts.put("outcome", this::header);
    parts.put("asked", this::asked);
    parts.put("failures", new FailuresSection(html, facts, runFolder, this::repro)::write);
    parts.put("stages", new StagesSection(html, facts, run.state() != State.RUNNING)::write);
    parts.put(FRAGMENTS, new FragmentsSection(html, facts, runFolder, live)::write);
    parts.put("time", new TimeSection(html, facts)::write);
    parts.put("providers", new ProvidersSection(html, facts, run.spent().signum() > 0)::write);
    parts.put("money", new MoneySection(html, facts, run, facts.isGolem())::write);
    parts.put("warnings", this::warnings);
    return parts;
  }

  /** What the window is called. */
  String title() {
    return name() + ", " + Outcome.of(run, facts).pill();
  }

  static String resource(String name) {
    try (var stream = RunPage.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder()
          .encodeToString(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private String name() {
    return Words.beginning(run.pipeline().orElse(run.id()), LONGEST_NAME);
  }

  private void header() {
    var outcome = Outcome.of(run, facts);
    html.open("header").open("div");
    html.element("span", outcome.pill(), "class", "pill " + outcome.colour());
    if (run.exitCode() != null) {
      html.text(" ").element("span", "exit code " + run.exitCode(), "class", "soft small");
    }
    html.close().open("h1").foreign(name()).close();
    html.open("p", "class", "reason").open("bdi");
    html.prose(Words.beginning(outcome.sentence(), LONGEST_MESSAGE)).close().close();
    if (outcome.hint() != null) {
      html.open("p", "class", "soft")
          .prose(Words.beginning(outcome.hint(), LONGEST_MESSAGE))
          .close();
    }
    if (run.state() == State.RUNNING && facts.lastAt != null && !live) {
      html.open("p", "class", "note busy").text("Everything here is as of ");
      html.text(moment(facts.lastAt)).text(". Write it again to see how it went on.").close();
    }
    for (var hint : Hints.of(run, facts)) {
      html.open("p", "class", "note warn").prose(hint).close();
    }
    cards();
    outputs();
    html.close();
  }

  private void cards() {
    html.open("dl", "class", "cards");
    var over = facts.finished != null;
    card(over ? "took" : "so far", Text.time(run.took()), "");
    var reused = facts.stages().stream().mapToLong(stage -> stage.reused).sum();
    var total = facts.stages().stream().mapToLong(stage -> Math.max(0, stage.total)).sum();
    var more = (reused > 0 ? ", " + Words.number(reused) + " reused" : "");
    more += run.failed() > 0 ? ", " + Words.number(run.failed()) + " failed" : "";
    card("fragments done", Words.number(run.done()), "of " + Words.number(total) + more);
    var fleet = facts.fleet;
    var providers = fleet.providers().size() + fleet.providersBeyond;
    if (providers > 0) {
      var scripts = facts.stages().stream().mapToLong(stage -> stage.scripts).sum();
      card(facts.worker() + "s", Words.number(providers), Words.count(scripts, "script"));
      card(
          facts.isGolem() ? "rented time used" : "time at hand used",
          Text.share(fleet.busyTime, fleet.rentedTime),
          "%s of %s".formatted(Text.time(fleet.busyTime), Text.time(fleet.rentedTime)));
    }
    var allocated = facts.money.allocated;
    if (run.spent().signum() > 0 || facts.isGolem()) {
      card(
          "accepted",
          Text.about(run.spent()) + " GLM",
          allocated == null ? "" : "of " + Words.glm(allocated) + " reserved");
    }
    html.close();
  }

  private void card(String name, String text, String more) {
    html.open("div").element("dt", name).open("dd").text(text);
    if (!more.isEmpty()) {
      html.element("small", more);
    }
    html.close().close();
  }

  private void outputs() {
    if (facts.outputs.isEmpty() && facts.removed == null && facts.left == null) {
      return;
    }
    html.open("ul", "class", "plain");
    if (facts.left != null && facts.left.files() > 0) {
      html.open("li").text("output ").element("code", facts.left.path());
      var of =
          " of %s/%d, in the run's folder".formatted(facts.left.stage(), facts.left.fragment());
      html.element("span", of, "class", "soft").close();
    }
    for (var output : facts.outputs) {
      html.open("li").text("result ").element("code", Words.beginning(output.path(), LONGEST_NAME));
      var files = output.files() == 1 ? "" : Words.count(output.files(), "file") + ", ";
      html.element("span", " " + files + Words.size(output.bytes()), "class", "soft").close();
    }
    if (facts.outputsInAll > facts.outputs.size()) {
      var rest = facts.outputsInAll - facts.outputs.size();
      html.element("li", "and " + Words.number(rest) + " more", "class", "soft");
    }
    if (facts.removed != null) {
      removed(facts.removed);
    }
    html.close();
  }

  private void removed(RunEvent.OutputsRemoved gone) {
    html.open("li").text("removed ");
    for (var path : gone.first()) {
      html.element("code", Words.beginning(path, LONGEST_NAME)).text(" ");
    }
    var what = Words.count(gone.files(), "result") + " of earlier runs that this one does not make";
    html.element("span", what, "class", "soft").close();
  }

  private void asked() {
    html.open("section").element("h2", "What was asked").open("dl", "class", "facts");
    var started = facts.started;
    if (started != null) {
      fact("file", started.file());
      fact(
          "where",
          (facts.isGolem() ? "on the Golem Network" : "on this machine")
              + " with up to "
              + Words.count(started.workers(), "worker"));
      if (!started.profiles().isEmpty()) {
        fact("profiles", String.join(", ", started.profiles()));
      }
      params(started);
      fact("stages", Words.beginning(String.join(", ", started.stages()), LONGEST_MESSAGE));
    }
    if (!facts.fleet.images.isEmpty()) {
      fact(facts.fleet.images.size() == 1 ? "image" : "images", images());
    }
    if (!facts.programs.isEmpty()) {
      html.element("dt", "programs").open("dd");
      html.prose(Words.beginning(String.join("; ", facts.programs), LONGEST_MESSAGE)).close();
    }
    if (facts.money.allocated != null && facts.isGolem()) {
      fact("reserved", Words.glm(facts.money.allocated));
    }
    fact("run", run.id());
    if (run.at() != null) {
      fact("began", moment(run.at()));
      fact(
          facts.finished != null
              ? "ended"
              : live && run.state() == State.RUNNING ? "now" : "last event",
          moment(run.at().plus(run.took())) + ", after " + Text.time(run.took()));
    }
    html.close().close();
  }

  private void params(RunEvent.RunStarted started) {
    for (var param : started.params().stream().limit(PARAMS_SHOWN).toList()) {
      html.open("dt")
          .element("code", Words.beginning(param.name(), LONGEST_NAME))
          .close()
          .open("dd");
      if (param.value() != null) {
        html.foreign(Words.beginning(param.value(), LONGEST_NAME));
      } else {
        html.element("span", param.secret() ? "a secret" : "a long value", "class", "soft");
      }
      html.close();
    }
    var more = started.params().size() - PARAMS_SHOWN;
    if (more > 0) {
      fact("params", Words.number(more) + " more");
    }
  }

  private String images() {
    return Words.beginning(String.join(", ", facts.fleet.images), LONGEST_MESSAGE);
  }

  private void fact(String name, String text) {
    html.fact(name, Words.beginning(text, LONGEST_MESSAGE));
  }

  private String moment(Instant instant) {
    return SECOND.format(instant.atZone(zone));
  }

  private void warnings() {
    if (facts.warnings.isEmpty()) {
      return;
    }
    html.open("section").element("h2", "Warnings").open("ul");
    for (var warning : facts.warnings) {
      html.open("li").open("bdi").prose(Words.beginning(warning, LONGEST_MESSAGE)).close().close();
    }
    html.close().close();
  }

  /** The command that makes a folder of a fragment, as the user would type it. */
  private String repro(String fragment) {
    var file = facts.started == null ? "FILE" : ShellWord.of(facts.started.file());
    return "golem-pipeline repro %s %s --run %s".formatted(fragment, file, run.id());
  }
}
