package org.golempipeline.cache;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.golempipeline.batch.BatchRecipe;
import org.golempipeline.batch.FragmentWork;
import org.golempipeline.batch.SharedFile;
import org.golempipeline.spec.Command;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.ShellText;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.jspecify.annotations.Nullable;

/**
 * The content keys of a stage's fragments: digests of all that their results depend on and of
 * nothing else, so that the same key means the same result, on whatever machine and under whatever
 * path the files lie. Safe for several threads.
 */
public final class ContentKeys {
  /** Changes when something that is not in the fields changes what a provider does with them. */
  private static final int VERSION = 1;

  private final BatchRecipe recipe;
  private final FileDigests files;
  private final Digest stage;
  private final Digest command;
  private final StageMemory.Recorder memory;

  /** Digests of the shared files, in the order of their names. */
  private final List<Digest> shared = new ArrayList<>();

  /** Digests the stage's shared files. */
  public ContentKeys(StageContent content, FileDigests files) throws IOException {
    this.recipe = content.recipe();
    this.files = files;
    this.memory = new StageMemory.Recorder();
    var fields = new Fields().count("golem-pipeline content key", VERSION);
    memory.image(content.image());
    memory.params(content.exportedParams());
    memory.values(content.exportedValues());
    this.command = run(content.run());
    memory.part("run", command);
    memory.part(
        "split",
        new Fields()
            .text("name", content.split().name())
            .text("version", content.split().version())
            .text("options", String.valueOf(content.split().options().value()))
            .end());
    addCommands(fields);
    fields.text("image", content.image());
    addShared(fields);
    addOut(fields);
    fields.text("split", content.split().name()).text("version", content.split().version());
    if (!content.twin().isEmpty()) {
      fields.text("twin", content.twin());
    }
    addAccept(fields, content.accept());
    this.stage = fields.end();
  }

  /** What was accepted by other words would not be accepted now. */
  private void addAccept(Fields fields, @Nullable ShellText accept) {
    fields.count("accept", accept == null ? 0 : 1);
    if (accept != null) {
      fields.text("shell", accept.text());
      memory.part("accept", new Fields().text("shell", accept.text()).end());
    }
  }

  Clock clock() {
    return files.clock();
  }

  /** A digest of what all fragments have in common. */
  Digest common() {
    return stage;
  }

  /** A digest of the command as it stands in the file, variables of an argv unresolved. */
  Digest command() {
    return command;
  }

  private static Digest run(Command run) {
    var fields = new Fields();
    if (run instanceof Command.Shell shell) {
      return fields.text("shell", shell.text().text()).end();
    }
    for (var word : ((Command.Argv) run).words()) {
      fields.text("word", word.toString());
    }
    return fields.end();
  }

  private void addCommands(Fields fields) {
    var run = recipe.run();
    fields.count("run", run == null ? 0 : 1);
    if (run != null) {
      fields.text("shell", run);
    }
    var setup = recipe.setup();
    fields.count("setup", setup == null ? 0 : 1);
    if (setup != null) {
      fields.text("shell", setup).texts("variables", recipe.setupVariables());
      memory.part("setup", new Fields().text("shell", setup).end());
    }
  }

  private void addShared(Fields fields) throws IOException {
    fields.count("files", recipe.shared().size());
    for (var file : byName()) {
      var content = content(file.content(), 0, file.content().size(), false);
      shared.add(content);
      fields
          .text("name", file.name())
          .count("executable", file.executable() ? 1 : 0)
          .digest("content", content);
      memory.file(
          file.name(),
          new Fields().count("executable", file.executable() ? 1 : 0).digest("", content).end());
    }
  }

  private List<SharedFile> byName() {
    return recipe.shared().stream().sorted(Comparator.comparing(SharedFile::name)).toList();
  }

  /**
   * Asked after the shared files were sent to a provider, and at the end.
   *
   * @throws ChangedInputException if one of them is not what the keys were made of
   */
  public void requireShared() throws IOException {
    var before = shared.iterator();
    for (var file : byName()) {
      var content = content(file.content(), 0, file.content().size(), true);
      if (!content.equals(before.next())) {
        throw new ChangedInputException(file.content().file());
      }
    }
  }

  private void addOut(Fields fields) {
    var out = recipe.out();
    var kind = "";
    var text = "";
    if (out instanceof OutSpec.One one) {
      kind = "one";
      text = one.suffix();
    } else if (out instanceof OutSpec.Named named) {
      kind = "named";
      text = named.name();
    } else if (out instanceof OutSpec.Many many) {
      kind = "many";
      text = many.glob();
    } else {
      throw new AssertionError(out);
    }
    fields.text("out", kind).text("name", text);
    memory.part("out", new Fields().text("out", kind).text("name", text).end());
  }

  /**
   * A digest of all that a fragment has in common with those of equal content. Digests what it
   * reads, unless the command does not.
   *
   * @param judged the variables that {@code accept} names, by name
   * @throws IOException if an input cannot be read
   */
  public Digest content(FragmentWork work, Map<String, String> judged) throws IOException {
    return content(work, judged, false);
  }

  /**
   * @param again whether it is asked for the second time
   */
  private Digest content(FragmentWork work, Map<String, String> judged, boolean again)
      throws IOException {
    var fields = new Fields().digest("stage", stage).texts("variables", work.variables());
    fields.texts("judged", judged);
    fields.count("argv", work.argv().size());
    for (var word : work.argv()) {
      fields.text("word", word);
    }
    var shape = usesInput(work) ? work.shape() : InputShape.NONE;
    fields.text("in", shape.name());
    if (shape == InputShape.NONE) {
      return fields.end();
    }
    if (shape == InputShape.FILE) {
      fields.text("suffix", work.inSuffix());
    }
    fields.count("pieces", work.pieces().size());
    for (var piece : work.pieces()) {
      add(fields, shape, piece, again);
    }
    return fields.end();
  }

  /** Whether it is sent its input at all. */
  private boolean usesInput(FragmentWork work) {
    return recipe.usesIn() || work.argv().stream().anyMatch(word -> word.contains(FragmentWork.IN));
  }

  private void add(Fields fields, InputShape shape, Piece piece, boolean again) throws IOException {
    if (piece instanceof Piece.Literal literal) {
      fields.text("literal", literal.text());
      return;
    }
    if (!(piece instanceof Piece.Slice slice)) {
      throw new AssertionError(piece);
    }
    var file = slice.file();
    var content = content(file, slice.offset(), slice.length(), again);
    if (shape == InputShape.FOLDER) {
      fields.text("path", file.path());
    }
    fields.digest("slice", content);
    if (!again) {
      memory.input(file.path(), slice.offset(), content);
    }
  }

  /**
   * A digest of the content; of a remote file one of the hash that stands for it.
   *
   * @throws ChangedInputException if the file is gone or shorter than it was
   */
  private Digest content(InputFile file, long offset, long length, boolean again)
      throws IOException {
    var remote = file.remote();
    if (remote != null) {
      return new Fields().text("remote", remote.sha3()).end();
    }
    try {
      return again
          ? files.again(file.file(), file.offset() + offset, length)
          : files.of(file.file(), file.offset() + offset, length);
    } catch (EOFException | NoSuchFileException e) {
      throw new ChangedInputException(file.file());
    }
  }

  /**
   * The key of one of several fragments of equal content: each keeps what it came to, since a
   * command may draw random numbers. The first has the digest of the content for its key.
   *
   * @param before how many come before it
   */
  public static Digest key(Digest content, int before) {
    return Lineage.repeated(content, before);
  }

  /** The key of a fragment whose place among those of equal content is not known. */
  public static Digest key(Digest content, Digest lineage) {
    return new Fields().digest("content", content).digest("lineage", lineage).end();
  }

  /** The key under which a result is kept that was checked in one way or another. */
  public static Digest verified(Digest key) {
    return new Fields().digest("confirmed", key).end();
  }

  /**
   * The content of a fragment now: asked before its result is used, since somebody may have changed
   * a file after it was digested and before it was sent.
   *
   * @throws ChangedInputException if a file is gone or shorter than it was
   */
  public Digest contentNow(FragmentWork work, Map<String, String> judged) throws IOException {
    return content(work, judged, true);
  }

  /** What the next run is to compare itself with, of the fragments that were given keys so far. */
  public StageMemory memory() {
    return memory.end();
  }
}
