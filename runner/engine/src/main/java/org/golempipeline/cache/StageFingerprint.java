package org.golempipeline.cache;

import java.io.IOException;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.jspecify.annotations.Nullable;

/**
 * Stands for all that the result of a stage depends on, without a look at any content: the same
 * fingerprint means the same fragments, and the same result of each. Files count by what the system
 * says of them, so a file that was only touched gives another fingerprint; then the content keys
 * still tell.
 */
public final class StageFingerprint {
  private final Fields fields = new Fields();
  private final Instant begin;
  private final Map<InputFile, Integer> numbers = new IdentityHashMap<>();
  private final InputStamps stamps;
  private boolean known = true;

  /**
   * @param stamps gets what the system says of the files
   */
  public StageFingerprint(ContentKeys keys, InputStamps stamps) {
    this.stamps = stamps;
    this.begin = keys.clock().instant();
    fields.digest("stage", keys.common()).digest("run", keys.command());
  }

  /** Something that the fragments or the merge depend on. */
  public StageFingerprint text(String tag, String text) {
    fields.text(tag, text);
    return this;
  }

  /** The files that are split, in order. */
  public StageFingerprint inputs(List<InputFile> inputs) throws IOException {
    fields.count("inputs", inputs.size());
    for (var input : inputs) {
      input(input);
    }
    return this;
  }

  private void input(InputFile input) throws IOException {
    numbers.put(input, numbers.size());
    fields.text("path", input.path());
    var remote = input.remote();
    if (remote != null) {
      fields.text("remote", remote.sha3());
      return;
    }
    var stamp = FileStamp.of(input.file());
    stamps.add(input.file(), stamp);
    known &= !stamp.isRacy(begin);
    stamp.addTo(fields);
    fields.counts("range", input.offset(), input.size());
  }

  /** What the split made: it may have looked at more than its inputs, such as a table. */
  public StageFingerprint fragments(Fragments fragments) throws IOException {
    fields.count("fragments", fragments.count());
    for (var i = 0; i < fragments.count(); i++) {
      var fragment = fragments.get(i);
      fields.texts("variables", fragment.variables());
      fields.count("pieces", fragment.pieces().size());
      for (var piece : fragment.pieces()) {
        if (piece instanceof Piece.Literal literal) {
          fields.text("literal", literal.text());
        } else if (piece instanceof Piece.Slice slice) {
          slice(slice);
        }
      }
    }
    return this;
  }

  private void slice(Piece.Slice slice) throws IOException {
    var number = numbers.get(slice.file());
    if (number == null) {
      number = numbers.size();
      input(slice.file());
    }
    fields.counts("slice", number, slice.offset(), slice.length());
  }

  /**
   * A stage that is read, by what its result depends on; null if that is not known. What its files
   * are called follows from that.
   */
  public StageFingerprint upstream(@Nullable String other) {
    known &= other != null;
    fields.text("upstream named by output", String.valueOf(other));
    return this;
  }

  /** The key under which the merged file of a stage with this fingerprint is kept. */
  public static Digest merged(String fingerprint) {
    return new Fields().text("merged", fingerprint).end();
  }

  /** In hexadecimal digits; empty if something may change without a difference to be seen. */
  public Optional<String> end() {
    return known ? Optional.of(fields.end().toString()) : Optional.empty();
  }
}
