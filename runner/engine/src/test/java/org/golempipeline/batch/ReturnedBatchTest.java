package org.golempipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.golempipeline.batch.ReturnedFragment.Ending;
import org.golempipeline.spec.OutSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives as no driver of ours writes them. */
class ReturnedBatchTest {
  private static final OutSpec ONE = new OutSpec.One(".txt");
  private static final OutSpec MANY = new OutSpec.Many("**/*");
  private static final String RECORDS = "0 0\n1 3 0\n2 timeout 7\n";

  @TempDir private Path temporary;
  private Path pack;

  @BeforeEach
  void choosePack() {
    pack = temporary.resolve("pack");
  }

  @Test
  void tellsHowFragmentsEnded() throws Exception {
    var tar =
        new Tar()
            .file("b17/0/out.txt", "one")
            .file("b17/log.0", "oops")
            .file("b17/records", RECORDS);

    var fragments = receive(ONE, tar.bytes());

    assertThat(fragments)
        .extracting(ReturnedFragment::ending)
        .containsExactly(Ending.EXITED, Ending.EXITED, Ending.TIMED_OUT, Ending.UNKNOWN);
    assertThat(fragments.get(1).status()).isEqualTo(3);
    assertThat(text(fragments.get(1).log())).isEqualTo("oops");
    assertThat(text(fragments.get(0).outputs().get(0).extent())).isEqualTo("one");
  }

  @Test
  void appendsToWhatThePackHoldsAndBeginsAgain() throws Exception {
    Files.writeString(pack, "before");
    var returned = new ReturnedBatch(pack, 17, 4, ONE, new ReturnLimits(100_000, 100));
    var bytes = new Tar().file("b17/0/out.txt", "one").file("b17/records", RECORDS).bytes();
    returned.restart();
    returned.write(ByteBuffer.wrap(new byte[50_000]));
    returned.restart();
    assertThat(Files.readString(pack)).isEqualTo("before");
    for (var i = 0; i < bytes.length; i += 512) {
      returned.write(ByteBuffer.wrap(bytes, i, Math.min(512, bytes.length - i)));
    }
    returned.finish();

    var extent = returned.fragments().get(0).outputs().get(0).extent();
    assertThat(text(extent)).isEqualTo("one");
    assertThat(Files.size(pack)).isEqualTo(6 + bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "/etc/passwd",
        "b17/../b18/0/out.txt",
        "b17/0/../1/out.txt",
        "b17//0/out.txt",
        "b17/0/./out.txt",
        "b16/0/out.txt",
        "b170/0/out.txt",
        "b17/99/out.txt",
        "b17/00/out.txt",
        "b17/-1/out.txt",
        "b17/0/evil",
        "b17/evil",
        "b17/0",
        "b17",
        "evil",
        "b17/0/out.txt/x",
        "b17/0/log",
        "b17/log.x"
      })
  void refusesFilesThatAreNotOurs(String name) {
    assertRefused(ONE, new Tar().file(name, "x").file("b17/records", RECORDS));
  }

  @Test
  void refusesPathsThatLeaveTheOutputFolder() {
    assertRefused(MANY, new Tar().file("b17/0/out/../../x", "x").file("b17/records", RECORDS));
    assertRefused(MANY, new Tar().file("b17/0/out/a/../b", "x").file("b17/records", RECORDS));
  }

  @Test
  void refusesTheSameFileTwice() {
    assertRefused(
        ONE,
        new Tar().file("b17/0/out.txt", "a").file("b17/0/out.txt", "b").file("b17/records", ""));
  }

  @Test
  void linksAndDevicesFailTheirFragment() throws Exception {
    for (var type : "2346".toCharArray()) {
      var tar =
          new Tar()
              .special("b17/0/out/x", type, "/etc/passwd")
              .file("b17/1/out/y", "fine")
              .file("b17/records", "0 0\n1 0\n");

      var fragments = receive(MANY, tar.bytes());

      assertThat(fragments.get(0).ending()).isEqualTo(Ending.UNUSABLE);
      assertThat(fragments.get(0).outputs()).isEmpty();
      assertThat(fragments.get(0).problem()).contains("`x`");
      assertThat(fragments.get(1).outputs()).hasSize(1);
    }
  }

  @Test
  void hardLinksLeadToEarlierMembersOnly() throws Exception {
    var tar =
        new Tar()
            .file("b17/0/out.txt", "same")
            .special("b17/1/out.txt", '1', "b17/0/out.txt")
            .file("b17/records", "0 0\n1 0\n");
    assertThat(text(receive(ONE, tar.bytes()).get(1).outputs().get(0).extent())).isEqualTo("same");

    for (var target : List.of("/etc/passwd", "b17/0/out.txt", "b17/3/out.txt", "../x", "")) {
      var fragments =
          receive(
              ONE,
              new Tar()
                  .special("b17/0/out.txt", '1', target)
                  .file("b17/1/out.txt", "fine")
                  .file("b17/records", "0 0\n1 0\n")
                  .bytes());
      assertThat(fragments.get(0).ending()).isEqualTo(Ending.UNUSABLE);
      assertThat(fragments.get(0).problem()).contains("is a hard link to");
      assertThat(fragments.get(1).outputs()).hasSize(1);
    }
    assertRefused(ONE, new Tar().special("b17/records", '1', "b17/0/out.txt"));
  }

  @Test
  void namesThatAreNoTextFailTheirFragment() throws Exception {
    var tar =
        new Tar()
            .raw(new byte[] {'b', '1', '7', '/', '0', '/', 'o', 'u', 't', '/', (byte) 0xe9}, 0)
            .raw(new byte[] {'b', '1', '7', '/', '0', '/', 'o', 'u', 't', '/', (byte) 0xe8}, 0)
            .file("b17/records", "0 0\n1 0\n");

    assertThat(receive(MANY, tar.bytes()).get(0).ending()).isEqualTo(Ending.UNUSABLE);
  }

  @Test
  void outputsOfAFailedCommandAreNotTaken() throws Exception {
    var tar = new Tar().file("b17/1/out.txt", "x").file("b17/records", RECORDS);

    assertThat(receive(ONE, tar.bytes()).get(1).outputs()).isEmpty();
  }

  @Test
  void refusesMoreThanIsAllowed() throws Exception {
    var many = new Tar();
    for (var i = 0; i < 101; i++) {
      many.file("b17/0/out/" + i, "");
    }
    assertRefused(MANY, many.file("b17/records", RECORDS));

    var returned = new ReturnedBatch(pack, 17, 4, ONE, new ReturnLimits(1000, 100));
    returned.restart();
    returned.write(ByteBuffer.wrap(new byte[600]));
    assertThatThrownBy(() -> returned.write(ByteBuffer.wrap(new byte[401])))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("1000 bytes");
    returned.close();

    var twins = new Tar().file("b17/0/out/0", "x".repeat(40_000));
    for (var i = 1; i < 4; i++) {
      twins.special("b17/0/out/" + i, '1', "b17/0/out/0");
    }
    assertRefused(MANY, twins.file("b17/records", RECORDS));
  }

  @Test
  void figuresAreReadAsFarAsTheyMakeSense() throws Exception {
    var records =
        """
        begin 100.50s
        0m0.010s 0m0.020s
        0m9.990s 0m0.010s
        0 0 - 101.75
        0m0.01s 0m0.02s
        0m10.500000s 0m1.010000s
        1 3 0 101.70
        0m0.01s 0m0.02s
        0m1.0s 0m1.01s
        2 timeout - 99999999.99
        0m0.01s 0m0.02s
        3m0.00s 0m0.00s
        peak 1 70000
        peak 2 999999999999999
        peak 4 1
        """;
    try (var batch = new ReturnedBatch(pack, 17, 4, ONE, new ReturnLimits(100_000, 100))) {
      batch.restart();
      var tar = new Tar().file("b17/log.0", "x").file("b17/records", records);
      batch.write(ByteBuffer.wrap(tar.bytes()));
      batch.finish();

      assertThat(batch.fragments())
          .extracting(ReturnedFragment::ending)
          .containsExactly(Ending.EXITED, Ending.EXITED, Ending.TIMED_OUT, Ending.UNKNOWN);
      assertThat(batch.figures().took()).containsExactly(1250, -1, Integer.MAX_VALUE, -1);
      assertThat(batch.figures().cpu()).containsExactly(1510, -1, 177_990, -1);
      assertThat(batch.figures().memory())
          .containsExactly(-1, 71_680_000, 1_023_999_999_999_998_976L, -1);
    }
  }

  @Test
  void refusesWhatCannotBeUnderstood() throws Exception {
    assertRefused(ONE, new Tar().file("b17/0/out.txt", "x"));
    assertRefused(ONE, new byte[0]);
    assertRefused(ONE, new byte[100]);
    assertRefused(ONE, new byte[1024]);
    for (var records :
        List.of(
            "0",
            "0 256",
            "9 0",
            "x 0",
            "0 0 0 0",
            "0 0 - x",
            "0 0 0 1.00 2",
            "0 -1",
            "0 done",
            "peak 0 x",
            "peak 0",
            "setup x")) {
      assertRefused(ONE, new Tar().file("b17/records", records));
    }
    assertRefused(ONE, new Tar().file("b17/records", "0 0\n".repeat(1000)));
    assertRefused(ONE, new Tar().special("b17/records", '2', "/etc/passwd"));
    for (var type : "SVMDg7Z".toCharArray()) {
      assertRefused(ONE, new Tar().special("b17/0/out.txt", type, "").file("b17/records", RECORDS));
    }
  }

  @Test
  void refusesHeadersThatLie() throws Exception {
    var sound = new Tar().file("b17/0/out.txt", "x").file("b17/records", RECORDS).bytes();

    assertRefused(ONE, patched(sound, "77777777777".getBytes(StandardCharsets.US_ASCII)));
    assertRefused(ONE, patched(sound, "0000000000x".getBytes(StandardCharsets.US_ASCII)));
    assertRefused(ONE, patched(sound, binary(0x80, 0x00, 0xff)));
    assertRefused(ONE, patched(sound, binary(0x80, 0x00, 0x7f)));
    assertRefused(ONE, patched(sound, binary(0x80, 0x01, 0x00)));
    assertRefused(ONE, patched(sound, binary(0xff, 0xff, 0xff)));
    var broken = sound.clone();
    broken[3] = 'x';
    assertRefused(ONE, broken);
    assertRefused(ONE, Arrays.copyOf(sound, 700));
  }

  @Test
  void extendedHeadersCannotLie() throws Exception {
    for (var record :
        List.of(
            "path=../x",
            "path=/x",
            "size=999999999999",
            "size=-1",
            "size=x",
            "size=",
            "size=99999999999999999999",
            "GNU.sparse.major=1",
            "GNU.sparse.realsize=5",
            "SCHILY.realsize=1",
            "path=b17/0/out.txt\0x")) {
      assertRefused(
          ONE, new Tar().extended(record).file("b17/0/out.txt", "x").file("b17/records", RECORDS));
    }
    for (var text : List.of("x", "999999 path=x\n", "0 a=b\n", "12 path\n", "7 path=x\n")) {
      assertRefused(
          ONE,
          new Tar()
              .special("x", 'x', "", text)
              .file("b17/0/out.txt", "x")
              .file("b17/records", RECORDS));
    }
    var honest =
        new Tar()
            .extended("mtime=1.5")
            .extended("path=b17/0/out.txt")
            .file("other", "x")
            .file("b17/records", RECORDS);
    assertThat(receive(ONE, honest.bytes()).get(0).outputs()).hasSize(1);
  }

  @Test
  void namesTakeLittleMemoryWhateverTheArchiveClaims() {
    assertRefused(
        ONE, new Tar().special("././@LongLink", 'L', "", "x".repeat(20_000)).file("x", ""));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void readsWhatALibraryWrites(long seed) throws Exception {
    var random = new Random(seed);
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, 512, "UTF-8")) {
      tar.setLongFileMode(
          random.nextBoolean()
              ? TarArchiveOutputStream.LONGFILE_GNU
              : TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(random.nextBoolean());
      for (var i = 0; i < 60; i++) {
        var name = "b17/0/" + "é".repeat(random.nextInt(90)) + "x/".repeat(random.nextInt(40)) + i;
        var content = new byte[random.nextInt(1500)];
        random.nextBytes(content);
        var entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    Files.write(pack, bytes.toByteArray());

    try (var channel = FileChannel.open(pack);
        var library =
            new TarArchiveInputStream(new ByteArrayInputStream(bytes.toByteArray()), "UTF-8")) {
      var reader = new TarReader(channel, 0, channel.size());
      for (var expected = library.getNextEntry();
          expected != null;
          expected = library.getNextEntry()) {
        var entry = reader.next();
        assertThat(entry).isNotNull();
        assertThat(new String(entry.name(), StandardCharsets.UTF_8)).isEqualTo(expected.getName());
        assertThat(entry.size()).isEqualTo(expected.getSize());
        assertThat(text(new ReturnedFragment.Extent(entry.offset(), entry.size())))
            .isEqualTo(new String(library.readAllBytes(), StandardCharsets.UTF_8));
      }
      assertThat(reader.next()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24})
  void anyDamageIsAnErrorOrHarmless(long seed) throws Exception {
    var random = new Random(seed);
    var sound =
        new Tar()
            .extended("path=b17/0/out.txt")
            .file("x", "one")
            .special("././@LongLink", 'L', "", "b17/log.0")
            .file("y", "log")
            .file("b17/records", RECORDS)
            .bytes();
    for (var i = 0; i < 500; i++) {
      var damaged = sound.clone();
      for (var j = 0; j <= random.nextInt(4); j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      repairChecksums(damaged, random);
      Files.deleteIfExists(pack);
      try {
        for (var fragment : receive(ONE, damaged)) {
          for (var output : fragment.outputs()) {
            text(output.extent());
          }
        }
      } catch (IOException expected) {
        assertThat(expected).hasMessageMatching("(?s).+\\.");
      }
    }
  }

  private List<ReturnedFragment> receive(OutSpec out, byte[] bytes) throws IOException {
    Files.deleteIfExists(pack);
    try (var returned = new ReturnedBatch(pack, 17, 4, out, new ReturnLimits(100_000, 100))) {
      returned.restart();
      returned.write(ByteBuffer.wrap(bytes));
      returned.finish();
      return returned.fragments();
    }
  }

  private void assertRefused(OutSpec out, Tar tar) {
    assertThatThrownBy(() -> receive(out, tar.bytes()))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("(?s).+\\.");
  }

  private void assertRefused(OutSpec out, byte[] bytes) {
    assertThatThrownBy(() -> receive(out, bytes)).isInstanceOf(IOException.class);
  }

  private String text(ReturnedFragment.Extent extent) throws IOException {
    try (var channel = FileChannel.open(pack)) {
      var bytes = ByteBuffer.allocate(Math.toIntExact(extent.size()));
      while (bytes.hasRemaining()) {
        assertThat(channel.read(bytes, extent.offset() + bytes.position())).isPositive();
      }
      return new String(bytes.array(), StandardCharsets.UTF_8);
    }
  }

  /** A size in base 256: its mark, what is beyond 64 bits, its first byte; the rest are 0xff. */
  private static byte[] binary(int mark, int beyond, int first) {
    var bytes = new byte[12];
    Arrays.fill(bytes, 5, 12, (byte) 0xff);
    Arrays.fill(bytes, 1, 4, (byte) beyond);
    bytes[0] = (byte) mark;
    bytes[4] = (byte) first;
    return bytes;
  }

  private static byte[] patched(byte[] tar, byte[] size) {
    var copy = tar.clone();
    System.arraycopy(size, 0, copy, 124, size.length);
    Tar.checksum(copy, 0);
    return copy;
  }

  /** Most damage would be found by the checksum alone. */
  private static void repairChecksums(byte[] tar, Random random) {
    for (var at = 0; at < tar.length; at += 512) {
      if (tar[at + 257] == 'u' && random.nextInt(8) > 0) {
        Tar.checksum(tar, at);
      }
    }
  }

  /** Writes archives without any qualms. */
  private static final class Tar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Tar file(String name, String content) {
      return special(name, TarConstants.LF_NORMAL, "", content);
    }

    Tar special(String name, int type, String link) {
      return special(name, type, link, "");
    }

    Tar special(String name, int type, String link, String content) {
      return member(
          name.getBytes(StandardCharsets.UTF_8),
          type,
          link,
          content.getBytes(StandardCharsets.UTF_8));
    }

    Tar raw(byte[] name, int size) {
      return member(name, TarConstants.LF_NORMAL, "", new byte[size]);
    }

    /** A pax header with one record. */
    Tar extended(String record) {
      var length = record.getBytes(StandardCharsets.UTF_8).length + 3;
      length += length + 1 > 99 ? 2 : length > 9 ? 1 : 0;
      var text = length + " " + record + "\n";
      assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSize(length);
      return special("pax", TarConstants.LF_PAX_EXTENDED_HEADER_LC, "", text);
    }

    byte[] bytes() {
      var all = new ArrayList<byte[]>(List.of(bytes.toByteArray(), new byte[1024]));
      var whole = new ByteArrayOutputStream();
      all.forEach(whole::writeBytes);
      return whole.toByteArray();
    }

    private Tar member(byte[] name, int type, String link, byte[] content) {
      var block = new byte[512];
      System.arraycopy(name, 0, block, 0, name.length);
      put(block, 100, "0000644\0000000000\0000000000\000");
      put(block, 124, "%011o".formatted(content.length));
      put(block, 136, "%011o".formatted(0));
      block[156] = (byte) type;
      put(block, 157, link);
      put(block, 257, "ustar\00000");
      checksum(block, 0);
      bytes.writeBytes(block);
      bytes.writeBytes(content);
      bytes.writeBytes(new byte[(512 - content.length % 512) % 512]);
      return this;
    }

    static void checksum(byte[] tar, int at) {
      put(tar, at + 148, "        ");
      var sum = 0;
      for (var i = at; i < at + 512; i++) {
        sum += tar[i] & 0xff;
      }
      put(tar, at + 148, "%06o\0 ".formatted(sum));
    }

    private static void put(byte[] block, int at, String text) {
      var latin = text.getBytes(StandardCharsets.UTF_8);
      System.arraycopy(latin, 0, block, at, latin.length);
    }
  }
}
