/** Whether this machine and its network are as they should be. */
@NullMarked
package org.golempipeline.cli.doctor;

import org.jspecify.annotations.NullMarked;
