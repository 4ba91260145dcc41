/** Earlier runs: listed, looked at, settled and cleared away. */
@NullMarked
package org.golempipeline.cli.history;

import org.jspecify.annotations.NullMarked;
