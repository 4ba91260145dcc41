/** Runs that go on elsewhere: watching them, ending them, and letting go of the terminal. */
@NullMarked
package org.golempipeline.cli.live;

import org.jspecify.annotations.NullMarked;
