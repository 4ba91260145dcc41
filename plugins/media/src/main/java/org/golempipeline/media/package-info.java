/** Video segments as fragments and their concatenation, by {@code ffmpeg} on this machine. */
@NullMarked
package org.golempipeline.media;

import org.jspecify.annotations.NullMarked;
