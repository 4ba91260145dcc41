package org.golempipeline.plan;

import java.util.Map;
import java.util.Optional;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.InputFile;

/**
 * One fragment of a stage: what it reads and every variable it could export.
 *
 * @param index its number in the stage, from 0
 * @param fragment pieces and variables as the split made them
 * @param variables split and matrix variables, {@code index}, {@code count}, and {@code path} and
 *     {@code stem} if it has an input; params and earlier values stand in {@link StagePlan}
 */
public record FragmentPlan(int index, Fragment fragment, Map<String, String> variables) {

  /** The input file it is about. */
  public Optional<InputFile> origin() {
    return fragment.origin();
  }

  /** How people call it: {@code fragment 7 (talk.mkv, size=4096)}. */
  public String label() {
    var text = new StringBuilder("fragment ").append(index);
    var details = new java.util.ArrayList<String>();
    origin().ifPresent(file -> details.add(file.path()));
    variables.forEach(
        (name, value) -> {
          if (!StageFragments.BUILT_IN.contains(name)) {
            details.add(name + "=" + value);
          }
        });
    if (!details.isEmpty()) {
      text.append(" (").append(String.join(", ", details)).append(')');
    }
    return text.toString();
  }
}
