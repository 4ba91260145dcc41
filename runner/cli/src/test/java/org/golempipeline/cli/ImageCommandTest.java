package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.StoredImage.Origin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
public class ImageCommandTest {
  private static final String A = "a".repeat(56);
  private static final String B = "b".repeat(56);
  private static final String PIPELINE =
      """
      version: 1
      name: images
      stages:
        one: { image: golem/alpine:latest, run: "true > $out", output: a }
        two: { image: { url: "https://x.org/i.gvmi", hash: %s }, run: "true > $out", output: b }
        three: { image: golem/alpine:latest, run: "true > $out", output: c }
      """
          .formatted(B);

  @TempDir Path folder;
  private FakeWeb registry;
  private Workspace workspace;

  @BeforeEach
  void open() throws IOException {
    registry = new FakeWeb(404, "Image not found");
    workspace = new Workspace(folder).with("GOLEM_REGISTRY_URL", registry.url());
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void saysWhatATagStandsFor() {
    registry.has("tag=golem/alpine:latest", A, 2_588_672);

    assertThat(workspace.run("image", "inspect", "golem/alpine:latest"))
        .isEqualTo(
            new Workspace.Ran(
                0,
                """
                tag      golem/alpine:latest
                sha3     %s
                url      http://registry/a
                size     2.6 MB, 2,588,672 bytes
                unknown  what the tag means tomorrow: the first run keeps this in its lock file
                unknown  what is in it, and whether its programs work: `golem-pipeline image pull` gets it
                """
                    .formatted(A),
                ""));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void saysThatTheRegistryGivesNoSize() {
    registry.has("tag=golem/alpine:latest", A, 0);

    assertThat(workspace.run("image", "inspect", "golem/alpine:latest").lines())
        .contains("unknown  how large it is")
        .noneMatch(line -> line.startsWith("size"));
  }

  @Test
  void findsHashesHoweverTheyAreWritten() {
    registry.has("hash=" + A, A, 7);

    var ran = workspace.run("image", "inspect", "sha3:" + A.toUpperCase(java.util.Locale.ROOT));

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.lines()).contains("hash     " + A, "url      http://registry/a");
    assertThat(ran.out()).doesNotContain("tomorrow");
  }

  @Test
  void saysWhatTheRegistryDoesNotKnow() {
    assertThat(workspace.run("image", "inspect", "golem/none:1"))
        .isEqualTo(
            new Workspace.Ran(
                2,
                "",
                """
                error: The registry does not know the image `golem/none:1`: Image not found.
                  hint: Look for images and their tags at https://registry.golem.network, or give `{url, hash}`.
                """));
  }

  @Test
  void saysThatTheRegistryDoesNotAnswer() throws IOException {
    registry.close();
    var ran = workspace.run("image", "inspect", "golem/alpine:latest");
    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.err()).contains("no answer from " + registry.url()).doesNotContain("\tat ");

    var json = workspace.run("image", "inspect", "golem/alpine:latest", "--json");
    assertThat(json.exitCode()).isEqualTo(4);
    assertThat(json.err()).isEmpty();
    assertThat(new ObjectMapper().readTree(json.out()).get("trouble").asText())
        .contains("no answer from");
  }

  @Test
  void looksAtFilesOfThisMachine() throws Exception {
    var bytes = image("{\"Volumes\":{\"/golem/work\":{}}}");
    Files.write(folder.resolve("my.gvmi"), bytes);
    var digest = MessageDigest.getInstance("SHA3-224").digest(bytes);

    var ran = workspace.run("image", "inspect", "./my.gvmi");

    assertThat(ran)
        .isEqualTo(
            new Workspace.Ran(
                0,
                """
                file     ./my.gvmi
                sha3     %s
                url      none; this machine serves the file while a run lasts
                size     %d B, %d bytes
                volumes  /golem/work
                unknown  whether its file system is whole, and its programs work: it is not unpacked
                """
                    .formatted(HexFormat.of().formatHex(digest), bytes.length, bytes.length),
                ""));
    assertThat(registry.asked).isEmpty();
    Files.write(folder.resolve("my.gvmi"), image("{}"));
    assertThat(workspace.run("image", "inspect", "my.gvmi").out()).contains("VOLUME /golem/work");
  }

  @Test
  void saysTheHashAlsoOfWhatDoesNotLookLikeAnImage() throws IOException {
    workspace.write("notes.txt", "a text that is long enough");

    var ran = workspace.run("image", "inspect", "notes.txt");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.lines()).anyMatch(line -> line.matches("sha3 +[0-9a-f]{56}"));
    assertThat(ran.err())
        .contains("`notes.txt` does not end like a VM image.", "golem-pipeline image build");
    assertThat(workspace.run("image", "inspect", "./none.gvmi").err()).contains("There is no file");
    assertThat(workspace.run("image", "inspect", "./").err()).contains("`./` is no file.");
  }

  @Test
  void refusesWhatIsNoImage() {
    for (var wrong : new String[] {"alpine", "golem/alpine", "https://x.org/i.gvmi", "", "abc\0"}) {
      var ran = workspace.run("image", "inspect", wrong);
      assertThat(ran.exitCode()).as(wrong).isEqualTo(2);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).startsWith("error: ").contains("hint: ").doesNotContain("\tat ");
    }
    assertThat(workspace.run("image", "inspect", "golem/alpine").err())
        .contains("`golem/alpine:latest`");
  }

  @Test
  void whereAnImageCannotBeWrittenIsSaidBeforeItIsMade() throws IOException {
    Files.writeString(folder.resolve("root.tar"), "not read");
    Files.createDirectory(folder.resolve("there"));
    for (var place : List.of("there", "none/mine.gvmi", "/dev/null")) {
      var ran = workspace.run("image", "build", "root.tar", "-o", place);
      assertThat(ran.exitCode()).as(place).isEqualTo(2);
      assertThat(ran.err()).contains("hint: Name a file").doesNotContain("root.tar");
    }
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    assertThat(
            workspace.run("image", "build", "root.tar", "--largest", "9".repeat(30) + "TiB").err())
        .contains("is no size.");
  }

  @Test
  void removesNothingIfANameIsUnknown() throws IOException {
    workspace.with("XDG_CACHE_HOME", folder.resolve("cache").toString());
    try (var store =
            new ImageStore(folder.resolve("cache/golem-pipeline/images"), Clock.systemUTC());
        var scratch = store.newScratch()) {
      Files.writeString(scratch.image(), "an image");
      store.add(scratch.image(), A, Origin.of("mine"), List.of());
      var ran = workspace.run("image", "rm", "mine", "theirs");
      assertThat(ran.exitCode()).isEqualTo(2);
      assertThat(store.find(A)).isPresent();
      assertThat(workspace.run("image", "rm", "mine", "aaaa").exitCode()).isZero();
      assertThat(store.find(A)).isEmpty();
    }
  }

  @Test
  void printsJsonForTools() throws IOException {
    registry.has("tag=golem/alpine:latest", A, 7);

    var json =
        new ObjectMapper()
            .readTree(workspace.run("image", "inspect", "golem/alpine:latest", "--json").out());

    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            ("image kind sha3 url size volumes locked now trouble hint unknown env "
                    + "origins unpacked programs user layers")
                .split(" "));
    assertThat(json.get("kind").asText()).isEqualTo("tag");
    assertThat(json.get("size").asLong()).isEqualTo(7);
    assertThat(json.get("volumes").isNull()).isTrue();
    assertThat(json.get("locked").asBoolean(true)).isFalse();
    assertThat(json.get("unknown")).hasSize(2);
  }

  @Test
  void namesAllImagesOfAPipelineOnce() throws IOException {
    registry.has("tag=golem/alpine:latest", A, 7);
    workspace.write("p.yaml", PIPELINE);

    var ran = workspace.run("image", "inspect", "p.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.lines())
        .containsOnlyOnce("tag      golem/alpine:latest")
        .contains("url      https://x.org/i.gvmi", "sha3     " + B);
    assertThat(registry.asked).hasSize(1);
    assertThat(folder.resolve("p.yaml.lock")).doesNotExist();
  }

  @Test
  void runsUseWhatIsLockedWhateverTheTagMeansNow() throws IOException {
    registry.has("tag=golem/alpine:latest", A, 7);
    workspace.write("p.yaml", PIPELINE);
    var lock =
        """
        {"version": 1, "images": {"golem/alpine:latest": {"sha3": "%s", "url": "http://old"}}}
        """;
    workspace.write("p.yaml.lock", lock.formatted(A));
    assertThat(workspace.run("image", "inspect", "p.yaml").out())
        .contains("locked   yes")
        .doesNotContain("tomorrow", "another image");

    workspace.write("p.yaml.lock", lock.formatted(B));
    assertThat(workspace.run("image", "inspect", "p.yaml").lines())
        .startsWith("tag      golem/alpine:latest", "sha3     " + B, "url      http://old")
        .contains("now      the registry has another image, " + A);

    registry.close();
    var alone = workspace.run("image", "inspect", "p.yaml");
    assertThat(alone.exitCode()).isZero();
    assertThat(alone.out()).contains("sha3     " + B, "unknown  what the tag means now. Could not");
    assertThat(workspace.read("p.yaml.lock")).isEqualTo(lock.formatted(B));
  }

  @Test
  void aPipelineWithoutImagesNeedsNone() throws IOException {
    workspace.write("p.yaml", "version: 1\nname: p\nrun: 'true > \"$out\"'\noutput: a\n");

    assertThat(workspace.run("image", "inspect", "p.yaml"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("`p.yaml` names no image.");
  }

  /** What the end of a VM image looks like. */
  public static byte[] image(String configuration) throws IOException {
    var json = configuration.getBytes(StandardCharsets.UTF_8);
    var checksum = new CRC32();
    checksum.update(json);
    var image = new ByteArrayOutputStream();
    image.write("squashed".getBytes(StandardCharsets.UTF_8));
    image.write(
        ByteBuffer.allocate(4)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) checksum.getValue())
            .array());
    image.write(json);
    image.write("%08d".formatted(json.length).getBytes(StandardCharsets.UTF_8));
    return image.toByteArray();
  }
}
