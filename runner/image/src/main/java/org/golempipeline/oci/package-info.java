/**
 * Makes VM images of container images: of a Dockerfile, of what container engines save, of a
 * registry's, of a file system in a tar. Knows no pipeline.
 */
@NullMarked
package org.golempipeline.oci;

import org.jspecify.annotations.NullMarked;
