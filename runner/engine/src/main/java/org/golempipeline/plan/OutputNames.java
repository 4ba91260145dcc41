package org.golempipeline.plan;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.golempipeline.spec.Archive;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.OutputPath;
import org.golempipeline.spec.StageName;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.spec.Template;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/** What the outputs of a stage are called. */
public final class OutputNames {
  /** Above so many fragments the names of outputs are not all made in advance. */
  static final int MOST_IN_ADVANCE = 200_000;

  /** The folder in which runs keep their own files. */
  static final String OWN = ".golem-pipeline";

  /** Segments of a path that would make it another one in a folder, or none. */
  private static final Set<String> NO_NAMES = Set.of("", ".", "..");

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
    return path(fragment.variables());
  }

  /** The path that all fragments have, and the stage without any. */
  public String pathForAll() throws StrategyException {
    return path(Map.of());
  }

  private String path(Map<String, String> variables) throws StrategyException {
    var output = stage.output();
    return output == null ? "" : checked(resolved(output, variables), output.toString());
  }

  private String resolved(Template output, Map<String, String> variables) {
    return output.resolve(
        name -> {
          var value = variables.get(name);
          return value == null ? values.getOrDefault(name, "") : value;
        });
  }

  /**
   * The file that a fragment's part of the result is published in.
   *
   * @param name of the part in {@code $outdir}, if the fragment leaves several
   */
  public String file(FragmentPlan fragment, String name) throws StrategyException {
    var path = path(fragment);
    return path.endsWith("/") ? placed(path, fragment, name) : path;
  }

  /**
   * The files that the stage will publish, as far as that can be known before it ran; the folder
   * that holds them, with {@code /} at its end, if they are not known or very many.
   */
  public Set<String> files(@Nullable StageFragments fragments) throws StrategyException {
    var files = new LinkedHashSet<String>();
    if (stage.output() == null) {
      return files;
    }
    var known = !waits() && (fragments == null ? samePathForAll() : areKnown(fragments));
    if (known && !intoFolder() && samePathForAll()) {
      files.add(pathForAll());
    } else if (known
        && fragments != null
        && fragments.count() <= MOST_IN_ADVANCE
        && !(intoFolder() && stage.out() instanceof OutSpec.Many)) {
      for (var i = 0; i < fragments.count(); i++) {
        files.add(file(fragments.get(i), ""));
      }
    } else if (known && samePathForAll()) {
      files.add(pathForAll());
    } else {
      var folder = folder(stage.output());
      if (!folder.isEmpty()) {
        files.add(folder);
      }
    }
    return files;
  }

  /** Whether {@code output} names the value of a stage that is not known yet. */
  boolean waits() {
    var output = stage.output();
    return output != null
        && stage.needs().stream()
            .map(StageName::value)
            .anyMatch(name -> output.names().contains(name) && !values.containsKey(name));
  }

  /**
   * The file that an output of a fragment that is collected becomes, or its place in the archive
   * that it goes into: no two outputs may have the same.
   *
   * @param file its name in {@code $outdir}, if the fragment leaves several
   */
  public String place(FragmentPlan fragment, String file) throws StrategyException {
    return placed(path(fragment), fragment, file);
  }

  private String placed(String path, FragmentPlan fragment, String file) {
    if (path.endsWith("/")) {
      return OutputPath.normal(path + collected(fragment, file));
    }
    return Archive.named(path).isPresent() ? path + "/" + collected(fragment, file) : path;
  }

  /**
   * What the stages that follow call an output of a fragment that is collected.
   *
   * @param file its name in {@code $outdir}, if the fragment leaves several
   */
  public String downstream(FragmentPlan fragment, String file) {
    var output = stage.output();
    return output == null
        ? collected(fragment, file)
        : downstream(
            placed(OutputPath.normal(resolved(output, fragment.variables())), fragment, file));
  }

  /**
   * What the stages that follow call a result: its path below the folder that {@code output} begins
   * with before any variable; without {@code output} the stage's name.
   *
   * @param path where it belongs, as {@link #path} or {@link #place} say
   */
  public String downstream(String path) {
    var below = path.substring(stage.output() == null ? 0 : folder(stage.output()).length());
    var name =
        Arrays.stream(below.split("/"))
            .filter(segment -> !NO_NAMES.contains(segment))
            .collect(Collectors.joining("/"));
    return name.isEmpty() ? stage.name().value() : name;
  }

  private static String folder(Template output) {
    var start = output.beforeNames();
    if (output.names().isEmpty() && Archive.named(start).isPresent()) {
      return OutputPath.normal(start) + "/";
    }
    var folder = OutputPath.normal(start.substring(0, start.lastIndexOf('/') + 1));
    return folder.equals("./") ? "" : folder;
  }

  /** Whether {@code output} names only what is known of {@code fragments}. */
  public boolean areKnown(StageFragments fragments) {
    return stage.output() == null
        || fragments.count() == 0
        || stage.output().names().stream()
            .allMatch(
                name -> values.containsKey(name) || fragments.get(0).variables().containsKey(name));
  }

  /** How outputs can be told apart that would have the same {@link #place}. */
  public String cure() {
    var output = stage.output() == null ? "" : stage.output().toString();
    var several = stage.out() instanceof OutSpec.Many;
    if (Archive.named(output).isPresent()) {
      return "%s the command give its files names that differ, such as `$outdir/$index%s`, or choose a `merge` that combines them; a variable in `output` would make several archives."
          .formatted(several ? "Let" : "Set `out: '*'` and let", several ? ".txt" : suffix());
    }
    var folder = output.endsWith("/") ? output : stage.name() + "/";
    return intoFolder() || several
        ? "Tell them apart with a variable, such as `output: %s${index}%s`, or choose a `merge` that combines them."
            .formatted(folder, several ? "/" : suffix())
        : "Name a variable that tells them apart in `output`, such as `${index}`, or choose a `merge` that combines them.";
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
    return suffix(stage);
  }

  /** How the single output of a fragment ends. */
  static String suffix(StageSpec stage) {
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
            || Arrays.asList(path.split("/", -1)).contains("..");
    var normal = OutputPath.normal(path);
    if (normal.isEmpty() || bad && !template.equals(path)) {
      throw new StrategyException(
          "`output` becomes `%s`, which is not a path below the pipeline file.".formatted(path),
          "Change `output: %s` or the value in it.".formatted(template));
    }
    if (Arrays.asList(normal.split("/")).contains(OWN)) {
      throw new StrategyException(
          "`output` becomes `%s`, and in `%s` runs keep their own files.".formatted(path, OWN),
          "Change `output: %s` or the value in it.".formatted(template));
    }
    return normal;
  }
}
