/** Jars of Maven repositories: the home of Maven's resolver. */
@NullMarked
package org.golempipeline.maven;

import org.jspecify.annotations.NullMarked;
