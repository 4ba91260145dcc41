package org.golempipeline.cli.images;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.StoredImage;
import org.golempipeline.gvmi.StoredImage.Origin;
import org.golempipeline.pipeline.Refusal;

/** What people call the images on this machine. */
final class StoredImages {
  /** As many digits of a hash as are printed. */
  static final int SHOWN = 12;

  private static final int LEAST_DIGITS = 4;

  private StoredImages() {}

  /** The image of this name. */
  static StoredImage named(ImageStore store, String name, Console console)
      throws Refusal, IOException {
    return find(store, name, console)
        .orElseThrow(
            () ->
                Refusal.usage(
                    "There is no image `%s` on this machine.".formatted(name),
                    "`golem-pipeline image list` says what there is."));
  }

  /** The image that was made of this, or whose hash begins so. */
  static Optional<StoredImage> find(ImageStore store, String name, Console console)
      throws Refusal, IOException {
    var digits = name.toLowerCase(Locale.ROOT).replaceFirst("^sha3:", "");
    var isHash = digits.matches("[0-9a-f]{" + LEAST_DIGITS + ",56}");
    var path = path(name, console);
    List<StoredImage> all = store.list();
    for (var image : all) {
      if (image.origins().stream()
          .anyMatch(each -> each.name().equals(name) || each.name().equals(path))) {
        return Optional.of(image);
      }
    }
    var fitting = all.stream().filter(image -> isHash && image.sha3().startsWith(digits)).toList();
    if (fitting.size() > 1) {
      throw Refusal.usage(
          "The hashes of %d images begin with `%s`.".formatted(fitting.size(), name),
          "Give more of its digits.");
    }
    return fitting.stream().findFirst();
  }

  /** Files and folders are known by their whole path. */
  private static String path(String name, Console console) {
    try {
      return console.folder().resolve(name).normalize().toString();
    } catch (InvalidPathException e) {
      return name;
    }
  }

  /** Where it came from, for people. */
  static String origins(StoredImage image, Console console) {
    return image.origins().isEmpty()
        ? "?"
        : String.join(", ", image.origins().stream().map(each -> shown(each, console)).toList());
  }

  private static String shown(Origin origin, Console console) {
    return origin.name().startsWith("/") ? console.shown(Path.of(origin.name())) : origin.name();
  }
}
