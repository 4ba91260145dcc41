package org.golempipeline.spec;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Document;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.jspecify.annotations.Nullable;

/**
 * Pipeline files: the one way from text to a {@link PipelineSpec}. Hides YAML, the JSON Schema and
 * every rule of the format. All mistakes of a file are reported at once; a check is left out only
 * where an earlier mistake would make its answer a guess.
 */
public final class PipelineFiles {
  private PipelineFiles() {}

  /**
   * Reads and checks a pipeline file.
   *
   * @param bytes the file's content
   * @param displayName how the user calls the file; shown in front of positions, and the name of a
   *     pipeline that gives itself none
   */
  public static Checked<PipelineSpec> load(
      byte[] bytes, String displayName, Strategies strategies, Overrides overrides) {
    var document = Document.read(bytes, displayName);
    var problems = new Problems(document.source());
    document.diagnostics().forEach(problems::add);
    var root = document.root().orElse(null);
    if (root instanceof Mapping mapping) {
      Characters.check(mapping, problems);
    }
    var reading = problems.all();
    var spec = root == null ? null : checked(root, displayName, strategies, overrides, problems);
    return new Checked<>(
        problems.hasErrors() ? null : spec, Echoes.removed(reading, problems.all()));
  }

  private static @Nullable PipelineSpec checked(
      Node node,
      String displayName,
      Strategies strategies,
      Overrides overrides,
      Problems problems) {
    if (!(node instanceof Mapping root)) {
      if (!problems.hasErrors()) {
        problems.error(
            DiagnosticIds.SCHEMA_TYPE,
            Range.START,
            "A pipeline file must be a map of keys to values.",
            "Start with `version: 1`.");
      }
      return null;
    }
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
    return problems.hasErrors() ? null : SpecBuilder.build(file, order, displayName);
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
