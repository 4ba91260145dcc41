/** Commands about one pipeline: check, plan, run, rehearse, repeat a fragment. */
@NullMarked
package org.golempipeline.cli.run;

import org.jspecify.annotations.NullMarked;
