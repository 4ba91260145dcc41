package org.golempipeline.batch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitStrategy.InputShape;

/**
 * A single fragment as it lies on a provider, for people who want to look at it: its files in plain
 * folders, and the shell text that sets its variables and runs it. The folder {@code shared} is
 * where {@code setup} and {@code run} start, {@code fragment} holds input and output. The texts
 * expect the path of {@code fragment} in {@code $_gp_d}.
 */
public final class FragmentFolder {
  /** Where {@code setup} and {@code run} start. */
  public static final String SHARED = "shared";

  /** Where input and output are. */
  public static final String FRAGMENT = "fragment";

  private final BatchRecipe recipe;
  private final FragmentWork work;
  private final OutLayout layout;
  private final BatchText text;

  /**
   * A file that a provider fetches from the web.
   *
   * @param path where it belongs, below the folder
   */
  public record Fetched(String path, InputFile.Remote from) {}

  private FragmentFolder(BatchRecipe recipe, FragmentWork work) {
    this.recipe = recipe;
    this.work = work;
    this.layout = OutLayout.of(recipe.out());
    this.text = new BatchText(recipe);
  }

  public static FragmentFolder of(BatchRecipe recipe, FragmentWork work) {
    return new FragmentFolder(recipe, work);
  }

  /** {@code text} as one word that a shell takes as it is. */
  public static String quote(String text) {
    return ShellText.quote(text);
  }

  /** Shell text that exports what the command mentions. */
  public String variables() {
    return text.variables(work).stripTrailing() + "\n";
  }

  /** Likewise, for {@code setup}. */
  public String setupVariables() {
    return BatchText.exports("", recipe.setupVariables()).stripTrailing() + "\n";
  }

  /** The command: the text of the file, or its words as a line of shell text. */
  public String command() {
    return recipe.run() == null ? text.program(work) + "\n" : recipe.run();
  }

  /** The text of {@code setup}. */
  public Optional<String> setup() {
    return Optional.ofNullable(recipe.setup());
  }

  /** Where the output is afterwards, below the folder. */
  public String output() {
    return FRAGMENT + "/" + layout.file();
  }

  /** Whether that is a folder. */
  public boolean severalOutputs() {
    return layout.several();
  }

  /** Where the input is, below the folder; empty if the command does not ask for it. */
  public Optional<String> input() {
    return BatchArchive.usesIn(recipe, work)
        ? Optional.of(FRAGMENT + "/" + BatchArchive.inName(work))
        : Optional.empty();
  }

  /** What {@link #write} could not write: it is not on this machine. */
  public List<Fetched> fetched() {
    var fetched = new ArrayList<Fetched>();
    for (var file : recipe.shared()) {
      add(fetched, SHARED + "/" + file.name(), file.content());
    }
    for (var piece : work.pieces()) {
      if (input().isPresent() && piece instanceof Piece.Slice slice) {
        add(fetched, placeOf(slice), slice.file());
      }
    }
    return fetched;
  }

  private static void add(List<Fetched> fetched, String path, InputFile file) {
    if (file.remote() != null) {
      fetched.add(new Fetched(path, file.remote()));
    }
  }

  private String placeOf(Piece.Slice slice) {
    var in = input().orElseThrow();
    return work.shape() == InputShape.FOLDER ? in + "/" + slice.file().path() : in;
  }

  /**
   * Writes the files of this machine below {@code folder}, which is made.
   *
   * @throws IOException if a file cannot be read or written, or became too short
   */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder.resolve(SHARED));
    Files.createDirectories(folder.resolve(FRAGMENT));
    for (var file : recipe.shared()) {
      var written = below(folder, SHARED + "/" + file.name());
      copy(List.of(Piece.Slice.whole(file.content())), written);
      if (file.executable() && !written.toFile().setExecutable(true)) {
        throw new IOException("could not make `%s` executable".formatted(written));
      }
    }
    if (input().isPresent()) {
      writeInput(folder);
    }
    if (layout.folder()) {
      Files.createDirectories(folder.resolve(FRAGMENT).resolve("out"));
    }
    if (BatchArchive.usesTmp(recipe, work)) {
      Files.createDirectories(folder.resolve(FRAGMENT).resolve("tmp"));
    }
  }

  private void writeInput(Path folder) throws IOException {
    if (work.shape() != InputShape.FOLDER) {
      copy(work.pieces(), below(folder, input().orElseThrow()));
      return;
    }
    Files.createDirectories(folder.resolve(input().orElseThrow()));
    for (var piece : work.pieces()) {
      copy(List.of(piece), below(folder, placeOf((Piece.Slice) piece)));
    }
  }

  private static Path below(Path folder, String path) {
    ArchivePaths.requireRelative(path);
    return folder.resolve(path);
  }

  private static void copy(List<Piece> pieces, Path to) throws IOException {
    Files.createDirectories(Objects.requireNonNull(to.getParent()));
    if (pieces.stream().anyMatch(FragmentFolder::isElsewhere)) {
      return; // An empty file would pass for the one that is still to be fetched.
    }
    try (var target =
        FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (var piece : pieces) {
        if (piece instanceof Piece.Literal literal) {
          var bytes = ByteBuffer.wrap(literal.text().getBytes(StandardCharsets.UTF_8));
          while (bytes.hasRemaining()) {
            target.write(bytes);
          }
        } else if (piece instanceof Piece.Slice slice) {
          copy(slice, target);
        } else {
          throw new AssertionError(piece);
        }
      }
    }
  }

  private static boolean isElsewhere(Piece piece) {
    return piece instanceof Piece.Slice slice && slice.file().remote() != null;
  }

  private static void copy(Piece.Slice slice, FileChannel target) throws IOException {
    var file = slice.file();
    try (var source = PlainFile.open(file.file())) {
      var at = file.offset() + slice.offset();
      for (var left = slice.length(); left > 0; ) {
        var count = source.transferTo(at, left, target);
        if (count <= 0) {
          throw new IOException("%s changed since it was split".formatted(file.file()));
        }
        at += count;
        left -= count;
      }
    }
  }
}
