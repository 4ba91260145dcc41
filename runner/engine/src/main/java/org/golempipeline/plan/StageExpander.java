package org.golempipeline.plan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.Shell;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/** Makes the fragments of a stage, before the run or when what it depends on is there. */
public final class StageExpander {
  private final Path folder;
  private final Path workingFolder;
  private final LocalShell shell;

  /**
   * @param folder of the pipeline file
   * @param workingFolder for what a split writes; made when needed
   */
  public StageExpander(Path folder, Path workingFolder, LocalShell shell) {
    this.folder = folder;
    this.workingFolder = workingFolder;
    this.shell = shell;
  }

  /**
   * Splits.
   *
   * @param inputs what the stage reads, in order
   * @param values params and values of earlier stages, for the options
   * @throws StrategyException in the user's words
   */
  public StageFragments expand(
      StageSpec stage, SplitStrategy split, List<InputFile> inputs, Map<String, String> values)
      throws IOException, StrategyException {
    var options = stage.split().bind(name -> values.getOrDefault(name, ""));
    var warnings = new ArrayList<String>();
    var context =
        new Context(
            options,
            inputs,
            folder,
            workingFolder(stage),
            values,
            shell.within(stage.timeouts()),
            new Warnings(warnings::add));
    try {
      var fragments = split.split(context);
      return checked(stage, new StageFragments(fragments, stage.matrix(), warnings));
    } catch (ArithmeticException e) {
      throw new StrategyException(
          "This would make more than two thousand million fragments.",
          "Make the fragments larger or the `matrix` smaller.");
    } catch (IllegalArgumentException e) {
      throw new StrategyException(
          "The options of `%s` do not fit: %s.".formatted(split.name(), e.getMessage()),
          "An earlier stage's value stands in them: look at what it printed.");
    }
  }

  /** Fragments that read one file each, which will be there when the fragment starts. */
  public static StageFragments oneByOne(StageSpec stage, int count, IntFunction<InputFile> file) {
    return new StageFragments(
        Fragments.computed(count, index -> Fragment.of(Piece.Slice.whole(file.apply(index)))),
        stage.matrix());
  }

  /**
   * The nodes of a tree. Each reads a folder with what it combines, under names that sort in order.
   *
   * @param leaf the output of a leaf, empty if it left none
   * @param node likewise, of a node
   */
  public static StageFragments tree(
      TreeLayout layout,
      IntFunction<Optional<InputFile>> leaf,
      IntFunction<Optional<InputFile>> node) {
    return new StageFragments(
        Fragments.computed(
            layout.nodes(), index -> new Fragment(children(layout, index, leaf, node), Map.of())),
        List.of());
  }

  private static List<Piece> children(
      TreeLayout layout,
      int index,
      IntFunction<Optional<InputFile>> leaf,
      IntFunction<Optional<InputFile>> node) {
    var pieces = new ArrayList<Piece>();
    var digits = Integer.toString(layout.childCount(index) - 1).length();
    for (var i = 0; i < layout.childCount(index); i++) {
      var child = layout.child(index, i);
      var file = layout.isLeaf(child) ? leaf.apply(child) : node.apply(layout.asNode(child));
      var name = String.format(Locale.ROOT, "%0" + digits + "d", i);
      file.ifPresent(each -> pieces.add(Piece.Slice.whole(each.withPath(name + each.suffix()))));
    }
    return pieces;
  }

  private StageFragments checked(StageSpec stage, StageFragments fragments)
      throws StrategyException {
    if (fragments.count() == 0) {
      return fragments;
    }
    var names = new HashSet<>(fragments.get(0).fragment().variables().keySet());
    stage.matrix().forEach(axis -> clash(names.contains(axis.name()), axis.name()));
    for (var name : names) {
      if (!name.matches("[a-z][a-z0-9_]*")) {
        throw new StrategyException(
            "`%s` names a variable `%s`, which a shell cannot be sure to take."
                .formatted(stage.split().name(), name),
            "Use lower-case letters, digits and `_`, a letter first.");
      }
    }
    return fragments;
  }

  private static void clash(boolean found, String name) {
    if (found) {
      throw new IllegalArgumentException(
          "`" + name + "` is a variable of the split and of `matrix`");
    }
  }

  private Path workingFolder(StageSpec stage) {
    return workingFolder.resolve("split-" + stage.name());
  }

  private record Context(
      Options options,
      List<InputFile> inputs,
      Path base,
      Path workingFolder,
      Map<String, String> variables,
      Shell shell,
      Warnings warnings)
      implements SplitContext {
    @Override
    public void warn(String sentence) {
      warnings.say(sentence);
    }

    /** Made for those who ask for it: most splits write nothing. */
    @Override
    public Path workingFolder() {
      try {
        return Files.createDirectories(workingFolder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
