package org.golempipeline.spec;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;

/**
 * The file with the values of its params put in.
 *
 * @param open scalars, by identity, that still hold names: of values known only during the run, or
 *     of things that were found wrong and reported
 * @param written scalars, by identity, in which a name stood, as they were written
 */
record ResolvedTree(Mapping root, Map<Node, Template> open, Map<Node, Template> written) {

  /** The names in all strings of the file. */
  Set<String> namesInStrings() {
    var names = new TreeSet<String>();
    written.values().forEach(template -> names.addAll(template.names()));
    return names;
  }
}
