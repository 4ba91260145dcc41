/** Where commands and the providers of this machine work, and what killed ones left there. */
@NullMarked
package org.golempipeline.workplace;

import org.jspecify.annotations.NullMarked;
