package org.golempipeline.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Digests of files, and when they are remembered. */
@Timeout(240)
class FileDigestsTest {
  /** Files that a test has just written are old enough by then. */
  private static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));

  @TempDir Path root;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = root.resolve("it's \"a\" $(file)\n ä.txt");
    Files.writeString(file, "0123456789");
  }

  @Test
  void rangesHaveTheDigestOfTheirBytes() throws IOException {
    try (var digests = open(LATER)) {
      assertThat(digests.of(file, 2, 5)).isEqualTo(sha256("23456"));
      assertThat(digests.of(file, 0, 10)).isEqualTo(sha256("0123456789"));
      assertThat(digests.of(file, 10, 0)).isEqualTo(sha256(""));
      assertThat(digests.of(file, 0, 0).toString())
          .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
      assertThatThrownBy(() -> digests.of(file, 8, 3)).isInstanceOf(EOFException.class);
      assertThatThrownBy(() -> digests.of(root.resolve("none"), 0, 0))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void anUntouchedFileIsNotReadAgain() throws IOException {
    remember(LATER);

    assertThat(isRemembered()).isTrue();
  }

  @Test
  void aChangedFileIsReadAgain() throws IOException {
    remember(LATER);
    Files.writeString(file, "9876543210");

    try (var digests = open(LATER)) {
      assertThat(digests.of(file, 0, 10)).isEqualTo(sha256("9876543210"));
    }
  }

  @Test
  void aChangeBehindTheSameTimeIsSeen() throws IOException {
    remember(LATER);
    var modified = Files.getLastModifiedTime(file);
    Files.writeString(file, "9876543210");
    Files.setLastModifiedTime(file, modified);

    try (var digests = open(LATER)) {
      assertThat(digests.of(file, 0, 10)).isEqualTo(sha256("9876543210"));
    }
  }

  @Test
  void anotherFileInItsPlaceIsRead() throws IOException {
    remember(LATER);
    var other = root.resolve("other");
    Files.writeString(other, "9876543210");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    try (var digests = open(LATER)) {
      assertThat(digests.of(file, 0, 10)).isEqualTo(sha256("9876543210"));
    }
  }

  @Test
  void aTouchedOrRenamedFileHasTheSameDigest() throws IOException {
    remember(LATER);
    Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(0));
    var renamed = Files.move(file, root.resolve("renamed"));

    try (var digests = open(LATER)) {
      assertThat(digests.of(renamed, 0, 10)).isEqualTo(sha256("0123456789"));
    }
  }

  @Test
  void aFileThatWasChangedJustBeforeIsNotRemembered() throws IOException {
    remember(Clock.systemUTC());

    assertThat(isRemembered()).isFalse();
  }

  @Test
  void aFileFromTheFutureIsNotRemembered() throws IOException {
    Files.setLastModifiedTime(
        file, java.nio.file.attribute.FileTime.from(LATER.instant().plus(Duration.ofDays(1))));
    remember(LATER);

    assertThat(isRemembered()).isFalse();
  }

  @Test
  void aFileThatChangesWhileItIsReadIsNotRemembered() throws IOException {
    try (var digests = open(LATER)) {
      digests.of(file, 0, 5);
      Files.writeString(file, "xxxxxxxxxx");

      assertThat(digests.of(file, 0, 5)).isEqualTo(sha256("01234"));
      assertThat(digests.again(file, 0, 5)).isEqualTo(sha256("xxxxx"));
      assertThat(digests.of(file, 5, 5)).isEqualTo(sha256("xxxxx"));
    }
    try (var digests = open(LATER)) {
      assertThat(digests.of(file, 0, 5)).isEqualTo(sha256("xxxxx"));
    }
  }

  @Test
  void rehashingDoesNotBelieveTheMemory() throws IOException {
    remember(LATER);
    falsify();

    try (var digests = FileDigests.open(memory(), ours(), LATER, true)) {
      assertThat(digests.of(file, 0, 10)).isEqualTo(sha256("0123456789"));
    }
    assertThat(isRemembered()).isTrue();
  }

  @Test
  void filesOfOursAreNotRemembered() throws IOException {
    var pack = Files.createDirectories(ours()).resolve("pack");
    Files.writeString(pack, "0123456789");
    try (var digests = open(LATER)) {
      assertThat(digests.of(pack, 0, 10)).isEqualTo(sha256("0123456789"));
      digests.know(pack, 3, 2, sha256("told"));
      assertThat(digests.of(pack, 3, 2)).isEqualTo(sha256("told"));
      assertThat(digests.again(pack, 3, 2)).isEqualTo(sha256("told"));
      digests.know(file, 3, 2, sha256("told"));
      assertThat(digests.of(file, 3, 2)).isEqualTo(sha256("34"));
    }
    try (var digests = open(LATER)) {
      assertThat(digests.of(pack, 3, 2)).isEqualTo(sha256("34"));
    }
  }

  @Test
  void whatIsNotUsedForAMonthIsForgotten() throws IOException {
    remember(LATER);
    var month = Clock.offset(LATER, Duration.ofDays(31));
    var other = Files.writeString(root.resolve("other"), "other");
    var size = Files.size(memory().resolve("digests"));
    try (var digests = open(month)) {
      digests.of(other, 0, 5);
    }
    assertThat(Files.size(memory().resolve("digests"))).isEqualTo(size);
    try (var digests = open(month)) {
      digests.of(other, 0, 5);
      digests.of(file, 0, 10);
    }
    assertThat(Files.size(memory().resolve("digests"))).isGreaterThan(size);
  }

  @Test
  void aDamagedMemoryIsNone() throws IOException {
    remember(LATER);
    var digests = memory().resolve("digests");
    var whole = Files.readAllBytes(digests);
    for (var at = 0; at < whole.length; at++) {
      Packs.damage(digests, at);
      assertThat(askedOnly()).as("byte %d", at).isEqualTo(sha256("0123456789"));
      Files.write(digests, java.util.Arrays.copyOf(whole, at));
      assertThat(askedOnly()).as("%d bytes", at).isEqualTo(sha256("0123456789"));
      Files.write(digests, whole);
    }
    assertThat(isRemembered()).isTrue();
  }

  @Test
  void aMemoryThatCannotBeWrittenIsNoTrouble() throws IOException {
    Files.createDirectories(ours());
    Files.writeString(memory(), "a file where the folder should be");
    remember(LATER);

    assertThat(memory()).isRegularFile();
  }

  @Test
  void manyFilesAndSlicesFromManyThreads() throws Exception {
    var content = "0123456789".repeat(1000);
    Files.writeString(file, content);
    var small = IntStream.range(0, 2000).mapToObj(i -> root.resolve("small-" + i)).toList();
    for (var each : small) {
      Files.writeString(each, each.getFileName().toString());
    }
    for (var round = 0; round < 2; round++) {
      try (var digests = open(LATER)) {
        var threads = Executors.newFixedThreadPool(4);
        try {
          var tasks =
              IntStream.range(0, 4000)
                  .mapToObj(
                      i ->
                          (Callable<Boolean>)
                              () -> {
                                var one = small.get(i % small.size());
                                var name = one.getFileName().toString();
                                var slice = content.substring(i, i + 7 + i % 3);
                                return digests.of(one, 0, name.length()).equals(sha256(name))
                                    && digests.of(file, i, slice.length()).equals(sha256(slice))
                                    && digests.again(file, i, slice.length()).equals(sha256(slice));
                              })
                  .toList();
          for (var answer : threads.invokeAll(tasks)) {
            assertThat(answer.get()).isTrue();
          }
        } finally {
          threads.shutdownNow();
        }
      }
    }
    assertThat(Files.size(memory().resolve("digests"))).isEqualTo(8 + 32 + 6_000 * 50);
  }

  private Path memory() {
    return root.resolve("ours/cache");
  }

  private Path ours() {
    return root.resolve("ours");
  }

  private FileDigests open(Clock clock) throws IOException {
    Files.createDirectories(ours());
    return FileDigests.open(memory(), ours(), clock, false);
  }

  private void remember(Clock clock) throws IOException {
    try (var digests = open(clock)) {
      assertThat(digests.of(file, 0, 10)).isEqualTo(sha256("0123456789"));
    }
  }

  /** Whether the file's digest comes from the memory: a false memory shows. */
  private boolean isRemembered() throws IOException {
    var memory = memory().resolve("digests");
    if (!Files.exists(memory)) {
      return false;
    }
    var before = Files.readAllBytes(memory);
    try {
      return falsify() && !sha256("0123456789").equals(askedOnly());
    } finally {
      Files.write(memory, before);
    }
  }

  private Digest askedOnly() throws IOException {
    // Not closed: nothing is to be written.
    return open(LATER).of(file, 0, 10);
  }

  /** Changes a digest in the memory without damaging the file; false if there is none. */
  private boolean falsify() throws IOException {
    var memory = memory().resolve("digests");
    var bytes = Files.readAllBytes(memory);
    var end = bytes.length - Digest.SIZE;
    if (end < 8 + 50) {
      return false;
    }
    bytes[8 + 16] ^= 1;
    var digest = Digest.sha256();
    digest.update(bytes, 0, end);
    System.arraycopy(digest.digest(), 0, bytes, end, Digest.SIZE);
    Files.write(memory, bytes);
    return true;
  }

  static Digest sha256(String text) {
    var digest = Digest.sha256();
    digest.update(text.getBytes(UTF_8));
    return Digest.of(digest);
  }
}
