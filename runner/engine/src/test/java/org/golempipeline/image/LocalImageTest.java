package org.golempipeline.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.golempipeline.image.LocalImage.NotAnImageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalImageTest {
  @TempDir Path folder;

  @Test
  void hashesTheWholeFile() throws Exception {
    var file = GvmiFiles.write(folder.resolve("a.gvmi"), "x".repeat(3_000_000));
    var digest = MessageDigest.getInstance("SHA3-224").digest(Files.readAllBytes(file));
    assertThat(LocalImage.read(file).sha3()).isEqualTo(HexFormat.of().formatHex(digest));
  }

  @Test
  void readsAnywhereEvenWhenTheFileWasReplaced() throws Exception {
    var file = GvmiFiles.write(folder.resolve("a.gvmi"), "0123456789");
    try (var content = LocalImage.read(file).open()) {
      assertThat(content.size()).isEqualTo(Files.size(file));
      Files.move(
          GvmiFiles.write(folder.resolve("b"), "other"),
          file,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      var target = ByteBuffer.allocate(4);
      content.read(3, target);
      assertThat(new String(target.array(), StandardCharsets.US_ASCII)).isEqualTo("3456");
    }
  }

  @Test
  void saysThatAFileBecameShorter() throws Exception {
    var file = GvmiFiles.write(folder.resolve("a.gvmi"), "0123456789");
    try (var content = LocalImage.read(file).open()) {
      Files.write(file, new byte[5], StandardOpenOption.TRUNCATE_EXISTING);
      assertThatThrownBy(() -> content.read(3, ByteBuffer.allocate(4)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("became shorter");
    }
  }

  @Test
  void refusesWhatIsNoImage() throws Exception {
    var good = GvmiFiles.bytes("squashed", "{}");
    refuses(new byte[0], "is too short for a VM image");
    refuses(new byte[12], "is too short for a VM image");
    refuses("a text that is long enough".getBytes(StandardCharsets.US_ASCII), "does not end");
    refuses("12345678901234567890".getBytes(StandardCharsets.US_ASCII), "does not end");
    refuses("a text that ends +0000002".getBytes(StandardCharsets.US_ASCII), "does not end");
    refuses(Arrays.copyOf(good, good.length - 1), "does not end");
    refuses(GvmiFiles.bytes("squashed", ""), "does not end");
    refuses(GvmiFiles.bytes("squashed", "not JSON"), "has no configuration");
    refuses(GvmiFiles.bytes("squashed", "[]"), "has no configuration");
    var damaged = good.clone();
    damaged[good.length - 9] ^= 1;
    refuses(damaged, "is damaged");
    assertThatThrownBy(() -> LocalImage.read(folder)).hasMessage("is no file");
  }

  @Test
  void inspectsImages() throws Exception {
    var bytes = GvmiFiles.bytes("squashed", "{\"Volumes\":{\"/golem/work\":{},\"/data\":{}}}");
    var file = Files.write(folder.resolve("a.gvmi"), bytes);
    assertThat(ImageFile.inspect(file))
        .isEqualTo(
            new ImageFile(
                bytes.length, LocalImage.read(file).sha3(), null, List.of("/golem/work", "/data")));
    var without = GvmiFiles.write(folder.resolve("b.gvmi"), "squashed");
    assertThat(ImageFile.inspect(without).volumes()).isEmpty();
  }

  @Test
  void hashesAlsoWhatIsNoImage() throws Exception {
    var bytes = "a text that is long enough".getBytes(StandardCharsets.US_ASCII);
    var file = Files.write(folder.resolve("a.gvmi"), bytes);
    var digest = MessageDigest.getInstance("SHA3-224").digest(bytes);
    assertThat(ImageFile.inspect(file))
        .isEqualTo(
            new ImageFile(
                bytes.length,
                HexFormat.of().formatHex(digest),
                "does not end like a VM image",
                List.of()));
  }

  private void refuses(byte[] bytes, String why) throws IOException {
    var file = Files.write(folder.resolve("bad.gvmi"), bytes);
    assertThatThrownBy(() -> LocalImage.read(file))
        .isInstanceOf(NotAnImageException.class)
        .hasMessageStartingWith(why);
  }
}
