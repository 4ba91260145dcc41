package org.golempipeline.gvmi;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.golempipeline.filelock.SystemLock;
import org.golempipeline.gvmi.StoredImage.Origin;
import org.golempipeline.plainfile.LeftFiles;

/**
 * The images that a user has on this machine: a folder with a file {@code <sha3>.gvmi} for each,
 * and the file systems of those that were unpacked. What is in it is whole: files and folders
 * appear by rename, and what a killed process left behind is never used. Many threads and processes
 * may use one folder; whoever needs what another is about to make waits for it. An image that was
 * unpacked is kept from being removed until the store is closed, or its process dies.
 */
public final class ImageStore implements AutoCloseable {
  private static final Pattern SHA3 = Pattern.compile("[0-9a-f]{56}");
  private static final String SUFFIX = ".gvmi";
  private static final String PART = ".part";

  /** A part that nobody has written to for so long is of somebody who died. */
  private static final Duration LONGEST_SILENCE = Duration.ofDays(1);

  private final Path folder;
  private final Clock clock;
  private final Map<String, SystemLock> used = new HashMap<>();

  /** The folder is made when something is put into it. */
  public ImageStore(Path folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /** Gets an image. */
  @FunctionalInterface
  public interface Download<X extends Exception> {
    /**
     * Writes an image into a file, and checks its hash.
     *
     * @param part may hold what an earlier download had written when it ended
     */
    void into(Path part) throws X, IOException, InterruptedException;
  }

  /** An image of this hash, if it is here. Finding it counts as using it. */
  public Optional<StoredImage> find(String sha3) throws IOException {
    var found = look(sha3);
    if (found.isPresent()) {
      touch(found.get().file());
    }
    return found;
  }

  /** The image that a name means, if it is here. */
  public Optional<StoredImage> named(String name) throws IOException {
    for (var image : list()) {
      if (image.origins().stream().anyMatch(each -> each.name().equals(name))) {
        return find(image.sha3());
      }
    }
    return Optional.empty();
  }

  /** The image that was made of content of this digest, if it is here. */
  public Optional<StoredImage> madeOf(String digest) throws IOException {
    for (var image : list()) {
      if (image.origins().stream().anyMatch(each -> each.digest().equals(Optional.of(digest)))) {
        return find(image.sha3());
      }
    }
    return Optional.empty();
  }

  /**
   * The image of a file that lies elsewhere, of which a copy is kept. A file that looks as it did
   * when it was copied, by size, time and inode, is not read again.
   */
  public StoredImage copyOf(Path file) throws IOException, NotAnImageException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new NotAnImageException("is no file");
    }
    var seen = Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime");
    var digest = "file " + new TreeMap<>(seen);
    var known = madeOf(digest);
    if (known.isPresent()) {
      return known.get();
    }
    try (var scratch = newScratch()) {
      var part = Files.copy(file, scratch.image());
      var name = file.toAbsolutePath().normalize().toString();
      return add(
          part, GvmiFile.read(part).sha3(), new Origin(name, Optional.of(digest)), List.of());
    }
  }

  /** All images, the last used first. */
  public List<StoredImage> list() throws IOException {
    var images = new ArrayList<StoredImage>();
    if (Files.isDirectory(folder)) {
      try (var files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
        for (var file : files) {
          var name = String.valueOf(file.getFileName());
          var sha3 = name.substring(0, name.length() - SUFFIX.length());
          if (SHA3.matcher(sha3).matches()) {
            look(sha3).ifPresent(images::add);
          }
        }
      }
    }
    images.sort(
        Comparator.comparing(StoredImage::lastUse).reversed().thenComparing(StoredImage::sha3));
    return images;
  }

  private Optional<StoredImage> look(String sha3) throws IOException {
    var file = file(sha3);
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      var notes = ImageNotes.read(notes(sha3));
      return Optional.of(
          new StoredImage(
              sha3,
              file,
              attributes.size(),
              notes.origins(),
              notes.layers(),
              Files.isDirectory(unpacked(sha3)) ? notes.unpacked() : Optional.empty(),
              attributes.lastModifiedTime().toInstant()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** A folder for an image in the making; what was left by those who died is removed. */
  public ImageScratch newScratch() throws IOException {
    Files.createDirectories(folder);
    removeLeftOvers();
    return ImageScratch.open(folder);
  }

  /**
   * Moves an image into the store.
   *
   * @param layers that it was made of, if that is known
   */
  public StoredImage add(Path part, String sha3, Origin origin, List<StoredImage.Layer> layers)
      throws IOException {
    try (var writing = SystemLock.exclusive(makingOf("notes"))) {
      publish(part, sha3);
      note(sha3, origin);
      if (!layers.isEmpty()) {
        ImageNotes.read(notes(sha3)).withLayers(layers).write(notes(sha3));
      }
    }
    return find(sha3).orElseThrow(() -> new NoSuchFileException(file(sha3).toString()));
  }

  /**
   * Sees to it that an image is here; whoever comes second waits for the first.
   *
   * @return whether it had to be downloaded
   */
  public <X extends Exception> boolean fetch(String sha3, Origin origin, Download<X> download)
      throws X, IOException, InterruptedException {
    var here = find(sha3).isPresent();
    if (!here) {
      Files.createDirectories(folder);
      removeLeftOvers();
      try (var making = SystemLock.exclusive(makingOf(sha3))) {
        here = find(sha3).isPresent();
        if (!here) {
          var part = folder.resolve(sha3 + PART);
          download.into(part);
          publish(part, sha3);
        }
      }
    }
    try (var writing = SystemLock.exclusive(makingOf("notes"))) {
      note(sha3, origin);
    }
    return !here;
  }

  private void publish(Path part, String sha3) throws IOException {
    try (var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-r--r--"));
    touch(part);
    Files.move(part, file(sha3), StandardCopyOption.ATOMIC_MOVE);
    force(folder);
  }

  /** A name means one image: an older one loses it. */
  private void note(String sha3, Origin origin) throws IOException {
    for (var image : list()) {
      var known = ImageNotes.read(notes(image.sha3()));
      var now = image.sha3().equals(sha3) ? known.with(origin) : known.without(origin.name());
      if (!now.equals(known)) {
        now.write(notes(image.sha3()));
      }
    }
  }

  /**
   * The file system of an image, which is unpacked the first time. Its files belong to whoever
   * unpacked it, root among them; devices, extended attributes and what lets a program run as
   * somebody else are left out.
   */
  public UnpackedImage unpack(String sha3)
      throws IOException, ImageException, InterruptedException {
    var use = SystemLock.shared(lockOf(sha3));
    var kept = false;
    try {
      var image =
          find(sha3)
              .orElseThrow(
                  () ->
                      new ImageException(
                          "There is no image `%s` in `%s`.".formatted(sha3, folder),
                          "Build or pull it again."));
      var configuration = configuration(image.file());
      try (var making = SystemLock.exclusive(makingOf(sha3))) {
        if (!Files.isDirectory(unpacked(sha3))) {
          unpackNow(sha3);
        }
      }
      kept = keep(sha3, use);
      return new UnpackedImage(unpacked(sha3).resolve("root").toRealPath(), configuration);
    } finally {
      if (!kept) {
        use.close();
      }
    }
  }

  private synchronized boolean keep(String sha3, SystemLock lock) {
    return used.putIfAbsent(sha3, lock) == null;
  }

  private static ImageConfiguration configuration(Path file) throws IOException, ImageException {
    try {
      return GvmiFile.configuration(file);
    } catch (NotAnImageException e) {
      throw new ImageException(
          "`%s` %s.".formatted(file, e.getMessage()), "Remove it, and build or pull it again.", e);
    }
  }

  private void unpackNow(String sha3) throws IOException, ImageException, InterruptedException {
    var file = file(sha3);
    var all = Files.createDirectories(folder.resolve("unpacked"));
    Files.setPosixFilePermissions(all, PosixFilePermissions.fromString("rwx------"));
    removeParts(sha3);
    var listing = Squashfs.list(file);
    var room = Files.getFileStore(all).getUsableSpace();
    if (listing.bytes() > room) {
      throw new ImageException(
          "The image `%s` needs %d MB unpacked, and `%s` has room for %d MB."
              .formatted(sha3, listing.bytes() / 1_000_000, all, room / 1_000_000),
          "Make room there, with `golem-pipeline image rm` for one.");
    }
    var part = Files.createTempDirectory(all, sha3 + "-");
    try {
      var whole = Squashfs.unpack(file, part.resolve("root"));
      var seen = UnpackedFiles.settle(part.resolve("root"));
      if (!whole && seen.entries() != listing.entries()) {
        throw new ImageException(
            "Could not unpack the image `%s`: of its %d files only %d could be made."
                .formatted(sha3, listing.entries(), seen.entries()),
            "Check that the disk of `%s` holds all kinds of files and is not full.".formatted(all));
      }
      try (var writing = SystemLock.exclusive(makingOf("notes"))) {
        ImageNotes.read(notes(sha3)).withUnpacked(seen.bytes()).write(notes(sha3));
      }
      Files.move(part, unpacked(sha3), StandardCopyOption.ATOMIC_MOVE);
      force(all);
    } finally {
      LeftFiles.remove(part);
    }
  }

  /** Removes an image and what was unpacked of it. */
  public void remove(String sha3) throws IOException, ImageException {
    try (var lock =
        SystemLock.tryExclusive(lockOf(sha3))
            .orElseThrow(
                () ->
                    new ImageException(
                        "The image `%s` is in use.".formatted(sha3),
                        "Wait until the runs that work in it have ended."))) {
      Files.deleteIfExists(file(sha3));
      Files.deleteIfExists(notes(sha3));
      if (Files.isDirectory(unpacked(sha3))) {
        Files.move(
            unpacked(sha3),
            unpacked(sha3).resolveSibling(sha3 + "-removed"),
            StandardCopyOption.ATOMIC_MOVE);
      }
      removeParts(sha3);
    }
  }

  /** Lets go of the images that were unpacked: others may remove them now. */
  @Override
  public synchronized void close() throws IOException {
    for (var lock : used.values()) {
      lock.close();
    }
    used.clear();
  }

  private Path file(String sha3) {
    if (!SHA3.matcher(sha3).matches()) {
      throw new IllegalArgumentException("no SHA3-224: " + sha3);
    }
    return folder.resolve(sha3 + SUFFIX);
  }

  private Path notes(String sha3) {
    return folder.resolve(sha3 + ".json");
  }

  private Path unpacked(String sha3) {
    return folder.resolve("unpacked").resolve(sha3);
  }

  /** Shared by those who work in an image. */
  private Path lockOf(String sha3) {
    return folder.resolve("locks").resolve(sha3);
  }

  /** Of the one who downloads, unpacks, or writes something down. */
  private Path makingOf(String what) {
    return folder.resolve("locks").resolve(what + "-making");
  }

  private void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
  }

  private static void force(Path folder) throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static boolean isOlder(Path part, FileTime limit) throws IOException {
    try {
      return Files.getLastModifiedTime(part).compareTo(limit) < 0;
    } catch (NoSuchFileException e) {
      return false; // whoever made it is done with it
    }
  }

  /**
   * What processes left that died while they made or unpacked an image, and downloads that nobody
   * went on with for a day.
   */
  public List<Path> leftOvers() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    var found = new ArrayList<>(ImageScratch.abandoned(folder));
    var old = FileTime.from(clock.instant().minus(LONGEST_SILENCE));
    try (var parts = Files.newDirectoryStream(folder, "*" + PART)) {
      for (var part : parts) {
        if (isOlder(part, old)) {
          found.add(part);
        }
      }
    }
    if (Files.isDirectory(folder.resolve("unpacked"))) {
      try (var parts = Files.newDirectoryStream(folder.resolve("unpacked"), "*-*")) {
        for (var part : parts) {
          var sha3 = String.valueOf(part.getFileName()).split("-", 2)[0];
          if (!SystemLock.isHeld(makingOf(sha3))) {
            found.add(part);
          }
        }
      }
    }
    return found;
  }

  /** Removes {@link #leftOvers}. */
  public void removeLeftOvers() throws IOException {
    for (var each : leftOvers()) {
      try {
        ImageScratch.remove(each);
      } catch (NoSuchFileException e) {
        // Somebody else removes it.
      }
    }
  }

  /** What was half unpacked or half removed; nobody else may be at work on the image. */
  private void removeParts(String sha3) throws IOException {
    var all = folder.resolve("unpacked");
    if (Files.isDirectory(all)) {
      try (var parts = Files.newDirectoryStream(all, sha3 + "-*")) {
        for (var part : parts) {
          LeftFiles.remove(part);
        }
      }
    }
  }
}
