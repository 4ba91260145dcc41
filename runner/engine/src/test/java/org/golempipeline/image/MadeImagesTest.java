package org.golempipeline.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.lock.LockFile;
import org.golempipeline.oci.RegistryLogins;
import org.golempipeline.spec.ImageRef;
import org.golempipeline.spec.Overrides;
import org.golempipeline.spec.PipelineFiles;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.Strategies;
import org.golempipeline.standard.StandardStrategies;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images that a pipeline names by what they are made of, and what is in them. */
@Timeout(240)
class MadeImagesTest {
  private static final ImageRef MADE = new ImageRef.Build("image.tar");
  private static final Inside INSIDE = new Inside(Inside.Choice.ALWAYS, Optional.empty());

  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void needSquashfs() {
    for (var program : List.of("sqfstar", "unsquashfs")) {
      assumeTrue(
          List.of("/usr/bin", "/usr/local/bin").stream()
              .anyMatch(each -> Files.isExecutable(Path.of(each, program))),
          "there is no `" + program + "`");
    }
  }

  @Test
  void isMadeOncePinnedAndMadeAgainWhenItsSourceChanges() throws Exception {
    image("sh", "cat");
    var first = found("run: cat x");
    assertThat(first.unmade()).isEmpty();
    var made = first.files().get(MADE);
    assertThat(made.configuration().volumes()).containsExactly("/golem/work");
    assertThat(first.content(MADE)).contains(made.sha3());
    assertThat(said).isNotEmpty().allSatisfy(line -> assertThat(line).startsWith("image.tar: "));
    var pin = lock().builds().get("image.tar");
    assertThat(pin.sha3()).isEqualTo(made.sha3());
    assertThat(pin.digest()).matches("sha256:[0-9a-f]{64}");

    said.clear();
    assertThat(found("run: cat x").files().get(MADE).sha3()).isEqualTo(made.sha3());
    assertThat(said).isEmpty();

    Files.copy(folder.resolve("image.tar"), folder.resolve("same.tar"));
    var twice =
        "stages: { a: { run: cat x, output: o }, b: { image: { build: same.tar }, run: cat y, output: p } }";
    assertThat(found(twice).files().values()).hasSize(2);
    assertThat(lock().builds().values()).containsOnly(pin).hasSize(2);

    image("sh", "cat", "tac");
    assertThat(found("run: cat x").files().get(MADE).sha3()).isNotEqualTo(made.sha3());
    assertThat(lock().builds().get("image.tar").digest()).isNotEqualTo(pin.digest());
  }

  @Test
  void isOnlyAnnouncedWhereNothingMayBeMade() throws Exception {
    image("sh");
    var images = images("run: cat x", new Workshop(store(), RegistryLogins.NONE, null));
    assertThat(images.diagnostics()).isEmpty();
    assertThat(images.value().orElseThrow().unmade()).containsExactly(MADE);
    assertThat(images.value().orElseThrow().choices()).isEmpty();
    assertThat(folder.resolve("store")).doesNotExist();
    assertThat(folder.resolve("p.yaml.lock")).doesNotExist();
  }

  @Test
  void whatCannotBeMadeIsSaidWithItsPlace() throws Exception {
    assertThat(images("run: cat x", workshop()).diagnostics())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.id()).isEqualTo(ImageDiagnosticIds.IMAGE_NOT_MADE);
              assertThat(each.range().line()).isEqualTo(2);
              assertThat(each.message())
                  .startsWith("Stage `p` names the image `image.tar`, which cannot be made: ")
                  .contains("image.tar")
                  .endsWith(".");
              assertThat(each.hint()).isNotBlank();
            });
  }

  @Test
  void programsThatItLacksAreNamedWhereTheyAreCalled() throws Exception {
    image("sh", "cat", "chmod", "dd", "mkdir", "mv", "rm", "sleep", "tail", "wc");
    var body =
        """
        setup: |
          cat x
          apk add y
        run: |
          cat "$in" | wc -l
          povray scene.pov
          # convert is only mentioned
        merge: { reduce: { run: 'cat "$in"/* | sort > "$out"' } }
        output: o
        """;
    assertThat(lacks(body))
        .containsExactly(
            "8:3-8:9 `povray` is not in the image `image.tar`.",
            "5:3-5:6 `apk` is not in the image `image.tar`.",
            "10:40-10:44 `sort` is not in the image `image.tar`.");

    image("sh", "cat");
    assertThat(lacks("run: cat x > \"$out\"\noutput: o"))
        .first()
        .isEqualTo(
            "2:8-2:28 The image `image.tar` has no `chmod`, which fragments are started and packed"
                + " with.");
    image("cat");
    assertThat(lacks("run: cat x > \"$out\"\noutput: o"))
        .containsExactly(
            "2:8-2:28 The image `image.tar` has no `/bin/sh`, with which every fragment is"
                + " started.");
  }

  @Test
  void whatShowsOnlyOnProvidersIsSaidBefore() throws Exception {
    image("sh", "cat", "chmod", "dd", "mkdir", "mv", "rm", "sleep", "tail", "wc");
    savedWithUser("1000:1000");
    var body = "run: cat x > \"$out\"\noutput: o\nbudget: 1 GLM";
    assertThat(warnings(body, 5))
        .containsExactly(
            "2:8-2:28 Programs of the image `image.tar` run as 1000:1000 on providers, who mostly"
                + " may not write into volumes; on this machine they are root.");
    assertThat(warnings(body, 100_000_000))
        .hasSize(2)
        .last()
        .asString()
        .startsWith("2:8-2:28 Providers get the image `image.tar`, 0 MB, from this machine, ")
        .contains(" GB for 100000000 of them, which takes ")
        .endsWith(" min at 20 Mbit/s, as many lines at home send.");
    assertThat(warnings("run: cat x > \"$out\"\noutput: o", 100_000_000)).hasSize(1);
  }

  /** The image as {@code docker save} writes it. */
  private void savedWithUser(String user) throws IOException {
    var layer = Files.readAllBytes(folder.resolve("image.tar"));
    var files =
        Map.of(
            "manifest.json",
            "[{\"Config\": \"config.json\", \"Layers\": [\"layer.tar\"]}]".getBytes(UTF_8),
            "config.json",
            "{\"config\": {\"User\": \"%s\"}}".formatted(user).getBytes(UTF_8),
            "layer.tar",
            layer);
    try (var tar =
        new TarArchiveOutputStream(Files.newOutputStream(folder.resolve("image.tar")), "UTF-8")) {
      for (var each : files.entrySet()) {
        var entry = new TarArchiveEntry(each.getKey());
        entry.setSize(each.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(each.getValue());
        tar.closeArchiveEntry();
      }
    }
  }

  private List<String> lacks(String body) throws Exception {
    return warnings(body, 5);
  }

  private List<String> warnings(String body, int providers) throws Exception {
    var images = found(body);
    try (var store = store()) {
      return ImageContents.warnings(spec(body), images, store, providers, Uplink.USUAL).stream()
          .map(MadeImagesTest::text)
          .toList();
    }
  }

  private static String text(Diagnostic each) {
    var range = each.range();
    return "%d:%d-%d:%d %s"
        .formatted(
            range.line(), range.column(), range.endLine(), range.endColumn(), each.message());
  }

  /** A file system with programs of these names. */
  private void image(String... programs) throws IOException {
    try (var tar =
        new TarArchiveOutputStream(Files.newOutputStream(folder.resolve("image.tar")), "UTF-8")) {
      tar.putArchiveEntry(new TarArchiveEntry("bin/", TarConstants.LF_DIR));
      tar.closeArchiveEntry();
      for (var program : programs) {
        var content = "#!/bin/sh\n".getBytes(UTF_8);
        var entry = new TarArchiveEntry("bin/" + program);
        entry.setMode(0755);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
  }

  private Workshop workshop() {
    return new Workshop(store(), RegistryLogins.NONE, said::add);
  }

  private ImageStore store() {
    return new ImageStore(folder.resolve("store"), Clock.systemUTC());
  }

  private LockFile lock() {
    return LockFile.read(folder.resolve("p.yaml.lock"), "p.yaml.lock").value().orElseThrow();
  }

  private Images found(String body) throws Exception {
    var images = images(body, workshop());
    assertThat(images.diagnostics()).isEmpty();
    return images.value().orElseThrow();
  }

  private Checked<Images> images(String body, Workshop workshop) throws Exception {
    return Images.onThisMachine(spec(body), folder, workshop, INSIDE);
  }

  private static PipelineSpec spec(String body) {
    var text = "version: 1\nimage: { build: image.tar }\n" + body + "\n";
    var more = body.contains("output:") ? "" : "output: o\n";
    return PipelineFiles.load(
            (text + more).getBytes(UTF_8),
            "p.yaml",
            new Strategies(StandardStrategies.splits(), StandardStrategies.merges()),
            new Overrides(Map.of(), name -> Optional.empty(), false))
        .value()
        .orElseThrow();
  }
}
