package org.golempipeline.cli.completion;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completion script for fish, which shows what commands and options are for. */
final class FishCompletion {
  private static final String HEAD =
      """
      # Completes golem-pipeline in fish. In ~/.config/fish/config.fish:
      #   golem-pipeline completion fish | source
      # or as the file ~/.config/fish/completions/golem-pipeline.fish.

      function __golem_pipeline_at --description 'whether this command stands on the line'
        set -l path
        for each in (commandline -opc)[2..-1]
          string match -q -- '-*' $each; and continue
          set -a path $each
          contains -- "$path" @groups@; or break
        end
        test "$path" = "$argv"
      end

      function __golem_pipeline_runs --description 'ids of the runs in this folder, the newest first'
        string match -gr '^\\.golem-pipeline/runs/([A-Za-z0-9._-]+)/journal\\.ndjson$' \\
          .golem-pipeline/runs/*/journal.ndjson | sort -r
      end

      function __golem_pipeline_file --description 'what the pipeline file on the line has of those'
        set -l file pipeline.yaml
        for each in (commandline -opc)
          string match -qr '\\.ya?ml$' -- $each; and test -f $each; and set file $each
        end
        golem-pipeline completion $argv $file 2>/dev/null
      end

      complete -c golem-pipeline -f
      """;

  private final StringBuilder lines = new StringBuilder();
  private final List<String> groups = new ArrayList<>();

  private FishCompletion() {}

  static String of(CommandLine root) {
    var script = new FishCompletion();
    script.add("", root);
    return HEAD.replace("@groups@", String.join(" ", script.groups)) + script.lines;
  }

  /**
   * Adds a command with those below it.
   *
   * @param path the names that lead to it
   */
  private void add(String path, CommandLine line) {
    Completions.options(line).forEach(option -> add(path, spec(option)));
    line.getCommandSpec().positionalParameters().forEach(place -> add(path, offer(place)));
    if (!line.getSubcommands().isEmpty() && !path.isEmpty()) {
      groups.add(quoted(path));
    }
    line.getSubcommands()
        .forEach(
            (name, command) -> {
              var what = Completions.summary(command.getCommandSpec().usageMessage().description());
              add(path, "-k -a " + name + " -d " + quoted(what));
              add((path + " " + name).strip(), command);
            });
  }

  private void add(String path, String what) {
    if (!what.isEmpty()) {
      lines.append(
          "complete -c golem-pipeline -n %s %s\n"
              .formatted(quoted("__golem_pipeline_at " + path).replace(" '", "'"), what));
    }
  }

  private static String spec(OptionSpec option) {
    var names =
        List.of(option.names()).stream()
            .map(name -> name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.charAt(1))
            .collect(joining(" "));
    var files = Completions.isFile(option);
    var value = Completions.hasValue(option) ? (files ? " -r " : " -x ") + offer(option) : "";
    return (names + value).strip() + " -d " + quoted(Completions.summary(option.description()));
  }

  /** What is offered for an argument; empty if anything is right. */
  private static String offer(ArgSpec argument) {
    var words = Completions.words(argument);
    return Completions.isFile(argument)
        ? "-F"
        : Completions.isRun(argument)
            ? "-k -a '(__golem_pipeline_runs)'"
            : Completions.isParam(argument)
                ? "-a '(__golem_pipeline_file --params)'"
                : Completions.isProfile(argument)
                    ? "-a '(__golem_pipeline_file --profiles)'"
                    : words.isEmpty() ? "" : "-k -a " + quoted(String.join(" ", words));
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
