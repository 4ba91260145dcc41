package org.golempipeline.oci;

import com.google.cloud.tools.jib.api.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.golempipeline.gvmi.ImageException;
import org.jspecify.annotations.Nullable;

/** What an image can be made of. */
public sealed interface ImageSource {
  /** Of a text that no registry is meant by. */
  Pattern LIKE_A_FILE = Pattern.compile("^/|/$|\\.(tar|tgz|gvmi|tar\\.[a-z0-9]+)$");

  /**
   * What {@code text} means for a person in {@code folder}: what lies there, else a reference.
   *
   * @param logins with which a registry is asked
   * @throws ImageException if it is neither
   */
  static ImageSource of(String text, Path folder, RegistryLogins logins) throws ImageException {
    var path = path(text, folder);
    if (path != null && Files.exists(path)) {
      return local(path);
    }
    if (text.startsWith(".") || LIKE_A_FILE.matcher(text).find()) {
      throw new ImageException(
          "There is no file or folder `%s`.".formatted(text),
          "Paths are relative to `%s`.".formatted(folder));
    }
    return reference(text, logins);
  }

  private static @Nullable Path path(String text, Path folder) {
    try {
      return folder.resolve(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** A folder or a file of this machine. */
  static ImageSource local(Path place) throws ImageException {
    var path = place.toAbsolutePath().normalize();
    if (Files.isRegularFile(path)) {
      return new Archive(path);
    }
    if (Files.isRegularFile(path.resolve("oci-layout"))) {
      return new Layout(path);
    }
    if (Files.isRegularFile(path.resolve("Dockerfile"))
        || Files.isRegularFile(path.resolve("Containerfile"))) {
      return new Dockerfile(path);
    }
    if (Files.isDirectory(path)) {
      throw new ImageException(
          "The folder `%s` has neither a `Dockerfile` nor an `oci-layout`.".formatted(path),
          "Give a folder with a Dockerfile, an OCI layout, a tar, or a reference such as"
              + " `debian:bookworm-slim`.");
    }
    throw Files.exists(path)
        ? new ImageException(
            "`%s` is neither a file nor a folder.".formatted(path),
            "It is read several times: write it into a file first.")
        : new ImageException(
            "There is no file or folder `%s`.".formatted(path),
            "Give a folder with a Dockerfile, an OCI layout, a tar, or a reference such as"
                + " `debian:bookworm-slim`.");
  }

  /** An image in a registry: {@code [host/]name[:tag][@digest]}. */
  static ImageSource reference(String text, RegistryLogins logins) throws ImageException {
    return new Reference(Registry.parse(text), logins);
  }

  /**
   * The digest of what it is now, {@code sha256:…}: of files by their content, of a reference as
   * its registry says. Blocks.
   */
  String digest() throws IOException, ImageException, InterruptedException;

  /** The same source, as it was when it had this digest, where that can be had again. */
  default ImageSource pinned(String digest) {
    return this;
  }

  /** Whether the same digest always makes the same image: not if a Dockerfile's commands run. */
  default boolean isContent() {
    return true;
  }

  /** A folder that a container engine builds an image of. */
  record Dockerfile(Path folder) implements ImageSource {
    @Override
    public String digest() throws IOException {
      return Digests.ofFolder(folder);
    }

    @Override
    public boolean isContent() {
      return false;
    }

    @Override
    public String toString() {
      return folder.toString();
    }
  }

  /** An OCI layout in a folder. */
  record Layout(Path folder) implements ImageSource {
    @Override
    public String digest() throws IOException {
      return Digests.ofFolder(folder);
    }

    @Override
    public String toString() {
      return folder.toString();
    }
  }

  /** A tar: what {@code docker save} writes, an OCI layout, or a file system. */
  record Archive(Path file) implements ImageSource {
    @Override
    public String digest() throws IOException {
      return Digests.ofFile(file);
    }

    @Override
    public String toString() {
      return file.toString();
    }
  }

  /** In a registry. */
  final class Reference implements ImageSource {
    private final ImageReference reference;
    private final RegistryLogins logins;

    private Reference(ImageReference reference, RegistryLogins logins) {
      this.reference = reference;
      this.logins = logins;
    }

    @Override
    public String digest() throws ImageException, InterruptedException {
      return registry().digest();
    }

    @Override
    public ImageSource pinned(String digest) {
      return new Reference(
          ImageReference.of(
              reference.getRegistry(),
              reference.getRepository(),
              reference.getTag().orElse(null),
              digest),
          logins);
    }

    Registry registry() {
      return new Registry(reference, logins);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Reference same && same.reference.equals(reference);
    }

    @Override
    public int hashCode() {
      return reference.hashCode();
    }

    @Override
    public String toString() {
      return reference.toString();
    }
  }
}
