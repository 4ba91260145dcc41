package org.golempipeline.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.golempipeline.batch.ReturnedFragment;
import org.golempipeline.batch.ReturnedFragment.Ending;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.plainfile.LeftFiles;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/** Says whether what a provider returned for a fragment is what the stage asked for. */
final class Judge {
  private final RunFolder folder;
  private final LocalShell shell;

  Judge(RunFolder folder, LocalShell shell) {
    this.folder = folder;
    this.shell = shell;
  }

  /**
   * What is wrong with a fragment, or null if it is done.
   *
   * @param limit what its command was given
   */
  @Nullable Failure judge(
      StageRuntime stage,
      int index,
      Duration limit,
      ReturnedFragment result,
      List<StageOutputs.Part> parts)
      throws IOException, InterruptedException {
    var ended = ended(stage, limit, result);
    if (ended != null) {
      return ended;
    }
    var first = stage.plan().merge().result() == Result.FIRST;
    if (parts.isEmpty()) {
      return first
          ? null
          : new Failure(
              FailureKind.COMMAND,
              "It succeeded but left no output.",
              stage.plan().spec().out() instanceof OutSpec.Many many
                  ? "Write files to \"$outdir\" whose names match `%s`.".formatted(many.glob())
                  : "Write the result to \"$out\".");
    }
    var accept = stage.plan().spec().accept();
    if (accept == null || first && parts.get(0).size() == 0) {
      return null;
    }
    return accepted(stage, index, parts, accept.text());
  }

  static @Nullable Integer exitCode(ReturnedFragment result) {
    return result.ending() == Ending.EXITED || result.ending() == Ending.SETUP_FAILED
        ? result.status()
        : null;
  }

  /** What is wrong with a fragment whose command ran for {@code limit}. */
  static Failure outOfTime(StageRuntime stage, Duration limit) {
    var timeouts = stage.plan().spec().timeouts();
    var share = timeouts.runShare();
    if (share == null || limit.compareTo(timeouts.run()) == 0) {
      return new Failure(
          FailureKind.DEADLINE,
          "It took longer than `timeout.run`, which is %s%s."
              .formatted(
                  Timeouts.say(timeouts.run()), share == null ? "" : " until the median is known"),
          "Raise `timeout: { run: … }`, or make the fragments smaller.");
    }
    return new Failure(
        FailureKind.DEADLINE,
        "It took longer than `timeout.run`, which is %s%% of the median so far: %s."
            .formatted(
                share.movePointRight(2).stripTrailingZeros().toPlainString(), Timeouts.say(limit)),
        "Raise `timeout: { run: … }` if fragments take times that differ so much.");
  }

  private static @Nullable Failure ended(
      StageRuntime stage, Duration limit, ReturnedFragment result) {
    return switch (result.ending()) {
      case EXITED ->
          result.status() == 0
              ? null
              : new Failure(FailureKind.COMMAND, ExitStatus.say(result.status()), null);
      case SETUP_FAILED ->
          Failure.of(
              FailureKind.COMMAND, "`setup` did not do well: " + ExitStatus.say(result.status()));
      case TIMED_OUT -> outOfTime(stage, limit);
      case UNUSABLE -> Failure.of(FailureKind.COMMAND, result.problem());
      case UNKNOWN -> Failure.of(FailureKind.PROVIDER, "The provider does not say how it ended.");
    };
  }

  private @Nullable Failure accepted(
      StageRuntime stage, int index, List<StageOutputs.Part> parts, String accept)
      throws IOException, InterruptedException {
    var work = Files.createTempDirectory(folder.work(), "accept-");
    try (var reader = new ArchiveReader()) {
      for (var part : parts) {
        var file = Files.createTempFile(work, "in-", null);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          reader.copy(part, channel);
        }
        var variables = stage.localVariables(index);
        variables.put("in", file.toString());
        var status =
            shell.within(stage.plan().spec().timeouts()).status("accept", accept, variables, work);
        if (status.code() != 0) {
          return Failure.of(
              FailureKind.COMMAND,
              "`accept` rejected its output: it exited with %d%s"
                  .formatted(status.code(), status.said()));
        }
      }
      return null;
    } catch (LocalShell.OutOfTimeException e) {
      return new Failure(FailureKind.DEADLINE, e.getMessage(), e.hint().orElse(null));
    } catch (StrategyException e) {
      return StageTrouble.of(e);
    } finally {
      LeftFiles.remove(work);
    }
  }
}
