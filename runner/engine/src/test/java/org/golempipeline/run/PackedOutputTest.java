package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TimeZone;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.io.input.BoundedInputStream;
import org.golempipeline.spec.Archive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(240)
class PackedOutputTest {
  private static final long LARGE = (2L << 30) + 4711;

  @TempDir Path folder;

  private Path pack(String file, Archive kind, String zone) throws IOException {
    var before = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone(zone));
    try {
      var target = folder.resolve(file);
      try (var packed = PackedOutput.open(kind, target)) {
        for (var name : new String[] {"a.txt", "deep/er/ü 'x'\n.txt", "z".repeat(180)}) {
          var content = name.getBytes(StandardCharsets.UTF_8);
          packed.add(name, content.length, new ByteArrayInputStream(content));
        }
      }
      return target;
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @ParameterizedTest
  @EnumSource(Archive.class)
  void theBytesDoNotDependOnTheTimeZone(Archive kind) throws IOException {
    var one = pack("one", kind, "Pacific/Kiritimati");
    var other = pack("other", kind, "America/Los_Angeles");
    var third = pack("third", kind, "Europe/London");
    assertThat(one).hasSameBinaryContentAs(other).hasSameBinaryContentAs(third);
  }

  /** Compresses gigabytes, a minute of work: {@code -Dlarge} after a change of the packing. */
  @Test
  @EnabledIfSystemProperty(named = "large", matches = ".*")
  void aLargeFileGoesIntoAZip() throws IOException {
    var file = folder.resolve("large.zip");
    try (var packed = PackedOutput.open(Archive.ZIP, file)) {
      packed.add("zeros", LARGE, zeros());
      packed.add("end", 3, new ByteArrayInputStream("end".getBytes(StandardCharsets.UTF_8)));
    }
    try (var zip = ZipFile.builder().setPath(file).get()) {
      assertThat(zip.getEntry("zeros").getSize()).isEqualTo(LARGE);
      assertThat(zip.getInputStream(zip.getEntry("end")).readAllBytes()).hasSize(3);
    }
  }

  @Test
  void aFileOfMoreThanATarNumberHoldsGoesIntoATar() throws IOException {
    var file = folder.resolve("large.tar");
    var size = (8L << 30) + 1;
    var packed = PackedOutput.open(Archive.TAR, file);
    assertThatThrownBy(() -> packed.add("zeros", size, new ByteArrayInputStream(new byte[1 << 20])))
        .isInstanceOf(IOException.class);
    try (var tar = new TarArchiveInputStream(Files.newInputStream(file))) {
      assertThat(tar.getNextEntry().getSize()).isEqualTo(size);
    }
  }

  @Test
  void tarNumbersAndNamesHaveNoLimit() throws IOException {
    var name = "long/".repeat(60) + "ü";
    var file = folder.resolve("names.tar");
    try (var packed = PackedOutput.open(Archive.TAR, file)) {
      packed.add(name, 1, new ByteArrayInputStream(new byte[1]));
    }
    try (var tar = new TarFile(file)) {
      assertThat(tar.getEntries()).singleElement().extracting("name").isEqualTo(name);
    }
  }

  private static InputStream zeros() throws IOException {
    return BoundedInputStream.builder()
        .setInputStream(
            new InputStream() {
              @Override
              public int read() {
                return 0;
              }

              @Override
              public int read(byte[] bytes, int offset, int length) {
                Arrays.fill(bytes, offset, offset + length, (byte) 0);
                return length;
              }
            })
        .setMaxCount(LARGE)
        .get();
  }
}
