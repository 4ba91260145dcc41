package org.golempipeline.standard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code command}: shell text on this machine leaves files in {@code $outdir}, and each is a
 * fragment, in bytewise order of their paths. {@code $in} is a folder with links to the input files
 * at their paths, {@code $list} a file that names them in order.
 */
public final class CommandSplit extends Described implements SplitStrategy {
  public CommandSplit() {
    super(
        "command",
        "1",
        "Runs a command on this machine; every file it leaves in $outdir is a fragment.");
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "Shell text, run on this machine. `$in` is a folder with the input files, \
        `$list` a file that names them in order, one a line; every file left in `$outdir` is a \
        fragment, in the order of their names.",
          "type": "string",
          "minLength": 1,
          "x-shell": true,
          "x-variables": ["in", "list", "outdir"]
        }
        """;
  }

  @Override
  public boolean optionsRequired() {
    return true;
  }

  @Override
  public InputUse inputUse() {
    return InputUse.OPTIONAL;
  }

  @Override
  public InputShape inputShape(Options options) {
    return InputShape.FILE;
  }

  @Override
  public List<String> variables(Options options) {
    return List.of();
  }

  @Override
  public Fragments split(SplitContext context) throws IOException, StrategyException {
    var folder = context.workingFolder();
    var work = Files.createTempDirectory(folder, "split-").toAbsolutePath();
    var in = Files.createDirectory(work.resolve("in"));
    var out = Files.createDirectory(work.resolve("out"));
    try (var command = new LocalCommand(Files.createDirectory(work.resolve("command")))) {
      for (var input : context.inputs()) {
        command.list(present(input, in));
      }
      command.run(
          context.shell(),
          "split.command",
          context.options().text().orElseThrow(),
          context.variables(),
          Map.of("in", in.toString(), "outdir", out.toString()));
    }
    var files = files(out);
    if (files.isEmpty()) {
      throw new StrategyException(
          "The command of `split` left no file in `$outdir`.",
          "Let it write one file there for each fragment.");
    }
    return Fragments.computed(
        files.size(), index -> Fragment.of(Piece.Slice.whole(files.get(index))));
  }

  /** Lets {@code input} be found below {@code folder}: as a link, or a copy if it is a range. */
  private static Path present(InputFile input, Path folder) throws IOException, StrategyException {
    Content.requireHere(input);
    var path = folder.resolve(input.path()).normalize();
    if (!path.startsWith(folder) || path.equals(folder)) {
      path = folder.resolve(input.name());
    }
    Files.createDirectories(path.getParent());
    if (Files.exists(path)) {
      throw new StrategyException(
          "Two input files are called `%s`.".formatted(input.path()), "Rename one of them.");
    }
    if (input.offset() == 0 && input.size() == Files.size(input.file())) {
      return Files.createSymbolicLink(path, input.file().toAbsolutePath());
    }
    try (var content = Content.open(input).stream()) {
      Files.copy(content, path);
    }
    return path;
  }

  /** All that the command left; of what is no file nobody would miss the fragment. */
  private static List<InputFile> files(Path folder) throws IOException, StrategyException {
    var names = new ArrayList<String>();
    try (var walk = Files.walk(folder)) {
      for (var each : (Iterable<Path>) walk::iterator) {
        if (Files.isRegularFile(each)) {
          names.add(folder.relativize(each).toString());
        } else if (!Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
          throw new StrategyException(
              "The command of `split` left `%s` in `$outdir`, which is %s."
                  .formatted(folder.relativize(each), kind(each)),
              "Let it leave a file there for each fragment; a link to a file will do as well.");
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    names.sort((a, b) -> Arrays.compareUnsigned(utf8(a), utf8(b)));
    var files = new ArrayList<InputFile>();
    for (var name : names) {
      var file = folder.resolve(name);
      files.add(new InputFile(file, 0, Files.size(file), name));
    }
    return files;
  }

  private static String kind(Path path) {
    if (Files.isDirectory(path)) {
      return "a link to a folder";
    }
    return Files.isSymbolicLink(path) && !Files.exists(path) ? "a link to nowhere" : "no file";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
