/**
 * VM image files of Golem: their form, what is in them, and where this machine keeps them. Knows no
 * pipeline and no network.
 */
@NullMarked
package org.golempipeline.gvmi;

import org.jspecify.annotations.NullMarked;
