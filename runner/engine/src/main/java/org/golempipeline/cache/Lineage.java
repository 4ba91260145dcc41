package org.golempipeline.cache;

import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Piece;

/**
 * Digests of where fragments come from, whatever they read there: what tells those apart that have
 * the same content. A change of a command, or of a file's content, leaves them as they are, and so
 * does a fragment that is put between others.
 */
public final class Lineage {
  private Lineage() {}

  /**
   * Of a fragment that the split made.
   *
   * @param matrix its variables of the matrix
   */
  public static Digest of(Fragment fragment, Map<String, String> matrix) {
    var fields = new Fields().texts("variables", fragment.variables()).texts("matrix", matrix);
    for (var piece : fragment.pieces()) {
      if (piece instanceof Piece.Literal literal) {
        fields.text("literal", literal.text());
      } else if (piece instanceof Piece.Slice slice) {
        fields.text("path", slice.file().path()).count("offset", slice.offset());
      } else {
        throw new AssertionError(piece);
      }
    }
    return fields.end();
  }

  /**
   * Of a fragment that follows another.
   *
   * @param from which of the stages that it follows that one belongs to
   */
  public static Digest following(int from, Digest other, Map<String, String> matrix) {
    return new Fields().count("from", from).digest("follows", other).texts("matrix", matrix).end();
  }

  /** Of a node that combines others. */
  public static Digest combining(List<Digest> others) {
    var fields = new Fields().count("combines", others.size());
    others.forEach(other -> fields.digest("", other));
    return fields.end();
  }

  /** Of one among several that have the same, by how many of them come before it. */
  public static Digest repeated(Digest lineage, int before) {
    return before == 0 ? lineage : new Fields().digest("repeats", lineage).count("", before).end();
  }
}
