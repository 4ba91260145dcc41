package org.golempipeline.plan;

import java.util.Locale;
import java.util.Map;
import org.golempipeline.spec.Archive;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.strategy.StrategyException;

/** What the outputs of a stage are called. */
public final class OutputNames {
  private final StageSpec stage;
  private final Map<String, String> values;

  /**
   * @param values params and values of earlier stages
   */
  public OutputNames(StageSpec stage, Map<String, String> values) {
    this.stage = stage;
    this.values = values;
  }

  /** Whether {@code output} names a folder, below which the outputs have names of their own. */
  public boolean intoFolder() {
    return stage.output() == null || stage.output().toString().endsWith("/");
  }

  /**
   * Where a fragment's part of the result belongs, relative to the pipeline file: fragments with
   * the same path are merged together. Ends in {@code /} for a folder; empty without {@code
   * output}.
   *
   * @throws StrategyException if the path would leave the folder of the pipeline file
   */
  public String path(FragmentPlan fragment) throws StrategyException {
    var output = stage.output();
    if (output == null) {
      return "";
    }
    var path =
        output.resolve(
            name -> {
              var value = fragment.variables().get(name);
              return value == null ? values.getOrDefault(name, "") : value;
            });
    return checked(path, output.toString());
  }

  /**
   * The file that an output of a fragment that is collected becomes, or its place in the archive
   * that it goes into: no two outputs may have the same.
   *
   * @param file its name in {@code $outdir}, if the fragment leaves several
   */
  public String place(FragmentPlan fragment, String file) throws StrategyException {
    var path = path(fragment);
    if (path.endsWith("/")) {
      return path + collected(fragment, file);
    }
    return Archive.named(path).isPresent() ? path + "/" + collected(fragment, file) : path;
  }

  /** Whether every fragment has the same {@link #path}. */
  public boolean samePathForAll() {
    return stage.output() == null || values.keySet().containsAll(stage.output().names());
  }

  /**
   * What a collected output is called below the folder it goes to: the input's path with the suffix
   * of {@code out}, else the fragment's number, zero-padded to the length of the largest.
   *
   * @param file its name in {@code $outdir}, if the fragment leaves several
   */
  public String collected(FragmentPlan fragment, String file) {
    if (stage.out() instanceof OutSpec.Many) {
      return file;
    }
    var suffix = suffix();
    var origin = fragment.origin();
    if (origin.isPresent()) {
      var path = origin.get().path();
      var bare = path.substring(0, path.length() - origin.get().suffix().length());
      return bare + (suffix.isEmpty() ? origin.get().suffix() : suffix);
    }
    var digits = Integer.toString(Integer.parseInt(count(fragment)) - 1).length();
    return String.format(Locale.ROOT, "%0" + digits + "d%s", fragment.index(), suffix);
  }

  private String suffix() {
    if (stage.out() instanceof OutSpec.One one) {
      return one.suffix();
    }
    var name = ((OutSpec.Named) stage.out()).name();
    return name.lastIndexOf('.') > 0 ? name.substring(name.lastIndexOf('.')) : "";
  }

  private static String count(FragmentPlan fragment) {
    return java.util.Objects.requireNonNull(fragment.variables().get("count"));
  }

  private String checked(String path, String template) throws StrategyException {
    var bad =
        path.isEmpty()
            || path.startsWith("/")
            || path.indexOf('\0') >= 0
            || java.util.Arrays.asList(path.split("/", -1)).contains("..");
    if (bad && !template.equals(path)) {
      throw new StrategyException(
          "`output` becomes `%s`, which is not a path below the pipeline file.".formatted(path),
          "Change `output: %s` or the value in it.".formatted(template));
    }
    return path;
  }
}
