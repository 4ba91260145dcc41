package org.golempipeline.cli.history;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.cache.SharedCache;
import org.golempipeline.cli.terminal.CachePlace;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.cli.terminal.Sizes;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plainfile.LeftFiles;
import org.golempipeline.report.Words;
import org.golempipeline.strategy.Quantities;
import org.golempipeline.workplace.LeftOvers;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code clean}: makes room. */
@Command(
    name = "clean",
    mixinStandardHelpOptions = true,
    description = {
      "Removes results of earlier runs, old journals and logs, and what killed commands left.",
      "Without an option it says what is there. Published results are never touched."
    })
public final class CleanCommand implements Callable<Integer> {
  private static final Duration FOREVER = Duration.ofDays(365_000);

  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "PLACE",
      description = "A pipeline file, or a folder of such. Default: the current folder.")
  String place = "";

  @Option(
      names = "--older",
      paramLabel = "TIME",
      description = "What was not used for so long, such as 30d; runs that ended as long ago.")
  @Nullable String older;

  @Option(
      names = "--max",
      paramLabel = "SIZE",
      description = "So much of the cache stays, such as 10GiB, what was used last.")
  @Nullable String most;

  @Option(
      names = "--cache",
      paramLabel = "FOLDER",
      description = "Makes room in this cache of several folders, and nowhere else.")
  @Nullable String shared;

  public CleanCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException {
    var exitCode = shared == null ? cleanFolder() : cleanShared(shared);
    return exitCode;
  }

  private int cleanFolder() throws Refusal, IOException {
    var folder = RunChoice.folder(console, place);
    var cache = ResultCache.of(folder);
    var left = LeftOvers.in(folder.resolve(".golem-pipeline"));
    if (older == null && most == null) {
      console.say(
          "%s of results in %s; %s."
              .formatted(
                  Words.size(ResultCache.bytes(cache)),
                  cache,
                  Words.count(new RunHistories(folder).ids().size(), "run")));
      if (left.commands() > 0) {
        console.say("%s left by %s.".formatted(Words.size(left.bytes()), killed(left)));
      }
      sayHow();
      var usual = CachePlace.usual(console);
      if (usual.isPresent()) {
        console.say("Runs keep results in %s: see `clean --cache %1$s`.".formatted(usual.get()));
      }
      return ExitCodes.DONE;
    }
    var cleaned = clean(cache);
    var useless = left.bytes();
    left.remove();
    var runs = older == null ? 0 : removeRuns(folder, console.clock().instant().minus(age(older)));
    console.say(
        "Removed %s of results and %s; %s of results left."
            .formatted(
                Words.size(cleaned.bytes()), Words.count(runs, "run"), Words.size(cleaned.left())));
    if (left.commands() > 0) {
      console.say("Removed %s left by %s.".formatted(Words.size(useless), killed(left)));
    }
    return ExitCodes.DONE;
  }

  private int cleanShared(String name) throws Refusal, IOException {
    if (!place.isEmpty()) {
      throw Refusal.usage(
          "`--cache` says which cache is meant, and `%s` another one.".formatted(place),
          "Name one of the two.");
    }
    var cache = CachePlace.of(console, "--cache", name);
    if (!SharedCache.is(cache)) {
      throw Refusal.usage(
          "`%s` is no cache that `run --cache` made.".formatted(name),
          "`clean FOLDER` makes room beside the pipeline files of a folder.");
    }
    if (older == null && most == null) {
      console.say("%s of results in %s.".formatted(Words.size(ResultCache.bytes(cache)), cache));
      sayHow();
      return ExitCodes.DONE;
    }
    var cleaned = clean(cache);
    console.say(
        "Removed %s of results; %s left."
            .formatted(Words.size(cleaned.bytes()), Words.size(cleaned.left())));
    return ExitCodes.DONE;
  }

  private void sayHow() {
    console.say("Remove some with `--older 30d` or `--max 10GiB`.");
  }

  private ResultCache.Cleaned clean(Path cache) throws Refusal, IOException {
    return ResultCache.clean(
            cache,
            older == null ? FOREVER : age(older),
            most == null ? Long.MAX_VALUE : Sizes.bytes("--max", most),
            console.clock())
        .orElseThrow(
            () ->
                Refusal.usage(
                    "A run uses the cache in `%s`.".formatted(cache), "Wait for its end."));
  }

  private static String killed(LeftOvers left) {
    return Words.count(left.commands(), "command")
        + (left.commands() == 1 ? " that was killed" : " that were killed");
  }

  /** Runs that are over and owe nothing. */
  private int removeRuns(Path folder, Instant before) throws IOException {
    var histories = new RunHistories(folder);
    var removed = 0;
    for (var run : histories.newest(Integer.MAX_VALUE, new Messages(console)::unreadable)) {
      if (run.state() != RunHistory.State.RUNNING
          && !run.isUnsettled()
          && run.at() != null
          && run.at().plus(run.took()).isBefore(before)) {
        LeftFiles.remove(histories.folder(run.id()));
        removed++;
      }
    }
    return removed;
  }

  private static Duration age(String text) throws Refusal {
    try {
      return Quantities.duration(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.usage(
          "`--older %s` is no length of time.".formatted(text), "Write it as `30d` or `12h`.");
    }
  }
}
