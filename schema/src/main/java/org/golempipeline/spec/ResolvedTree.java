package org.golempipeline.spec;

import java.util.Map;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;

/**
 * The file with the values of its params put in.
 *
 * @param open scalars, by identity, that still hold names: of values known only during the run, or
 *     of things that were found wrong and reported
 */
record ResolvedTree(Mapping root, Map<Node, Template> open) {}
