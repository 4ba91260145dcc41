package org.golempipeline.oci;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.Squashfs;
import org.golempipeline.gvmi.StoredImage;
import org.golempipeline.gvmi.StoredImage.Origin;

/**
 * Makes VM images. The layers of a source become one squashfs, without root and without a copy of
 * the files on a disk; the same layers make the same bytes on every machine. An image that declares
 * no volume gets {@code /golem/work}, where files can be transferred to.
 */
public final class ImageBuilder {
  /** 64 GiB: more than a provider has room for. */
  public static final long LARGEST = 64L << 30;

  private static final String VOLUME = "/golem/work";

  private final ImageStore store;
  private final long largest;
  private final Consumer<String> progress;

  /**
   * Puts images into {@code store}.
   *
   * @param largest how many bytes an image may have unpacked
   * @param progress gets a line for each thing that takes its time, on the thread that builds
   */
  public ImageBuilder(ImageStore store, long largest, Consumer<String> progress) {
    this.store = store;
    this.largest = largest;
    this.progress = progress;
  }

  /**
   * An image that was made of the source as it is now, or has this digest in the store; makes it if
   * there is none. Blocks.
   */
  public StoredImage get(ImageSource source)
      throws IOException, ImageException, InterruptedException {
    var digest = source.digest();
    var made = store.madeOf(digest);
    return made.isPresent() ? made.get() : build(source, digest);
  }

  /**
   * Makes an image, for as long as that takes. A Dockerfile is built again; what can only come out
   * the same is taken from the store.
   */
  public StoredImage build(ImageSource source)
      throws IOException, ImageException, InterruptedException {
    return source.isContent() ? get(source) : build(source, source.digest());
  }

  private StoredImage build(ImageSource source, String digest)
      throws IOException, ImageException, InterruptedException {
    try (var scratch = store.newScratch()) {
      var image = read(source.pinned(digest), scratch.folder()).withVolume(VOLUME);
      sayUser(image.configuration());
      var flattener = new Flattener(image, largest);
      var count = image.layers().size();
      progress.accept("reading %d %s".formatted(count, count == 1 ? "layer" : "layers"));
      flattener.survey();
      for (var volume : flattener.hiding()) {
        progress.accept(
            ("`VOLUME %s`: nothing of what the image has there is seen by programs, for whom volumes"
                    + " are empty at first")
                .formatted(volume));
      }
      progress.accept("writing the file system");
      var part = scratch.image();
      Squashfs.write(part, flattener.latest(), flattener::write);
      GvmiFile.seal(part, image.configuration());
      return store.add(
          part,
          GvmiFile.hash(part),
          new Origin(source.toString(), Optional.of(digest)),
          layers(image, flattener));
    }
  }

  private ContainerImage read(ImageSource source, Path scratch)
      throws IOException, ImageException, InterruptedException {
    if (source instanceof ImageSource.Dockerfile dockerfile) {
      var built = Engine.build(dockerfile.folder(), scratch, progress);
      return Archives.ofTar(built, scratch, largest);
    }
    if (source instanceof ImageSource.Archive archive) {
      return Archives.ofTar(archive.file(), scratch, largest);
    }
    if (source instanceof ImageSource.Layout layout) {
      return Archives.ofFolder(layout.folder());
    }
    if (source instanceof ImageSource.Reference reference) {
      return reference.registry().pull(scratch, progress);
    }
    throw new AssertionError(source);
  }

  /** Providers take `USER` in another way than container engines. */
  private void sayUser(ImageConfiguration configuration) {
    configuration
        .userOfProviders()
        .ifPresentOrElse(
            numbers ->
                progress.accept(
                    ("`USER %s`: providers run programs as that user, who mostly may not write into"
                            + " volumes; `USER 0:0` at the end of the Dockerfile avoids that")
                        .formatted(numbers)),
            () ->
                configuration
                    .user()
                    .filter(name -> !name.matches("(root|0)(:(root|0))?"))
                    .ifPresent(
                        name ->
                            progress.accept(
                                ("`USER %s`: providers run programs as root, since only numbers"
                                        + " such as `1000:1000` say another user there")
                                    .formatted(name))));
  }

  private static List<StoredImage.Layer> layers(ContainerImage image, Flattener read) {
    var layers = new ArrayList<StoredImage.Layer>();
    for (var step : image.steps()) {
      layers.add(new StoredImage.Layer(step.digest(), read.size(layers.size()), step.command()));
    }
    return layers;
  }
}
