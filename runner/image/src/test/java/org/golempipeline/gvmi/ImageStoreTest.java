package org.golempipeline.gvmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.golempipeline.gvmi.StoredImage.Origin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  @TempDir Path folder;
  private ImageStore store;

  @BeforeEach
  void open() {
    store = at(NOON);
  }

  @Test
  void theFileSystemOfAnImageIsUnpackedOnce() throws Exception {
    var sha3 = add(system());
    var image = store.unpack(sha3);
    assertThat(Files.readString(image.root().resolve("etc/name"))).isEqualTo("an image\n");
    assertThat(Files.readSymbolicLink(image.root().resolve("bin/sh"))).hasToString("busybox");
    assertThat(Files.getPosixFilePermissions(image.root().resolve("bin/busybox"))).hasSize(7);
    assertThat(image.configuration().volumes()).containsExactly("/golem/work");

    var again = at(NOON.plusSeconds(60)).unpack(sha3);
    assertThat(again.root()).isEqualTo(image.root());
    assertThat(key(again.root())).isEqualTo(key(image.root()));
    assertThat(store.list())
        .singleElement()
        .satisfies(
            seen -> {
              assertThat(seen.unpacked()).contains(9L + Files.size(Machine.BUSYBOX));
              assertThat(seen.lastUse()).isEqualTo(NOON.plusSeconds(60));
            });
  }

  @Test
  void aFileThatLiesElsewhereIsCopiedAgainOnlyWhenItChanged(@TempDir Path elsewhere)
      throws Exception {
    var file = GvmiFiles.write(elsewhere.resolve("my.gvmi"), "one");
    var first = store.copyOf(file);
    assertThat(first.sha3()).isEqualTo(GvmiFile.read(file).sha3());
    assertThat(store.copyOf(file).file()).isEqualTo(first.file());
    assertThat(store.list()).hasSize(1);

    Files.delete(file);
    GvmiFiles.write(file, "another");
    var second = store.copyOf(file);
    assertThat(second.sha3()).isNotEqualTo(first.sha3()).isEqualTo(GvmiFile.read(file).sha3());

    Files.writeString(elsewhere.resolve("bad.gvmi"), "an image it is not");
    assertThatThrownBy(() -> store.copyOf(elsewhere.resolve("bad.gvmi")))
        .isInstanceOf(NotAnImageException.class);
    assertThatThrownBy(() -> store.copyOf(elsewhere)).isInstanceOf(NotAnImageException.class);
    try (var left = Files.list(folder)) {
      assertThat(left).noneMatch(each -> each.toString().endsWith(".part"));
    }
  }

  @Test
  void manyUnpackAnImageTogetherAndAllHaveTheSame() throws Exception {
    var sha3 = add(system());
    var roots = together(6, () -> key(at(NOON).unpack(sha3).root()));
    assertThat(roots).hasSize(6).containsOnly(roots.get(0));
    try (var files = Files.list(folder.resolve("unpacked"))) {
      assertThat(files).containsExactly(folder.resolve("unpacked").resolve(sha3));
    }
  }

  @Test
  void whatSomebodyHalfUnpackedWhoWasKilledIsNotUsed() throws Exception {
    var sha3 = add(system());
    var half = Files.createDirectories(folder.resolve("unpacked/" + sha3 + "-1234/root/bin"));
    Files.writeString(half.resolve("busybox"), "half");
    var root = store.unpack(sha3).root();
    assertThat(Files.size(root.resolve("bin/busybox"))).isEqualTo(Files.size(Machine.BUSYBOX));
    assertThat(half).doesNotExist();
  }

  @Test
  void whatIsUnpackedIsThisUsersAndHarmless() throws Exception {
    var sha3 =
        add(
            new Tar()
                .device("dev-null", 1, 3)
                .file("run-as-root", 04755, new byte[1])
                .file("setgid", 02711, new byte[1])
                .folder("closed", 0)
                .file("closed/secret", 0, new byte[1])
                .file("theirs", new byte[1], entry -> entry.setIds(1234, 99))
                .link("dangling", "/nowhere"));
    var root = store.unpack(sha3).root();
    var mine = Files.getAttribute(folder, "unix:uid");
    try (var files = Files.list(root)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder("run-as-root", "setgid", "closed", "theirs", "dangling");
    }
    assertThat(mode(root.resolve("run-as-root"))).isEqualTo(0755);
    assertThat(mode(root.resolve("setgid"))).isEqualTo(0711);
    assertThat(mode(root.resolve("closed"))).isZero();
    for (var each : List.of("run-as-root", "closed", "theirs", "dangling")) {
      assertThat(Files.getAttribute(root.resolve(each), "unix:uid", LinkOption.NOFOLLOW_LINKS))
          .isEqualTo(mine);
    }
    store.close();
    store.remove(sha3);
    assertThat(root).doesNotExist();
  }

  @Test
  void anImageInUseIsNotRemoved() throws Exception {
    var sha3 = add(system());
    var root = store.unpack(sha3).root();
    var other = at(NOON);
    assertThatThrownBy(() -> other.remove(sha3))
        .isInstanceOf(ImageException.class)
        .hasMessage("The image `%s` is in use.", sha3);
    store.close();
    other.remove(sha3);
    assertThat(root).doesNotExist();
    assertThat(other.list()).isEmpty();
    assertThatThrownBy(() -> store.unpack(sha3))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("There is no image");
  }

  @Test
  void aFileSystemLargerThanTheDiskIsRefusedBeforeItIsUnpacked() throws Exception {
    Machine.needs("tar", "sqfstar");
    var disk = Files.createDirectory(folder.resolve("disk"));
    Machine.run(disk, "truncate", "-s", "1G", "bomb");
    var names = new StringBuilder("bomb\n");
    for (var i = 0; i < 2000; i++) {
      Files.createLink(disk.resolve("b" + i), disk.resolve("bomb"));
      names.append("b").append(i).append('\n');
    }
    Files.writeString(folder.resolve("names"), names);
    Machine.run(disk, "sh", "-c", "tar -cSf - -T ../names | sqfstar -quiet ../bomb.gvmi");
    var file = folder.resolve("bomb.gvmi");
    assertThat(Files.size(file)).isLessThan(1_000_000);
    assumeThat(Files.getFileStore(folder).getUsableSpace()).isLessThan(2000L << 30);
    var sha3 = seal(file);
    assertThatThrownBy(() -> store.unpack(sha3))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("needs 2148557 MB unpacked");
  }

  @Test
  void aDamagedFileSystemIsAnErrorAndLeavesNothing() throws Exception {
    var file = Files.writeString(newPart(), "no squashfs");
    var sha3 = seal(file);
    assertThatThrownBy(() -> store.unpack(sha3))
        .isInstanceOf(ImageException.class)
        .hasMessageStartingWith("Could not read the file system of the image: `unsquashfs` says: ");
    assertThat(folder.resolve("unpacked")).isEmptyDirectory();
  }

  @Test
  void aFileThatIsNoImageIsNotUnpacked() throws Exception {
    var sha3 = "a".repeat(56);
    store.add(Files.writeString(newPart(), "some text or other"), sha3, Origin.of("x"), List.of());
    assertThatThrownBy(() -> store.unpack(sha3))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("does not end like a VM image");
  }

  @Test
  void aDownloadHappensOnce() throws Exception {
    var downloads = new AtomicInteger();
    var sha3 = "b".repeat(56);
    var answers =
        together(
            4,
            () ->
                at(NOON)
                    .fetch(
                        sha3,
                        Origin.of("golem/x:1"),
                        part -> {
                          downloads.incrementAndGet();
                          Files.writeString(part, "content");
                        }));
    assertThat(answers).containsExactlyInAnyOrder(true, false, false, false);
    assertThat(downloads).hasValue(1);
    assertThat(store.find(sha3).orElseThrow().origins()).containsExactly(Origin.of("golem/x:1"));
  }

  @Test
  void aDownloadThatFailedLeavesNoImageAndGoesOnLater() throws Exception {
    var sha3 = "c".repeat(56);
    var origin = Origin.of("golem/x:1");
    assertThatThrownBy(
            () ->
                store.fetch(
                    sha3,
                    origin,
                    part -> {
                      Files.writeString(part, "con");
                      throw new IOException("lost");
                    }))
        .hasMessage("lost");
    assertThat(store.find(sha3)).isEmpty();
    store.fetch(sha3, origin, part -> Files.writeString(part, Files.readString(part) + "tent"));
    assertThat(Files.readString(store.find(sha3).orElseThrow().file())).isEqualTo("content");
  }

  @Test
  void aNameMeansOneImageAndDigestsFindTheirs() throws Exception {
    var first = put("a", new Origin("python:3", Optional.of("sha256:1")));
    put("a", new Origin("mine", Optional.empty()));
    var second = put("b", new Origin("python:3", Optional.of("sha256:2")));
    assertThat(store.find(first).orElseThrow().origins()).containsExactly(Origin.of("mine"));
    assertThat(store.madeOf("sha256:2").orElseThrow().sha3()).isEqualTo(second);
    assertThat(store.madeOf("sha256:1")).isEmpty();
  }

  @Test
  void whatTheDeadLeftIsRemovedByWhoeverMakesAnImage() throws Exception {
    Machine.needs("unsquashfs");
    var image = add(system());
    var living = store.newScratch();
    var folders = List.of(folder.resolve("scratch-of-somebody"), folder.resolve("unpacked/abc-1"));
    for (var each : folders) {
      Files.createDirectories(each);
      Files.writeString(each.resolve("layer"), "x");
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("r-x------"));
    }
    Files.createFile(folder.resolve("locks/scratch-of-somebody"));
    var unpacked = store.unpack(image).root();
    assertThat(store.leftOvers()).containsExactlyInAnyOrderElementsOf(folders);

    store.newScratch().close();
    assertThat(store.leftOvers()).isEmpty();
    assertThat(folders).allSatisfy(each -> assertThat(each).doesNotExist());
    assertThat(folder.resolve("locks/scratch-of-somebody")).doesNotExist();
    assertThat(living.folder()).isEmptyDirectory();
    assertThat(unpacked).isNotEmptyDirectory();
    living.close();
    assertThat(living.folder()).doesNotExist();
  }

  @Test
  void aDownloadThatNobodyWentOnWithIsRemovedAfterADay() throws Exception {
    var part = Files.createFile(folder.resolve("a".repeat(56) + ".part"));
    Files.setLastModifiedTime(part, FileTime.from(NOON));
    at(NOON.plusSeconds(86_000)).removeLeftOvers();
    assertThat(part).exists();
    at(NOON.plusSeconds(87_000)).removeLeftOvers();
    assertThat(part).doesNotExist();
  }

  private Path newPart() {
    return folder.resolve("part");
  }

  private ImageStore at(Instant now) {
    return new ImageStore(folder, Clock.fixed(now, ZoneOffset.UTC));
  }

  private static Tar system() throws IOException {
    return new Tar()
        .folder("bin", 0755)
        .file("bin/busybox", 0755, Files.readAllBytes(Machine.BUSYBOX))
        .hardLink("bin/ls", "bin/busybox")
        .link("bin/sh", "busybox")
        .file("etc/name", "an image\n");
  }

  private String add(Tar tar) throws Exception {
    Machine.needs("sqfstar", "unsquashfs", "busybox");
    var file = newPart();
    Squashfs.write(file, 0, target -> target.write(tar.bytes()));
    return seal(file);
  }

  private String seal(Path file) throws Exception {
    GvmiFile.seal(
        file,
        new ImageConfiguration(
            List.of(),
            Optional.empty(),
            List.of("/golem/work"),
            Optional.empty(),
            List.of(),
            List.of()));
    return store.add(file, GvmiFile.hash(file), Origin.of("a test"), List.of()).sha3();
  }

  private String put(String text, Origin origin) throws IOException {
    var part = Files.write(newPart(), text.getBytes(StandardCharsets.UTF_8));
    return store.add(part, text.repeat(56), origin, List.of()).sha3();
  }

  private static Object key(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino");
  }

  private static int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode") & 07777;
  }

  private static <T> List<T> together(int count, Callable<T> work) throws Exception {
    var start = new CyclicBarrier(count);
    var threads = Executors.newFixedThreadPool(count);
    try {
      var answers =
          threads.invokeAll(
              IntStream.range(0, count)
                  .<Callable<T>>mapToObj(
                      each ->
                          () -> {
                            start.await();
                            return work.call();
                          })
                  .toList());
      var all = new java.util.ArrayList<T>();
      for (var each : answers) {
        all.add(each.get());
      }
      return all;
    } finally {
      threads.shutdown();
    }
  }
}
