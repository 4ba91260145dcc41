package org.golempipeline.document;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Source;

/**
 * A YAML text as a located tree. Hides the YAML library, its YAML 1.1 habits and its way of
 * counting; refuses what has no place in a pipeline file (tags, merge keys, several documents) and
 * whatever would make a small text explode.
 *
 * @param root the tree, absent if the text could not be read to its end. It may be there in spite
 *     of errors: what is wrong has then been left out, so that the rest can be checked
 */
public record Document(Source source, Optional<Node> root, List<Diagnostic> diagnostics) {
  public Document {
    diagnostics = List.copyOf(diagnostics);
  }

  /**
   * Reads UTF-8 text, with or without byte order mark.
   *
   * @param name how the user calls the file
   */
  public static Document read(byte[] bytes, String name) {
    return Reader.read(bytes, name, false);
  }

  /** The same for a file that another includes: every range says that it is of this one. */
  public static Document readIncluded(byte[] bytes, String name) {
    return Reader.read(bytes, name, true);
  }

  /**
   * The text laid out anew with the same values; empty if it is written in a form that cannot be.
   * Nothing may be wrong with the document.
   *
   * @param order the keys of the mapping at a path in their order; none leaves them as they are
   */
  public Optional<String> formatted(Function<List<String>, List<String>> order) {
    return Formatter.format(this, order);
  }
}
