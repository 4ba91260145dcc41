package org.golempipeline.cli.completion;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The completion script for zsh, which shows what commands and options are for. */
final class ZshCompletion {
  private static final String HEAD =
      """
      #compdef golem-pipeline
      # Completes golem-pipeline in zsh. In ~/.zshrc:
      #   source <(golem-pipeline completion zsh)
      # or as a file named _golem-pipeline in a folder of $fpath.

      _golem-pipeline-kept() {
        # the ids of the runs in this folder, the newest first; a name with other characters is none
        local -a ids expl
        ids=(.golem-pipeline/runs/*/journal.ndjson(NOn:h:t))
        ids=(${ids:#*[^A-Za-z0-9._-]*})
        _wanted -V runs expl run compadd -a ids
      }

      _golem-pipeline-file() {
        # what the pipeline file on the line has of those
        local file=pipeline.yaml each
        for each in ${(Q)words}; do
          [[ $each == *.y(a|)ml && -f $each ]] && file=$each
        done
        golem-pipeline completion $1 $file 2>/dev/null
      }

      _golem-pipeline-profiles() {
        local -a profiles expl
        profiles=(${(f)"$(_golem-pipeline-file --profiles)"})
        _wanted profiles expl profile compadd -a profiles
      }

      _golem-pipeline-params() {
        # a name, or a value of the one that is given
        local name=${PREFIX%%=*}
        local -a known values expl
        known=(${(f)"$(_golem-pipeline-file --params)"})
        if compset -P '*='; then
          values=(${${(M)known:#$name=?*}#*=})
          _wanted values expl value compadd -a values
        else
          values=(${(u)known%%=*})
          _wanted params expl param compadd -S = -q -a values
        fi
      }
      """;

  private static final String FOOT =
      """

      if [[ $funcstack[1] == _golem-pipeline ]]; then
        _golem-pipeline "$@"
      else
        (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
        compdef _golem-pipeline golem-pipeline
      fi
      """;

  private final StringBuilder functions = new StringBuilder();

  private ZshCompletion() {}

  static String of(CommandLine root) {
    var script = new ZshCompletion();
    script.add("_golem-pipeline", root);
    return HEAD + script.functions + FOOT;
  }

  /** Adds the function of a command, and those of the commands below it. */
  private void add(String function, CommandLine line) {
    var below = line.getSubcommands();
    var specs = new ArrayList<String>();
    Completions.options(line).forEach(option -> specs.add(spec(option)));
    line.getCommandSpec().positionalParameters().forEach(place -> specs.add(spec(place)));
    functions.append("\n").append(function).append("() {\n");
    if (!below.isEmpty()) {
      specs.add("'1:command:->command'");
      specs.add("'*::argument:->argument'");
      functions.append("  local curcontext=$curcontext state line\n  local -a commands\n");
    }
    functions
        .append(below.isEmpty() ? "  _arguments -s" : "  _arguments -s -C")
        .append(specs.stream().map(spec -> " \\\n    " + spec).collect(joining()));
    if (!below.isEmpty()) {
      functions.append(" && return\n").append(dispatch(function, line));
    }
    functions.append(below.isEmpty() ? "\n}\n" : "}\n");
    below.forEach((name, command) -> add(function + "_" + name, command));
  }

  /** Offers the commands below one, or goes on with the one that stands there. */
  private static String dispatch(String function, CommandLine line) {
    var described = new StringBuilder();
    var cases = new StringBuilder();
    line.getSubcommands()
        .forEach(
            (name, command) -> {
              var what = Completions.summary(command.getCommandSpec().usageMessage().description());
              described.append("        '%s:%s'\n".formatted(name, quoted(what)));
              cases.append("        %s) %s_%s ;;\n".formatted(name, function, name));
            });
    return """
      case $state in
        command)
          commands=(
    %s      )
          _describe -V command commands ;;
        argument)
          case $line[1] in
    %s      esac ;;
      esac
    """
        .formatted(described, cases);
  }

  private static String spec(OptionSpec option) {
    var names = List.of(option.names());
    var repeated = option.isMultiValue() ? "*" : "";
    var value = Completions.hasValue(option) ? ":" + value(option) : "";
    var what = "[" + escaped(Completions.summary(option.description())) + "]" + value;
    var forms = new ArrayList<String>();
    for (var name : names) {
      // `--on golem` and `--on=golem`, `-p a=b` and `-pa=b`
      var joint = value.isEmpty() ? "" : name.startsWith("--") ? "=" : "+";
      var excluded =
          repeated.isEmpty() && names.size() > 1 ? "(" + String.join(" ", names) + ")" : repeated;
      forms.add("'" + excluded + name + joint + quote(what) + "'");
    }
    return String.join(" \\\n    ", forms);
  }

  private static String spec(PositionalParamSpec place) {
    var index = place.index();
    var many = index.isVariable() || index.max() > index.min();
    var where = many ? "*" : String.valueOf(index.min() + 1);
    var optional = !many && place.arity().min() == 0 ? ":" : "";
    return "'" + quote(where + ":" + optional + value(place)) + "'";
  }

  /** How an argument is called, and what is offered for it. */
  private static String value(ArgSpec argument) {
    var words = Completions.words(argument);
    var action =
        Completions.isFile(argument)
            ? "_files"
            : Completions.isRun(argument)
                ? "_golem-pipeline-kept"
                : Completions.isParam(argument)
                    ? "_golem-pipeline-params"
                    : Completions.isProfile(argument)
                        ? "_golem-pipeline-profiles"
                        : words.isEmpty() ? " " : "(" + String.join(" ", words) + ")";
    return escaped(argument.paramLabel()) + ":" + action;
  }

  /** Text in a spec of {@code _arguments} or {@code _describe}. */
  private static String escaped(String text) {
    return text.replaceAll("[\\\\:\\[\\]]", "\\\\$0");
  }

  private static String quoted(String text) {
    return quote(escaped(text));
  }

  /** Text inside single quotes of the shell. */
  private static String quote(String text) {
    return text.replace("'", "'\\''");
  }
}
