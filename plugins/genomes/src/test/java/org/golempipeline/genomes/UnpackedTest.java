package org.golempipeline.genomes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.genomes.Samples.reads;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.golempipeline.strategy.testing.Laws;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files that are compressed are cut as if they were not, if that is asked for. */
class UnpackedTest {
  /** What `bgzip` puts at the end: a block that holds nothing. */
  private static final byte[] LAST_BLOCK = {
    0x1f,
    (byte) 0x8b,
    8,
    4,
    0,
    0,
    0,
    0,
    0,
    (byte) 0xff,
    6,
    0,
    0x42,
    0x43,
    2,
    0,
    0x1b,
    0,
    3,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0
  };

  private static final String OPTIONS = "{\"reads\": 2, \"decompress\": true}";

  private final Sandbox sandbox = new Sandbox();

  @AfterEach
  void close() {
    sandbox.close();
  }

  /** As `bgzip` and `cat` make them, a file has several members. */
  private static byte[] packed(String... members) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (var member : members) {
      try (var gzip = new GZIPOutputStream(bytes)) {
        gzip.write(Sandbox.utf8(member));
      }
    }
    bytes.writeBytes(LAST_BLOCK);
    return bytes.toByteArray();
  }

  @Test
  void aFileIsCutAsItsTextIs() throws Exception {
    var text = reads(5, "");
    var context =
        sandbox
            .context(OPTIONS)
            .input("a/x.fastq.gz", packed(text.substring(0, 30), text.substring(30)))
            .input("y.fastq", Sandbox.utf8(text))
            .inputWithin("z.gz", packed(text), new byte[] {1}, new byte[] {0x1f});

    var fragments = new FastqSplit().split(context);

    var plain = sandbox.split(new FastqSplit(), "{\"reads\": 2}", "a/x.fastq", text);
    var parts = Sandbox.contents(plain);
    assertThat(Sandbox.contents(fragments))
        .isEqualTo(List.of(parts, parts, parts).stream().flatMap(List::stream).toList());
    assertThat(Laws.describe(fragments).subList(0, 3)).isEqualTo(Laws.describe(plain));
    assertThat(fragments.get(8).origin().orElseThrow().path()).isEqualTo("z");
  }

  @Test
  void pairsAreFoundByTheirNamesAsText() throws Exception {
    var options =
        "{\"reads\": 2, \"decompress\": true, \"pairs\": \"(?<sample>.)_R(?<mate>[12])\\\\.fq$\"}";
    var context =
        sandbox
            .context(options)
            .input("a_R1.fq.gz", packed(reads(3, "/1")))
            .input("a_R2.fq.gz", packed(reads(3, "/2")));

    var fragments = new FastqSplit().split(context);

    assertThat(fragments.count()).isEqualTo(2);
    assertThat(fragments.get(0).variables())
        .containsEntry("mate1", "a_R1.fq")
        .containsEntry("mate2", "a_R2.fq");
    assertThat(String.join("", Sandbox.contents(fragments, 1))).isEqualTo(reads(3, "/2"));
  }

  /** Wherever it is cut off, and whichever byte of a header, trailer or content is another one. */
  @Test
  void aDamagedFileIsRefused() throws Exception {
    var first = member(reads(3, "").substring(0, 40));
    var second = member(reads(3, "").substring(40));
    var whole = joined(first, second);
    assertThat(String.join("", contents(whole))).isEqualTo(reads(3, ""));
    for (var length = 2; length < whole.length; length++) {
      if (length != first.length) {
        assertRefused("cut off at " + length, Arrays.copyOf(whole, length));
      }
    }
    for (var at : List.of(0, 1, 2, 3, first.length - 8, first.length - 1, first.length / 2)) {
      var damaged = second.clone();
      damaged[at % second.length] ^= (byte) 0xe4;
      assertRefused("with another byte at " + at, joined(first, damaged));
    }
    assertRefused("with something behind it", joined(first, second, new byte[] {0, 0, 1}));
    assertRefused("with the start of a member behind it", joined(whole, Arrays.copyOf(first, 9)));
  }

  /** With a name, a comment, an extra field and a checksum of the header; padded with zeroes. */
  @Test
  void membersMaySayMoreAndZeroesMayFollow() throws Exception {
    var plain = member(reads(2, ""));
    var content = Arrays.copyOfRange(plain, 10, plain.length);
    var head = new byte[] {0x1f, (byte) 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3};
    var fields = new byte[] {3, 0, 9, 9, 9, 'x', 0, 'y', 'z', 0, 7, 7};
    assertThat(String.join("", contents(joined(head, fields, content, new byte[70_000]))))
        .isEqualTo(reads(2, ""));
  }

  private static byte[] member(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(Sandbox.utf8(text));
    }
    return bytes.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    var bytes = new ByteArrayOutputStream();
    for (var part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private List<String> contents(byte[] packed) throws Exception {
    var context = sandbox.context(OPTIONS).input("x.gz", packed);
    return Sandbox.contents(new FastqSplit().split(context));
  }

  private void assertRefused(String what, byte[] damaged) throws Exception {
    var context = sandbox.context(OPTIONS).input("x.gz", damaged);
    assertThat(Refusals.of(() -> new FastqSplit().split(context)))
        .as(what)
        .isEqualTo(
            "`x.gz` cannot be decompressed: it is damaged, or was not copied to its end. [See what `gzip -t` says of it, and get it again.]");
  }
}
