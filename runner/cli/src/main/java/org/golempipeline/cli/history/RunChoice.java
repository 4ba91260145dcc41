package org.golempipeline.cli.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.spec.Nearest;
import picocli.CommandLine.Option;

/** Options of commands that look at earlier runs: where those are, and which one is meant. */
public final class RunChoice {
  /** What a command says of the run that it wants named. */
  public static final String RUN =
      "The id of a run, its beginning, or `last`. `golem-pipeline runs` lists them.";

  /** The newest run. */
  public static final String LAST = "last";

  private static final int SHOWN = 3;

  @Option(
      names = "--in",
      paramLabel = "PLACE",
      description = "The pipeline file, or its folder. Default: the current folder.")
  public String place = "";

  /** The runs that are kept beside the pipeline file. */
  public RunHistories histories(Console console) throws Refusal {
    return new RunHistories(folder(console, place));
  }

  /** The folder that {@code place}, a pipeline file or its folder, stands for. */
  public static Path folder(Console console, String place) throws Refusal {
    var path = console.path(place).toAbsolutePath();
    if (Files.isDirectory(path)) {
      return path;
    }
    if (Files.exists(path)) {
      return Objects.requireNonNull(path.getParent());
    }
    throw Refusal.usage(
        "There is no file or folder `%s`.".formatted(place),
        "Name a pipeline file, or the folder it lies in.");
  }

  /** Whether a run is of the pipeline file that is called {@code file}, in whatever folder. */
  public static boolean isOf(RunHistory run, String file) {
    return run.started() != null
        && Objects.equals(Path.of(run.started().file()).getFileName(), Path.of(file).getFileName());
  }

  /** The id that {@code run} stands for: itself, its beginning, or {@code last}. */
  public String resolve(RunHistories histories, String run) throws Refusal, IOException {
    var ids = histories.ids();
    if (ids.isEmpty()) {
      throw Refusal.usage(
          "There are no runs in `%s`.".formatted(place.isEmpty() ? "." : place),
          "Runs are kept beside the pipeline file: name it with `--in`.");
    }
    if (run.equals(LAST)) {
      return ids.get(0);
    }
    if (ids.contains(run)) {
      return run;
    }
    List<String> meant =
        run.isEmpty() ? List.of() : ids.stream().filter(id -> id.startsWith(run)).toList();
    if (meant.size() == 1) {
      return meant.get(0);
    }
    if (meant.size() > 1) {
      throw Refusal.usage(
          "`%s` is the beginning of %d runs.".formatted(run, meant.size()),
          meant.stream()
              .limit(SHOWN)
              .map(id -> "`" + id + "`")
              .collect(Collectors.joining(", ", "Write more of it: ", more(meant.size()))));
    }
    throw Refusal.usage(
        "There is no run `%s`.".formatted(run),
        Nearest.to(run, ids)
            .map("Did you mean `%s`? `golem-pipeline runs` lists them."::formatted)
            .orElse("`golem-pipeline runs` lists them; the newest is `last`."));
  }

  private static String more(int number) {
    return number > SHOWN ? " and so on." : ".";
  }
}
