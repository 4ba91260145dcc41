package org.golempipeline.spec;

import java.net.URI;

/** Which VM image the providers run. */
public sealed interface ImageRef {
  /** {@code user/name:tag} in the registry. */
  record Tag(String tag) implements ImageRef {
    @Override
    public String toString() {
      return tag;
    }
  }

  /** SHA3-224 of the image file, in hex. */
  record Hash(String sha3) implements ImageRef {
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
}
