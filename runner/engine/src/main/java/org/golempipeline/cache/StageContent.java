package org.golempipeline.cache;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.golempipeline.batch.BatchRecipe;
import org.golempipeline.spec.Command;
import org.golempipeline.spec.ParamValue;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.ShellText;
import org.golempipeline.strategy.Options;
import org.jspecify.annotations.Nullable;

/**
 * All that the fragments of a stage have in common and their results depend on.
 *
 * @param recipe what providers are sent; of it the stage's number and the limit do not count
 * @param image names the content of the image; empty if none is used
 * @param run as it stands in the file
 * @param accept what judges an output on this machine; null if nothing does
 * @param params and their values in this run, also those that the stage does not use
 * @param values of earlier stages, likewise
 * @param twin the stage's name if another before it has the same command, so that what both are
 *     given leaves a result each; empty if none has
 */
public record StageContent(
    BatchRecipe recipe,
    String image,
    Command run,
    Split split,
    @Nullable ShellText accept,
    Map<String, ParamValue> params,
    Map<String, String> values,
    String twin) {
  public StageContent {
    Objects.requireNonNull(image);
    params = Collections.unmodifiableMap(new TreeMap<>(params));
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /**
   * How the stage is split. The options do not count for the keys, since what they do shows in the
   * fragments.
   */
  public record Split(String name, String version, Options options) {}

  /** The params and earlier values that reach a provider and are no secret, by name. */
  TreeMap<String, String> exportedParams() {
    var exported = new TreeMap<String, String>();
    params.forEach(
        (name, value) -> {
          if (!value.secret() && isExported(name)) {
            exported.put(name, value.value());
          }
        });
    return exported;
  }

  /** A stage's value may tell a secret, which is not written down for that. */
  TreeMap<String, String> exportedValues() {
    var exported = new TreeMap<>(values);
    exported.keySet().removeIf(name -> params.containsKey(name) || !isExported(name));
    var secrets = Secrets.of(params);
    exported.replaceAll((name, value) -> secrets.hide(value));
    return exported;
  }

  private boolean isExported(String name) {
    return recipe.setupVariables().containsKey(name)
        || names(run, name)
        || accept != null && !accept.mentioned(List.of(name)).isEmpty();
  }

  private static boolean names(Command run, String name) {
    if (run instanceof Command.Shell shell) {
      return !shell.text().mentioned(List.of(name)).isEmpty();
    }
    return ((Command.Argv) run).words().stream().anyMatch(word -> word.names().contains(name));
  }
}
