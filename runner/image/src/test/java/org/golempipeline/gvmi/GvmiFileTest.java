package org.golempipeline.gvmi;

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
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GvmiFileTest {
  @TempDir Path folder;

  @Test
  void hashesTheWholeFile() throws Exception {
    var file = GvmiFiles.write(folder.resolve("a.gvmi"), "x".repeat(3_000_000));
    var digest = MessageDigest.getInstance("SHA3-224").digest(Files.readAllBytes(file));
    assertThat(GvmiFile.read(file).sha3()).isEqualTo(HexFormat.of().formatHex(digest));
  }

  @Test
  void readsAnywhereEvenWhenTheFileWasReplaced() throws Exception {
    var file = GvmiFiles.write(folder.resolve("a.gvmi"), "0123456789");
    try (var content = GvmiFile.read(file).open()) {
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
    try (var content = GvmiFile.read(file).open()) {
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
    assertThatThrownBy(() -> GvmiFile.read(folder)).hasMessage("is no file");
  }

  @Test
  void readsTheConfiguration() throws Exception {
    var configuration =
        """
        {"Hostname":"x","User":"1000:100","Env":["PATH=/bin","A=1","A=b=2"],"Cmd":["sh","-c"],
         "Volumes":{"/golem/work":{},"/data":{}},"WorkingDir":"/golem/work","Entrypoint":["/e"]}
        """;
    var file =
        Files.write(folder.resolve("a.gvmi"), GvmiFiles.bytes("squashed", configuration.strip()));
    var seen = GvmiFile.read(file).configuration();
    assertThat(seen)
        .isEqualTo(
            new ImageConfiguration(
                List.of("PATH=/bin", "A=1", "A=b=2"),
                Optional.of("1000:100"),
                List.of("/golem/work", "/data"),
                Optional.of("/golem/work"),
                List.of("/e"),
                List.of("sh", "-c")));
    assertThat(seen.variable("A")).contains("b=2");
    assertThat(seen.variable("B")).isEmpty();
    assertThat(GvmiFile.configuration(file)).isEqualTo(seen);
  }

  @Test
  void whatIsSealedIsReadAgain() throws Exception {
    var configuration =
        new ImageConfiguration(
            List.of("PATH=/bin"),
            Optional.of("1:2"),
            List.of("/golem/work"),
            Optional.of("/w"),
            List.of("/e", "ü"),
            List.of("c"));
    var file = Files.writeString(folder.resolve("a.gvmi"), "squashed");
    GvmiFile.seal(file, configuration);
    assertThat(GvmiFile.read(file).configuration()).isEqualTo(configuration);
    assertThat(Files.readAllBytes(file))
        .isEqualTo(
            GvmiFiles.bytes(
                "squashed",
                "{\"User\":\"1:2\",\"Env\":[\"PATH=/bin\"],\"Cmd\":[\"c\"],"
                    + "\"Volumes\":{\"/golem/work\":{}},\"WorkingDir\":\"/w\","
                    + "\"Entrypoint\":[\"/e\",\"ü\"]}"));
  }

  @Test
  void hashesAlsoWhatIsNoImage() throws Exception {
    var bytes = "a text that is long enough".getBytes(StandardCharsets.US_ASCII);
    var file = Files.write(folder.resolve("a.gvmi"), bytes);
    var digest = MessageDigest.getInstance("SHA3-224").digest(bytes);
    assertThat(GvmiFile.hash(file)).isEqualTo(HexFormat.of().formatHex(digest));
  }

  private void refuses(byte[] bytes, String why) throws IOException {
    var file = Files.write(folder.resolve("bad.gvmi"), bytes);
    assertThatThrownBy(() -> GvmiFile.read(file))
        .isInstanceOf(NotAnImageException.class)
        .hasMessageStartingWith(why);
  }
}
