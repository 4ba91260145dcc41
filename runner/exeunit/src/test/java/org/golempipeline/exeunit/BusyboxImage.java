package org.golempipeline.exeunit;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.ImageScratch;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.Squashfs;
import org.golempipeline.gvmi.StoredImage;
import org.golempipeline.gvmi.UnpackedImage;

/** An unpacked image with nothing in it but a static busybox, made in a test. */
final class BusyboxImage {
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/bin/busybox"), Path.of("/bin/busybox"));
  private static final List<String> NAMES =
      List.of(
          ("cat chmod dd echo env id kill ln ls mkdir mount nc ps pwd readlink rm "
                  + "setsid sh sleep tar touch umount wc")
              .split(" "));

  private BusyboxImage() {}

  /** Leaves the test out where there is no busybox, or programs cannot run inside images. */
  static UnpackedImage in(Path folder, List<String> env, List<String> volumes) throws IOException {
    assumeThat(Containers.obstacle()).as("what keeps programs from running in images").isEmpty();
    Optional<Path> busybox = PLACES.stream().filter(Files::isExecutable).findFirst();
    assumeThat(busybox).as("busybox-static").isPresent();
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Files.copy(busybox.get(), bin.resolve("busybox"));
    for (String name : NAMES) {
      Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
    }
    Files.createDirectories(folder.resolve("etc"));
    Files.writeString(folder.resolve("etc/image"), "of the image\n");
    return new UnpackedImage(
        folder.toRealPath(),
        new ImageConfiguration(
            env, Optional.empty(), volumes, Optional.empty(), List.of(), List.of()));
  }

  /** Makes a VM image of it, and answers its hash. */
  static String store(UnpackedImage image, ImageStore store) throws Exception {
    try (ImageScratch scratch = store.newScratch()) {
      Path part = scratch.image();
      Squashfs.write(
          part,
          0,
          target ->
              new ProcessBuilder("tar", "-C", image.root().toString(), "-cf", "-", ".")
                  .start()
                  .getInputStream()
                  .transferTo(target));
      GvmiFile.seal(part, image.configuration());
      String sha3 = GvmiFile.hash(part);
      store.add(part, sha3, StoredImage.Origin.of("busybox"), List.of());
      return sha3;
    }
  }
}
