package org.golempipeline.cli.history;

import java.io.IOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.event.Failure;
import org.golempipeline.event.RunEvent;
import org.golempipeline.journal.FragmentAttempts;
import org.golempipeline.journal.FragmentAttempts.Attempt;
import org.golempipeline.journal.JournalReader;
import org.golempipeline.journal.RunFailures;
import org.golempipeline.journal.RunFailures.Reason;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.report.LastWords;
import org.golempipeline.report.TerminalText;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code logs}: what went wrong in a run, and what a fragment wrote. */
@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what went wrong in a run, or what one fragment wrote.",
      "Each reason is shown once. With the number of a fragment: every attempt to compute it."
    })
public final class LogsCommand implements Callable<Integer> {
  private static final int BUFFER = 1 << 13;
  private static final int LONGEST_SET = 60;

  private final Console console;

  @Parameters(index = "0", paramLabel = "RUN", description = RunChoice.RUN)
  String run = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FRAGMENT",
      description = "The number of a fragment, from 0.")
  @Nullable Integer fragment;

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      description = "The stage of the fragment. Default: every one that has it.")
  @Nullable String stage;

  @Mixin RunChoice choice = new RunChoice();

  public LogsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException {
    var histories = choice.histories(console);
    var id = choice.resolve(histories, run);
    var folder = histories.folder(id);
    if (fragment != null) {
      attempts(id, folder, fragment);
    } else if (stage != null) {
      throw Refusal.usage(
          "`--stage` chooses the stage of a fragment, and no fragment is named.",
          "Write its number behind the run: `golem-pipeline logs %s 0`.".formatted(run));
    } else {
      var history = histories.read(id);
      failures(id, folder, history);
      params(history);
    }
    return ExitCodes.DONE;
  }

  private void failures(String id, Path folder, RunHistory history) throws IOException {
    var failures = RunFailures.read(folder);
    var reasons = failures.reasons();
    for (var reason : reasons) {
      say(headline(reason));
      if (reason.failure().hint() != null) {
        say("  hint: " + reason.failure().hint());
      }
      say(
          "  "
              + (reason.count() == 1 ? "fragment" : "fragments")
              + " "
              + Words.spans(reason.fragments(), LONGEST_SET));
      var words = List.<String>of();
      for (var log : reason.logs()) {
        say("  log: " + shown(folder, log));
        if (words.isEmpty()) {
          words = LastWords.of(folder, log);
          words.forEach(line -> say("  | " + line));
        }
      }
    }
    if (failures.others() > 0) {
      say(Words.count(failures.others(), "failure") + " more for other reasons; see the journal.");
    }
    Failure end = failures.end();
    if (end != null) {
      say("The run ended: " + end.message());
    } else if (history.state() == RunHistory.State.PARTIAL) {
      parts(folder, history);
    } else if (reasons.isEmpty()) {
      say("Nothing failed in run %s%s.".formatted(id, unfinished(history.state())));
    }
    say("journal: " + shown(folder, "journal.ndjson"));
  }

  private void parts(Path folder, RunHistory history) throws IOException {
    say("The result is partial: %s missing.".formatted(Words.count(history.missing(), "fragment")));
    for (var part : new JournalReader(folder).all(RunEvent.PartMade.class)) {
      if (!part.missing().isEmpty()) {
        say("  %s/%s".formatted(part.stage(), part.missing().toString().replace(",", ", ")));
      }
    }
  }

  private static String unfinished(RunHistory.State state) {
    return switch (state) {
      case RUNNING -> " so far; it is still going on";
      case UNFINISHED -> ", but it did not finish";
      default -> "";
    };
  }

  private void params(RunHistory history) {
    if (history.started() != null && !history.started().params().isEmpty()) {
      say(
          history.started().params().stream()
              .map(LogsCommand::shown)
              .collect(Collectors.joining(", ", "params: ", "")));
    }
  }

  private static String shown(RunEvent.Param param) {
    return param.value() != null
        ? param.name() + "=" + Words.beginning(param.value(), LONGEST_SET)
        : param.name() + (param.secret() ? " (secret)" : " (long)");
  }

  private static String headline(Reason reason) {
    var what =
        switch (reason.what()) {
          case GIVEN_UP -> Words.count(reason.count(), "fragment") + " of stage `%s` failed: ";
          case ATTEMPT ->
              Words.count(reason.count(), "fragment")
                  + " of stage `%s` failed at first, and not for good: ";
          case SCRIPT ->
              Words.count(reason.count(), "script") + " of stage `%s` did not come back: ";
        };
    return what.formatted(reason.stage()) + reason.failure().message();
  }

  private void attempts(String id, Path folder, int number) throws Refusal, IOException {
    var attempts = FragmentAttempts.read(folder, stage, number);
    if (attempts.isEmpty()) {
      throw Refusal.usage(
          stage == null
              ? "No script of run %s had a fragment %d.".formatted(id, number)
              : "No script of run %s had a fragment %d of stage `%s`.".formatted(id, number, stage),
          "Fragments are counted from 0 in each stage; those taken from an earlier run are not"
              + " computed again.");
    }
    var count = 0;
    for (var attempt : attempts) {
      count++;
      say(headline(attempt, number, count));
      if (attempt.failure() != null && attempt.failure().hint() != null) {
        say("  hint: " + attempt.failure().hint());
      }
      if (attempt.log() != null) {
        log(folder, attempt.log());
      }
    }
  }

  private static String headline(Attempt attempt, int number, int count) {
    var text =
        new StringBuilder("%s/%d, attempt %d".formatted(attempt.stage(), number, count))
            .append(attempt.provider() == null ? "" : " on " + attempt.provider())
            .append(", ")
            .append(attempt.at().truncatedTo(ChronoUnit.SECONDS));
    if (attempt.took() == null) {
      return text.append(": its script never came back").toString();
    }
    text.append(", its script took ").append(Words.duration(attempt.took())).append(": ");
    if (attempt.done()) {
      return text.append("done").toString();
    }
    if (attempt.exitCode() != null) {
      text.append("exit code ").append(attempt.exitCode()).append(": ");
    }
    var failure = attempt.failure();
    return text.append(failure == null ? "not done" : failure.message()).toString();
  }

  /** The text of a log, which a stranger's program wrote: nothing in it can steer the terminal. */
  private void log(Path folder, String name) throws IOException {
    Path file;
    try {
      file = folder.resolve(name).normalize();
    } catch (InvalidPathException e) {
      say("  The journal does not say where its log is.");
      return;
    }
    say("  log: " + shown(folder, name));
    if (!file.startsWith(folder.normalize())
        || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      say("  The log is gone.");
      return;
    }
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    try (var reader = new java.io.InputStreamReader(PlainFile.stream(file), decoder)) {
      var chunk = new char[BUFFER];
      var begins = true;
      for (int count, kept = 0; (count = reader.read(chunk, kept, BUFFER - kept)) > 0; ) {
        var end = kept + count;
        // A character in two halves, or an end of line in two, waits for the next chunk.
        var last = chunk[end - 1];
        var whole = Character.isHighSurrogate(last) || last == '\r' ? end - 1 : end;
        begins = print(new String(chunk, 0, whole).replace("\r\n", "\n"), begins);
        kept = end - whole;
        chunk[0] = last;
        if (whole == 0) {
          begins = print(String.valueOf(last), begins);
          kept = 0;
        }
      }
      if (!begins) {
        console.out().println();
      }
    }
  }

  /** Whether the next character begins a line. */
  private boolean print(String text, boolean begins) {
    var beginning = begins;
    var lines = text.split("\n", -1);
    for (var i = 0; i < lines.length; i++) {
      var lastOne = i == lines.length - 1;
      if (beginning && !(lastOne && lines[i].isEmpty())) {
        console.out().print("  | ");
        beginning = false;
      }
      console.out().print(TerminalText.safe(lines[i]));
      if (!lastOne) {
        console.out().println();
        beginning = true;
      }
    }
    return beginning;
  }

  private void say(String line) {
    console.say(line);
  }

  private String shown(Path folder, String name) {
    try {
      return console.shown(folder.resolve(name));
    } catch (InvalidPathException e) {
      return name;
    }
  }
}
