/**
 * Plugin jars: reads them, checks that they fit, and hands out their strategies, each jar behind a
 * class loader of its own. A jar is loaded only when it is named, on the command line or with its
 * digest in the pipeline's lock file.
 */
@NullMarked
package org.golempipeline.plugins;

import org.jspecify.annotations.NullMarked;
