package org.golempipeline.cli.run;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.spec.Nearest;
import org.jspecify.annotations.Nullable;

/**
 * What the user calls a fragment: {@code count/17}, or {@code 17} where there is one stage only.
 *
 * @param stage null if it is not named
 */
record FragmentName(@Nullable String stage, int number) {
  private static final Pattern FORM = Pattern.compile("(?:([a-z][a-z0-9_.-]*)/)?([0-9]{1,9})");

  static FragmentName of(String text) throws Refusal {
    var words = FORM.matcher(text);
    if (!words.matches()) {
      throw Refusal.usage(
          "`%s` names no fragment.".formatted(text),
          "Write a stage and a number from 0, such as `count/17`.");
    }
    return new FragmentName(words.group(1), Integer.parseInt(words.group(2)));
  }

  /** The stage that is meant. */
  static StagePlan stage(Plan plan, @Nullable String name) throws Refusal {
    var names = plan.stages().stream().map(each -> each.name().value()).toList();
    if (name == null && names.size() == 1) {
      return plan.stages().get(0);
    }
    if (name == null) {
      throw Refusal.usage(
          "Each stage has a fragment of that number.",
          names.stream()
              .limit(3)
              .map("`%s/…`"::formatted)
              .collect(Collectors.joining(" or ", "Name the stage as well: ", ".")));
    }
    for (var each : plan.stages()) {
      if (each.name().value().equals(name)) {
        return each;
      }
    }
    throw Refusal.usage("There is no stage `%s`.".formatted(name), cure(name, names));
  }

  private static String cure(String name, List<String> names) {
    return Nearest.to(name, names)
        .map("Did you mean `%s`?"::formatted)
        .orElse("The stages are %s.".formatted(String.join(", ", names)));
  }
}
