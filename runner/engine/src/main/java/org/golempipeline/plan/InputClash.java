package org.golempipeline.plan;

import java.util.List;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.strategy.InputFile;

/**
 * Two files that would have one place in the folder that a fragment reads, or one of them that of a
 * folder around the other.
 */
public record InputClash(InputFile first, InputFile second) {

  /** What is wrong, of files that earlier stages made. */
  public String message() {
    return first.path().equals(second.path())
        ? "Two inputs are called `%s`, and both belong into the folder `$in`."
            .formatted(first.path())
        : "One input is called `%s` and another `%s`, and both belong into the folder `$in`."
            .formatted(first.path(), second.path());
  }

  /** Whether a file of that name is one of the two. */
  public boolean isAbout(String path) {
    return path.equals(first.path()) || path.equals(second.path());
  }

  /**
   * How to part them.
   *
   * @param makers the stages that make them, none if these call them otherwise
   */
  public static String cure(List<StageSpec> makers) {
    if (makers.isEmpty()) {
      return "Rename one of them, or leave it out.";
    }
    var maker = makers.get(0);
    if (makers.size() == 1 && maker.output() == null) {
      return "Give `%s` an `output` with a variable that tells them apart, such as `%s/${index}%s`, or a `merge` that combines them."
          .formatted(
              maker.name(),
              maker.name(),
              maker.out() instanceof OutSpec.Many ? "/" : OutputNames.suffix(maker));
    }
    var names = makers.stream().map(each -> "`" + written(each) + "`").toList();
    return "Give %s an `output` that makes other names: stages that follow know a file by its path below the folder that `output` begins with before any variable."
        .formatted(String.join(" or ", names));
  }

  /** A stage as its file calls it: what combines its outputs on providers has no name there. */
  private static String written(StageSpec stage) {
    return stage.name().value().replaceFirst("[.].*", "");
  }
}
