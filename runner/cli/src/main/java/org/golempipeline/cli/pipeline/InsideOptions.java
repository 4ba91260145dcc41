package org.golempipeline.cli.pipeline;

import java.util.List;
import org.golempipeline.cli.completion.Candidates;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.image.Images;
import org.golempipeline.image.Inside;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.spec.PipelineSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether fragments on this machine are executed inside their images. */
public final class InsideOptions {
  @Option(
      names = "--in",
      paramLabel = "WHERE",
      completionCandidates = Wheres.class,
      description = {
        "On this machine: image, inside the image or not at all; or host, with this machine's own"
            + " programs.",
        "Default: inside the image where that is at hand."
      })
  private @Nullable String where;

  public Inside.Choice choice() throws Refusal {
    if (where == null) {
      return Inside.Choice.WHERE_POSSIBLE;
    }
    return switch (where) {
      case "image" -> Inside.Choice.ALWAYS;
      case "host" -> Inside.Choice.NEVER;
      default ->
          throw Refusal.usage(
              "`--in %s` names nothing to run in.".formatted(where),
              "Write `--in image` or `--in host`.");
    };
  }

  /** The images of a pipeline on this machine, once everything that is wrong was shown. */
  public Images images(Console console, Pipeline pipeline, PipelineSpec spec)
      throws Refusal, InterruptedException {
    var messages = new Messages(console);
    return messages.require(pipeline.imagesHere(spec, choice(), messages::line));
  }

  /** Whether somebody chose. */
  public boolean given() {
    return where != null;
  }

  /** On the network there is no choice. */
  public void requireNone() throws Refusal {
    if (where != null) {
      throw Refusal.usage(
          "`--in %s` is for runs on this machine, and providers run everything inside the image."
              .formatted(where),
          "Leave out `--in`, or `--on golem`.");
    }
  }

  /** What there is to run in. */
  static final class Wheres extends Candidates {
    Wheres() {
      super(List.of("image", "host"));
    }
  }
}
