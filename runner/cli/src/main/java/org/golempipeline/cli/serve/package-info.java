/** What this machine does for others: as a provider, as a node, as a server of files. */
@NullMarked
package org.golempipeline.cli.serve;

import org.jspecify.annotations.NullMarked;
