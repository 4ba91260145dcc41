/** Builds the object graph of commands: files, folders, nodes, connections. */
@NullMarked
package org.golempipeline.cli.wiring;

import org.jspecify.annotations.NullMarked;
