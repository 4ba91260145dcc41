/** What people and tools see of a run, made from its events. */
@NullMarked
package org.golempipeline.report;

import org.jspecify.annotations.NullMarked;
