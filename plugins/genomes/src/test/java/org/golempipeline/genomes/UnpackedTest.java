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

  @Test
  void aDamagedFileIsRefused() throws Exception {
    var bytes = packed(reads(100, ""));
    var flipped = bytes.clone();
    flipped[bytes.length / 2]++;
    for (var damaged : List.of(Arrays.copyOf(bytes, bytes.length / 2), flipped)) {
      var context = sandbox.context(OPTIONS).input("x.gz", damaged);
      assertThat(Refusals.of(() -> new FastqSplit().split(context)))
          .isEqualTo(
              "`x.gz` cannot be decompressed: it is damaged, or was not copied to its end. [See what `gzip -t` says of it, and get it again.]");
    }
  }
}
