/** Images that pipelines name: made, got, looked at and tried. */
@NullMarked
package org.golempipeline.cli.images;

import org.jspecify.annotations.NullMarked;
