package org.golempipeline.spec;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which VM image the providers run. */
public sealed interface ImageRef {
  /** What {@code image: text} means in a pipeline file; empty if it has none of the forms. */
  static Optional<ImageRef> of(String text) {
    var hash = Hash.FORM.matcher(text);
    if (hash.matches()) {
      return Optional.of(new Hash(hash.group(1).toLowerCase(Locale.ROOT)));
    }
    if (text.endsWith(".gvmi") || text.startsWith("./") || text.startsWith("/")) {
      return Optional.of(new Local(text));
    }
    return Tag.FORM.matcher(text).matches() ? Optional.of(new Tag(text)) : Optional.empty();
  }

  /** {@code user/name:tag} in the registry. */
  record Tag(String tag) implements ImageRef {
    private static final Pattern FORM =
        Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*:[A-Za-z0-9._-]+");

    @Override
    public String toString() {
      return tag;
    }
  }

  /** SHA3-224 of the image file, in hex. */
  record Hash(String sha3) implements ImageRef {
    private static final Pattern FORM = Pattern.compile("(?:sha3:)?([0-9a-fA-F]{56})");

    @Override
    public String toString() {
      return sha3;
    }
  }

  /** Anywhere on the web, with its SHA3-224 in hex. */
  record Url(URI url, String sha3) implements ImageRef {
    @Override
    public String toString() {
      return url.toString();
    }
  }

  /** A file on this machine, relative to the pipeline file. */
  record Local(String path) implements ImageRef {
    @Override
    public String toString() {
      return path;
    }
  }

  /** Made of something on this machine, relative to the pipeline file; mostly a Dockerfile's. */
  record Build(String path) implements ImageRef {
    @Override
    public String toString() {
      return path;
    }
  }

  /** Made of a container image in a registry, {@code [host/]name[:tag][@digest]}. */
  record Oci(String reference) implements ImageRef {
    @Override
    public String toString() {
      return reference;
    }
  }
}
