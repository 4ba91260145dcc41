package org.golempipeline.spec;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;
import org.golempipeline.document.Document;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * Pipeline files: the one way from text to a {@link PipelineSpec}. Hides YAML, the JSON Schema and
 * every rule of the format. All mistakes of a file are reported at once; a check is left out only
 * where an earlier mistake would make its answer a guess.
 */
public final class PipelineFiles {
  private static final Set<String> MISSING =
      Set.of(DiagnosticIds.SCHEMA_MISSING_KEY, DiagnosticIds.OUTPUT_MISSING);

  private static final Set<String> UNKNOWN =
      Set.of(
          DiagnosticIds.REFERENCE_STAGE,
          DiagnosticIds.REFERENCE_NAME,
          DiagnosticIds.PARAM_UNKNOWN,
          DiagnosticIds.PROFILE_UNKNOWN);

  private PipelineFiles() {}

  /**
   * Reads and checks a pipeline file that includes no other.
   *
   * @param bytes the file's content
   * @param displayName how the user calls the file; shown in front of positions, and the name of a
   *     pipeline that gives itself none
   */
  public static Checked<PipelineSpec> load(
      byte[] bytes, String displayName, Strategies strategies, Overrides overrides) {
    return load(bytes, displayName, IncludedFiles.NONE, strategies, overrides);
  }

  /** The same for one that may include others. */
  public static Checked<PipelineSpec> load(
      byte[] bytes,
      String displayName,
      IncludedFiles included,
      Strategies strategies,
      Overrides overrides) {
    var document = Document.read(bytes, displayName);
    var problems = new Problems(document.source());
    var whole = whole(document, displayName, included, problems);
    var reading = problems.all();
    var spec = whole == null ? null : checked(whole, displayName, strategies, overrides, problems);
    var all = Echoes.removed(reading, problems.all());
    return new Checked<>(
        problems.hasErrors() ? null : spec,
        whole != null && whole.lacks()
            ? all.stream().filter(each -> !mayStandElsewhere(each)).toList()
            : all);
  }

  /** Whether what it misses may well stand in a file that could not be included. */
  private static boolean mayStandElsewhere(Diagnostic diagnostic) {
    return diagnostic.range().equals(Range.START)
        ? MISSING.contains(diagnostic.id())
        : UNKNOWN.contains(diagnostic.id());
  }

  /**
   * A pipeline file as one text, with all it includes and with the profiles that are chosen put
   * over it; comments say what comes from another file. Nothing else of it is checked.
   */
  public static Checked<String> merged(
      byte[] bytes, String displayName, IncludedFiles included, List<String> profiles) {
    var document = Document.read(bytes, displayName);
    var problems = new Problems(document.source());
    var whole = whole(document, displayName, included, problems);
    var root = whole == null ? null : Profiles.applied(whole.root(), profiles, problems);
    if (root == null || problems.hasErrors()) {
      return new Checked<>(null, problems.all());
    }
    return PipelineFormat.of(MergedText.of(root).getBytes(StandardCharsets.UTF_8), displayName);
  }

  /** The file with what it includes, as far as it can be read. */
  private static Includes.@Nullable Whole whole(
      Document document, String displayName, IncludedFiles included, Problems problems) {
    document.diagnostics().forEach(problems::add);
    if (!(document.root().orElse(null) instanceof Mapping root)) {
      if (!problems.hasErrors()) {
        problems.error(
            DiagnosticIds.SCHEMA_TYPE,
            Range.START,
            "A pipeline file must be a map of keys to values.",
            "Start with `version: 1`.");
      }
      return null;
    }
    var whole = Includes.read(root, displayName, included, problems);
    Characters.check(whole.root(), problems);
    return whole;
  }

  private static @Nullable PipelineSpec checked(
      Includes.Whole whole,
      String displayName,
      Strategies strategies,
      Overrides overrides,
      Problems problems) {
    var root = Profiles.applied(whole.root(), overrides.profiles(), problems);
    var named = named(root);
    var schema = PipelineSchema.tree(strategies, named::contains);
    var params = Params.read(root, overrides, problems);
    var stageNames = new HashSet<String>();
    if (root.get("stages") instanceof Mapping stages) {
      stageNames.addAll(stages.keys());
    }
    var place = SchemaPlace.of(schema);
    var tree = Substitution.apply(root, place, params, stageNames, problems);
    var file =
        new FileUnderCheck(
            tree,
            place,
            params,
            StageOutline.of(tree.root(), displayName),
            SchemaCheck.run(tree, schema, strategies, problems),
            strategies,
            overrides,
            problems);
    var order = references(file);
    return problems.hasErrors()
        ? null
        : SpecBuilder.build(file, order, displayName, whole.sources());
  }

  /** Whether a file of that version can be read. */
  static boolean isVersion(Node version) {
    return version instanceof Scalar scalar
        && scalar.value() instanceof BigDecimal number
        && number.compareTo(BigDecimal.ONE) == 0;
  }

  /**
   * The texts of all files that a pipeline file includes, as far as they can be read.
   *
   * @param bytes the file's content
   */
  public static List<Source> included(byte[] bytes, IncludedFiles included) {
    return readable(bytes, included).map(Includes.Whole::sources).orElse(List.of());
  }

  /**
   * A pipeline file with all it includes as one tree, as far as they can be read, right or wrong
   * otherwise; empty if it is no map.
   *
   * @param bytes the file's content
   */
  public static Optional<Mapping> tree(byte[] bytes, IncludedFiles included) {
    return readable(bytes, included).map(Includes.Whole::root);
  }

  private static Optional<Includes.Whole> readable(byte[] bytes, IncludedFiles included) {
    var document = Document.read(bytes, "");
    return document.root().orElse(null) instanceof Mapping root
        ? Optional.of(Includes.read(root, "", included, new Problems(document.source())))
        : Optional.empty();
  }

  /** The strategies that the file gives options to: the schemas of the others need no reading. */
  private static Set<String> named(Mapping root) {
    var names = new HashSet<String>();
    for (var stage : StageOutline.of(root, "")) {
      for (var key : List.of("split", "merge")) {
        if (stage.body().get(key) instanceof Mapping choice) {
          names.addAll(choice.keys());
        }
      }
    }
    return names;
  }

  /** The checks that need the whole file, and the order of its stages. */
  private static List<StageOutline> references(FileUnderCheck file) {
    var order = StageGraph.ordered(file);
    StageChecks.run(file);
    PathCheck.run(file);
    LocalCommandCheck.run(file);
    var scopes = Scope.of(file);
    for (var stage : file.stages()) {
      TemplateCheck.run(file, stage, Objects.requireNonNull(scopes.get(stage.name())));
    }
    ShellLint.run(file, scopes);
    ArgvLint.run(file, scopes);
    if (!file.problems().hasErrors()) {
      // What could not be read may name anything.
      UnusedNames.run(file, scopes);
    }
    return order;
  }
}
