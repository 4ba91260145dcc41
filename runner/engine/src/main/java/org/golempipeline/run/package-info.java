/** Executes a plan: scheduler, rentals, returned outputs, merges, publication. */
@NullMarked
package org.golempipeline.run;

import org.jspecify.annotations.NullMarked;
