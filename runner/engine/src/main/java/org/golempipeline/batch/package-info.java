/**
 * What goes to a provider for several fragments at once and what comes back: archives that are
 * never staged, and the driver that runs the fragments there.
 */
@NullMarked
package org.golempipeline.batch;

import org.jspecify.annotations.NullMarked;
