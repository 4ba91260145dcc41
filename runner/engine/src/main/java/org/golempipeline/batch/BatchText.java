package org.golempipeline.batch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The part of the driver that differs from batch to batch: constants, then a line per fragment. */
final class BatchText {
  private static final Pattern MARKER = Pattern.compile("\0[$a-z0-9_]+\0");

  private final BatchRecipe recipe;
  private final OutLayout layout;
  private final StringBuilder text = new StringBuilder();

  BatchText(BatchRecipe recipe) {
    this.recipe = recipe;
    this.layout = OutLayout.of(recipe.out());
  }

  static String of(BatchRecipe recipe, List<FragmentWork> fragments, boolean setUp) {
    var batch = new BatchText(recipe);
    batch.constants(fragments);
    if (setUp && recipe.setup() != null) {
      batch.setup();
    }
    batch.line("_gp_now fragments");
    batch.line("_gp_begin");
    for (var i = 0; i < fragments.size(); i++) {
      batch.fragment(i, fragments.get(i));
    }
    return batch.text.toString();
  }

  /** The limit as the watchdog counts it. */
  static long seconds(Duration limit) {
    return limit.plusNanos(999_999_999).toSeconds();
  }

  private void constants(List<FragmentWork> fragments) {
    var usesTmp = fragments.stream().anyMatch(work -> BatchArchive.usesTmp(recipe, work));
    line("_gp_count=" + fragments.size());
    line("_gp_kind=" + (layout.several() ? "-d" : "-f"));
    line("_gp_out=" + ShellText.quote(layout.file()));
    line("_gp_listed=" + ShellText.quote(layout.listed()));
    line("_gp_tmp=" + (usesTmp ? "yes" : ""));
    line("_gp_stage " + recipe.stage() + " || return 0");
  }

  private void setup() {
    line("_gp_now setup");
    line(
        subshell(exports("", recipe.setupVariables()) + ". \"$_gp_b/setup.sh\"")
            + " >\"$_gp_b/setup.log\" 2>&1");
    line("_gp_prepared $? || return 0");
  }

  private void fragment(int position, FragmentWork work) {
    line("_gp_next " + position);
    line(subshell(variables(work) + command(work)) + " >>\"$_gp_log\" 2>&1");
    line("_gp_done $?");
  }

  /** What the command of a fragment in {@code $_gp_d} finds set. */
  String variables(FragmentWork work) {
    var paths = new StringBuilder();
    if (recipe.usesIn() && BatchArchive.usesIn(recipe, work)) {
      paths.append(" in=").append(path(BatchArchive.inName(work)));
    }
    paths.append(layout.several() ? " outdir=" : " out=").append(path(layout.file()));
    if (recipe.usesTmp()) {
      paths.append(" tmp=").append(path("tmp"));
    }
    return exports(paths.toString(), work.variables());
  }

  private String command(FragmentWork work) {
    return recipe.run() != null ? ". \"$_gp_b/run.sh\"" : program(work);
  }

  /** The words of a command that is not shell text. */
  String program(FragmentWork work) {
    if (work.argv().isEmpty()) {
      throw new IllegalArgumentException("a fragment without a command");
    }
    // The shell would take a program that begins with a dash for an option of exec.
    var command = new StringBuilder(work.argv().get(0).startsWith("-") ? "" : "exec");
    for (var word : work.argv()) {
      command.append(' ').append(word(work, word));
    }
    return command.toString();
  }

  private String word(FragmentWork work, String word) {
    var result = new StringBuilder();
    var at = 0;
    for (var marker : MARKER.matcher(word).results().toArray(MatchResult[]::new)) {
      if (marker.start() > at) {
        result.append(ShellText.quote(word.substring(at, marker.start())));
      }
      var variable = marker.group().startsWith("\0$");
      result.append(
          variable
              ? "\"" + marker.group().replace("\0", "") + "\""
              : path(fileOf(work, marker.group())));
      at = marker.end();
    }
    if (at < word.length() || word.isEmpty()) {
      result.append(ShellText.quote(word.substring(at)));
    }
    return result.toString();
  }

  private String fileOf(FragmentWork work, String marker) {
    if (marker.equals(FragmentWork.IN) && BatchArchive.usesIn(recipe, work)) {
      return BatchArchive.inName(work);
    }
    if (marker.equals(layout.several() ? FragmentWork.OUTDIR : FragmentWork.OUT)) {
      return layout.file();
    }
    if (marker.equals(FragmentWork.TMP)) {
      return "tmp";
    }
    throw new IllegalArgumentException("a fragment has no " + marker.replace("\0", ""));
  }

  static String exports(String paths, Map<String, String> variables) {
    var assignments = paths + ShellText.assignments(variables);
    return assignments.isEmpty() ? "" : "export" + assignments + "; ";
  }

  private static String subshell(String commands) {
    return "(set -eu $_gp_o; " + commands + ")";
  }

  /** A path in the fragment's folder, as one word. */
  private static String path(String name) {
    return "\"$_gp_d\"" + ShellText.quote("/" + name);
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
