/**
 * The lock file beside a pipeline file: what names in it stand for, kept in version control. Knows
 * its form only; what an image or a plugin is, others know.
 */
@NullMarked
package org.golempipeline.lock;

import org.jspecify.annotations.NullMarked;
