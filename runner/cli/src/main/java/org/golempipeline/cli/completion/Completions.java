package org.golempipeline.cli.completion;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the scripts for all shells know about options and arguments. */
final class Completions {
  /** Arguments of these names are files or folders, unless there are words for them. */
  private static final Set<String> FILES = Set.of("FILE", "FOLDER", "JAR", "PLACE");

  /** An argument of this name is the id of a run. */
  private static final String RUN = "RUN";

  /** An argument of this name sets a param. */
  private static final String PARAM = "name=value";

  private static final Pattern SENTENCE = Pattern.compile("(.*?)\\.?(?:(?<=\\.)\\s.*)?");

  private Completions() {}

  /** The options that are meant for people. */
  static List<OptionSpec> options(CommandLine line) {
    return line.getCommandSpec().options().stream().filter(option -> !option.hidden()).toList();
  }

  /** The words that may stand there; empty if there are too many. */
  static List<String> words(ArgSpec argument) {
    var candidates = argument.completionCandidates();
    return candidates == null
        ? List.of()
        : StreamSupport.stream(candidates.spliterator(), false).toList();
  }

  static boolean isFile(ArgSpec argument) {
    return words(argument).isEmpty() && FILES.contains(argument.paramLabel());
  }

  /** Whether the runs are offered that are kept in the current folder. */
  static boolean isRun(ArgSpec argument) {
    return argument.paramLabel().equals(RUN);
  }

  /** Whether the params of the pipeline file on the line are offered. */
  static boolean isParam(ArgSpec argument) {
    return argument.paramLabel().equals(PARAM);
  }

  /** Whether the profiles of the pipeline file on the line are offered. */
  static boolean isProfile(ArgSpec argument) {
    return argument instanceof OptionSpec option && option.longestName().equals("--profile");
  }

  /** Whether a value follows. */
  static boolean hasValue(OptionSpec option) {
    return option.arity().max() > 0;
  }

  /** The first sentence, without its full stop. */
  static String summary(String... description) {
    var sentence = SENTENCE.matcher(String.join(" ", description));
    return sentence.matches() ? sentence.group(1) : "";
  }
}
