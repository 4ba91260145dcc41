package org.golempipeline.cli.completion;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/**
 * The completion script for bash. Not the one that picocli makes: that hands the names of files to
 * {@code compgen -W}, which executes what stands in {@code $(…)}.
 */
final class BashCompletion {
  private static final String SCRIPT =
      """
      # Completes golem-pipeline in bash. In ~/.bashrc:
      #   source <(golem-pipeline completion bash)
      _golem_pipeline_runs() (
        # the ids of the runs in this folder, the newest first; a name with other characters is none
        shopt -u failglob
        words=''
        for each in .golem-pipeline/runs/*/journal.ndjson; do
          each=${each%/*} each=${each##*/}
          [[ $each == *[!A-Za-z0-9._-]* ]] || words="$each $words"
        done
        printf %s "$words"
      )
      _golem_pipeline_file() {
        # what the pipeline file on the line has of those; nothing of it is executed
        local file=pipeline.yaml each
        for each in "${COMP_WORDS[@]}"; do
          [[ $each != *.y?(a)ml || ! -f $each ]] || file=$each
        done
        "${COMP_WORDS[0]}" completion "$1" "$file" 2>/dev/null
      }
      _golem_pipeline_profiles() {
        local each
        while IFS= read -r each; do
          [[ $each == "$1"* ]] || continue
          printf -v each %q "$each"
          COMPREPLY+=("$each")
        done < <(_golem_pipeline_file --profiles)
      }
      _golem_pipeline_params() {
        # a name, or a value of the one that is given
        local name='' known='' each
        [[ $# = 1 ]] || name=$2=
        while IFS= read -r each; do
          [[ -n $name ]] || each=${each%%=*}=
          [[ $each == "$name$1"?* ]] || continue
          printf -v each %q "${each#"$name"}"
          [[ $known == *" $each "* ]] || COMPREPLY+=("$each")
          known+=" $each "
        done < <(_golem_pipeline_file --params)
        [[ -n $name ]] || compopt -o nospace 2>/dev/null
      }
      _golem_pipeline() {
        local IFS=$' \\t\\n' word=${COMP_WORDS[COMP_CWORD]} each i
        local command='' option='' place=0 words='' files='' runs='' params='' profiles=''
        COMPREPLY=()
        for ((i = 1; i < COMP_CWORD; i++)); do
          each=${COMP_WORDS[i]}
          if [[ $each == [=:] ]]; then
            # bash cuts `--on=local` and `-p a=b` there; only in the first a value is still to come
            [[ -n $option ]] || i=$((i + 1))
          elif [[ -n $option ]]; then
            option=''
          else
            case "$command $each" in
      @commands@
      @valued@
              *) [[ $each == -* ]] || place=$((place + 1)) ;;
            esac
          fi
        done
        i=$COMP_CWORD
        [[ $word == '=' ]] && word='' || i=$((i - 1))
        if [[ $i -gt 2 && ${COMP_WORDS[i]} == '=' && ${COMP_WORDS[i - 2]} == @(-p|--param) ]]; then
          compopt +o default 2>/dev/null
          _golem_pipeline_params "$word" "${COMP_WORDS[i - 1]}"
          return 0
        fi
        if [[ -n $option ]]; then
          case "$command $option" in
      @values@
          esac
        else
          [[ $word != -* ]] || place=option
          case "$command $place" in
      @places@
            *)
              case $command in
      @options@
              esac ;;
          esac
        fi
        [[ -z $files ]] || return 0 # what bash itself does, which knows how to quote names
        compopt +o default 2>/dev/null
        if [[ -n $params ]]; then
          _golem_pipeline_params "$word"
          return 0
        fi
        if [[ -n $profiles ]]; then
          _golem_pipeline_profiles "$word"
          return 0
        fi
        if [[ -n $runs ]]; then
          words=$(_golem_pipeline_runs)
          compopt -o nosort 2>/dev/null
        fi
        COMPREPLY=($(compgen -W "$words" -- "$word"))
      }
      complete -o default -F _golem_pipeline golem-pipeline
      """;

  private final List<String> commands = new ArrayList<>();
  private final List<String> valued = new ArrayList<>();
  private final List<String> values = new ArrayList<>();
  private final List<String> places = new ArrayList<>();
  private final List<String> options = new ArrayList<>();

  private BashCompletion() {}

  static String of(CommandLine root) {
    var script = new BashCompletion();
    script.add("", root);
    return SCRIPT
        .replace("@commands@", String.join("\n", script.commands))
        .replace("@valued@", String.join("\n", script.valued))
        .replace("@values@", String.join("\n", script.values))
        .replace("@places@", String.join("\n", script.places))
        .replace("@options@", String.join("\n", script.options));
  }

  /**
   * Adds a command with those below it.
   *
   * @param path the names that lead to it, a blank before each
   */
  private void add(String path, CommandLine line) {
    var names = new ArrayList<String>();
    for (var option : Completions.options(line)) {
      names.addAll(List.of(option.names()));
      if (Completions.hasValue(option)) {
        var patterns =
            Stream.of(option.names())
                .map(name -> quoted(path + " " + name))
                .collect(joining(" | "));
        valued.add("        " + patterns + ") option=$each ;;");
        offer(option).ifPresent(what -> values.add("      " + patterns + ") " + what));
      }
    }
    for (var positional : line.getCommandSpec().positionalParameters()) {
      var index = positional.index();
      var pattern =
          index.isVariable() || index.max() > index.min()
              ? quoted(path + " ") + "[0-9]*"
              : quoted(path + " " + index.min());
      offer(positional).ifPresent(what -> places.add("      " + pattern + ") " + what));
    }
    var below = line.getSubcommands();
    if (!below.isEmpty()) {
      places.add(
          "      " + quoted(path + " 0") + ") words='" + String.join(" ", below.keySet()) + "' ;;");
    }
    options.add("          " + quoted(path) + ") words='" + String.join(" ", names) + "' ;;");
    below.forEach(
        (name, command) -> {
          commands.add("        " + quoted(path + " " + name) + ") command=\"$command $each\" ;;");
          add(path + " " + name, command);
        });
  }

  private static Optional<String> offer(ArgSpec argument) {
    if (Completions.isFile(argument)) {
      return Optional.of("files=yes ;;");
    }
    if (Completions.isRun(argument)) {
      return Optional.of("runs=yes ;;");
    }
    if (Completions.isParam(argument)) {
      return Optional.of("params=yes ;;");
    }
    if (Completions.isProfile(argument)) {
      return Optional.of("profiles=yes ;;");
    }
    var words = Completions.words(argument);
    return words.isEmpty()
        ? Optional.empty()
        : Optional.of("words='" + String.join(" ", words) + "' ;;");
  }

  private static String quoted(String text) {
    return "'" + text + "'";
  }
}
