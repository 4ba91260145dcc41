package org.golempipeline.gvmi;

import java.nio.file.Path;

/**
 * An image whose file system lies unpacked on this machine, to be read by many at once and changed
 * by nobody.
 *
 * @param root its root folder, by its real path
 */
public record UnpackedImage(Path root, ImageConfiguration configuration) {}
