/** A network of released yagna daemons on this machine, for tests and measurements. */
@NullMarked
package org.golempipeline.lab;

import org.jspecify.annotations.NullMarked;
