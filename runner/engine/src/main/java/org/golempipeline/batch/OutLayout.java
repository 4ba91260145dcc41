package org.golempipeline.batch;

import org.golempipeline.spec.OutSpec;

/**
 * Where a fragment's output lies in its folder on the provider.
 *
 * @param file path of {@code $out}, or of {@code $outdir} if there are several
 * @param listed what tar is told to pack: the same, or the folder around a name that tar would read
 *     as something else in a list
 * @param folder whether there is a folder {@code out}
 * @param several whether {@code file} is a folder
 */
record OutLayout(String file, String listed, boolean folder, boolean several) {
  static OutLayout of(OutSpec out) {
    if (out instanceof OutSpec.Many) {
      return new OutLayout("out", "out", true, true);
    }
    if (out instanceof OutSpec.Named named) {
      return single("out/" + named.name(), "out/" + named.name());
    }
    if (out instanceof OutSpec.One one) {
      return single("out" + one.suffix(), "out/out" + one.suffix());
    }
    throw new AssertionError(out);
  }

  private static OutLayout single(String plain, String hidden) {
    var isPlain = plain.indexOf('\n') < 0;
    var file = isPlain ? plain : hidden;
    ArchivePaths.requireRelative(file);
    if (file.split("/", -1).length > (file.startsWith("out/") ? 2 : 1)) {
      throw new IllegalArgumentException("not the name of an output file: " + file);
    }
    return new OutLayout(file, isPlain ? file : "out", file.startsWith("out/"), false);
  }

  /** Name of the output file without its folder. */
  String name() {
    return file.substring(file.lastIndexOf('/') + 1);
  }
}
