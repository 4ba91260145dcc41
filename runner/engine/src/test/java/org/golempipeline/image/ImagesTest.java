package org.golempipeline.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.image.FakeRegistry.sha3;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.io.FileUtils;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.Settlement;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.StoredImage;
import org.golempipeline.oci.RegistryLogins;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.Plans;
import org.golempipeline.spec.ImageRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the images of a file to what providers fetch. */
@Timeout(240)
class ImagesTest {
  private static final ImageRef ALPINE = new ImageRef.Tag("golem/alpine:latest");
  private static final Inside ANYWHERE = new Inside(Inside.Choice.WHERE_POSSIBLE, Optional.empty());

  private static final ImageRef BLENDER = new ImageRef.Tag("golem/blender:2.8");

  private String file = "p.yaml";
  @TempDir Path folder;
  private FakeRegistry registry;

  @BeforeEach
  void open() throws Exception {
    registry = new FakeRegistry();
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void standardInputHasTheLockFileOfItsPipelinesName() throws Exception {
    registry.has("golem/alpine:latest", 'a');
    file = "-";
    images(stages("golem/alpine:latest"));
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("p.yaml.lock"));
    }
  }

  @Test
  void tagsArePinnedByTheFirstRun() throws Exception {
    registry.has("golem/alpine:latest", 'a').has("golem/blender:2.8", 'b');
    var yaml = stages("golem/blender:2.8", "golem/alpine:latest", "golem/blender:2.8");
    var first = images(yaml);
    assertThat(registry.asked)
        .containsExactlyInAnyOrder("golem/alpine:latest", "golem/blender:2.8");
    assertThat(first.get(ALPINE)).isEqualTo(new Image(sha3('a'), "http://registry/a"));
    assertThat(first.get(BLENDER)).isEqualTo(new Image(sha3('b'), "http://registry/b"));
    assertThat(lock())
        .isEqualTo(
            """
            {
              "version": 1,
              "images": {
                "golem/alpine:latest": {
                  "sha3": "%s",
                  "url": "http://registry/a"
                },
                "golem/blender:2.8": {
                  "sha3": "%s",
                  "url": "http://registry/b"
                }
              }
            }
            """
                .formatted(sha3('a'), sha3('b')));
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("p.yaml.lock"));
    }
  }

  @Test
  void laterRunsAskNobodyAndLeaveTheFileAlone() throws Exception {
    registry.has("golem/alpine:latest", 'a');
    images(stages("golem/alpine:latest"));
    registry.has("golem/alpine:latest", 'c');
    var before = Files.getLastModifiedTime(folder.resolve("p.yaml.lock"));
    var key = Files.readAttributes(folder.resolve("p.yaml.lock"), "unix:ino");
    assertThat(images(stages("golem/alpine:latest")).get(ALPINE).sha3()).isEqualTo(sha3('a'));
    assertThat(registry.asked).hasSize(1);
    assertThat(Files.getLastModifiedTime(folder.resolve("p.yaml.lock"))).isEqualTo(before);
    assertThat(Files.readAttributes(folder.resolve("p.yaml.lock"), "unix:ino")).isEqualTo(key);
  }

  @Test
  void anotherTagIsAskedForAndTheOldOneDropped() throws Exception {
    registry.has("golem/alpine:latest", 'a').has("golem/blender:2.8", 'b');
    images(stages("golem/alpine:latest"));
    registry.asked.clear();
    images(stages("golem/blender:2.8"));
    assertThat(registry.asked).containsExactly("golem/blender:2.8");
    assertThat(lock()).contains("blender").doesNotContain("alpine");
  }

  @Test
  void whatALockFileSaysBesidesIsKept() throws Exception {
    registry.has("golem/alpine:latest", 'a');
    lock("{ \"version\": 1, \"notes\": { \"x\": [1] } }");
    images(stages("golem/alpine:latest"));
    assertThat(lock())
        .startsWith("{\n  \"version\": 1,\n  \"images\": {\n")
        .contains("\"notes\": {\n    \"x\": [\n      1\n    ]\n  }")
        .endsWith("}\n");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnceAndNothingIsPinned() throws Exception {
    registry
        .has("golem/alpine:latest", 'a')
        .answers("golem/garbage:1", 200, "<html>")
        .answers("golem/down:1", 503, "Try later");
    var problems =
        problems(
            stages(
                "golem/alpine:latest",
                "golem/none:1",
                "golem/garbage:1",
                "golem/down:1",
                "golem/none:1",
                "./none.gvmi",
                null,
                sha3('d')));
    assertThat(problems)
        .containsExactly(
            "5:16 Image.Unknown Stages `s1` and `s4` name the image `golem/none:1`, which the"
                + " registry does not know: Image not found.",
            "6:16 Image.NoAnswer Stage `s2`: Could not find the image `golem/garbage:1`: the answer"
                + " of REGISTRY makes no sense.",
            "7:16 Image.NoAnswer Stage `s3`: Could not find the image `golem/down:1`: REGISTRY"
                + " answers: Try later.",
            "9:16 Image.BadFile Stage `s5` names the image `./none.gvmi`, which does not exist.",
            "10:3 Image.Missing Stage `s6` names no `image`, and providers need one.",
            "11:16 Image.Unknown Stage `s7` names the image `%s`, which the registry does not know: Image not found."
                .formatted(sha3('d')));
    assertThat(folder.resolve("p.yaml.lock")).doesNotExist();
  }

  @Test
  void stagesWithoutImageAreNamedOnce() throws Exception {
    assertThat(problems(stages((String) null, null, null)))
        .containsExactly(
            "4:3 Image.Missing Stages `s0`, `s1` and `s2` name no `image`, and providers need"
                + " one.");
  }

  @Test
  void anImageForAllStagesIsPointedAtOnce() throws Exception {
    assertThat(problems("image: golem/none:1\n" + stages((String) null, null)))
        .containsExactly(
            "3:8 Image.Unknown Stages `s0` and `s1` name the image `golem/none:1`, which the"
                + " registry does not know: Image not found.");
  }

  @Test
  void brokenLockFilesAreOneError() throws Exception {
    var sha3 = sha3('a');
    brokenLock("", "1:1 it is empty or no map");
    brokenLock("[]", "1:1 it is empty or no map");
    brokenLock("{\n  \"version\": 1,\n  oops\n}", "3:3 it is not JSON");
    brokenLock("{\"version\": 1} {}", "1:16 it is not JSON");
    brokenLock("{\"version\": 1, \"version\": 1}", "1:25 it is not JSON");
    brokenLock(
        "{\n<<<<<<< HEAD\n  \"version\": 1\n=======\n", "2:1 it has the marks of a merge conflict");
    brokenLock("{}", "1:1 its `version` must be 1");
    brokenLock("{\"version\": 2}", "1:1 its version is 2, of a newer golem-pipeline");
    brokenLock("{\"version\": 1, \"images\": []}", "1:1 its `images` must be a map");
    var entry = "`golem/alpine:latest` needs a `sha3` of 56 hexadecimal digits and a `url`";
    brokenLock(
        "{\"version\": 1,\n  \"images\": { \"golem/alpine:latest\": \"%s\" } }".formatted(sha3),
        "2:15 " + entry);
    brokenLock(
        "{\"version\":1,\"images\":{\"golem/alpine:latest\":{\"sha3\":\"1\",\"url\":\"http://x\"}}}",
        "1:24 " + entry);
    brokenLock(
        "{\"version\":1,\"images\":{\"golem/alpine:latest\":{\"sha3\":\"%s\",\"url\":\"file:///x\"}}}"
            .formatted(sha3),
        "1:24 " + entry);
    assertThat(registry.asked).isEmpty();
  }

  private void brokenLock(String text, String problem) throws Exception {
    lock(text);
    var checked = resolve(stages("golem/alpine:latest"));
    assertThat(checked.diagnostics()).as(text).hasSize(1);
    var found = checked.diagnostics().get(0);
    assertThat(found.source().name()).isEqualTo("p.yaml.lock");
    assertThat(found.hint()).contains("delete it");
    var at = problem.split(" ", 2);
    assertThat(said(found))
        .isEqualTo(
            at[0]
                + " Lock.Broken `p.yaml.lock` is not a lock file as golem-pipeline writes it: "
                + at[1]
                + ".");
    assertThat(lock()).isEqualTo(text);
  }

  @Test
  void aLockFileThatCannotBeReadIsAnError() throws Exception {
    registry.has("golem/alpine:latest", 'a');
    Files.createDirectories(folder.resolve("p.yaml.lock/x"));
    assertThat(problems(stages("golem/alpine:latest")))
        .singleElement()
        .asString()
        .contains("Lock.Broken Could not read `p.yaml.lock`");
  }

  @Test
  void hashesAreAskedForAndUrlsAreNot() throws Exception {
    registry.has(sha3('e'), 'e');
    var images =
        images(
            stages(
                sha3('e'), "{ url: \"https://x.org/i.gvmi\", hash: \"%s\" }".formatted(sha3('f'))));
    assertThat(images.get(new ImageRef.Hash(sha3('e'))))
        .isEqualTo(new Image(sha3('e'), "http://registry/e"));
    assertThat(images.get(new ImageRef.Url(java.net.URI.create("https://x.org/i.gvmi"), sha3('f'))))
        .isEqualTo(new Image(sha3('f'), "https://x.org/i.gvmi"));
    assertThat(registry.asked).containsExactly(sha3('e'));
    assertThat(folder.resolve("p.yaml.lock")).doesNotExist();
  }

  @Test
  void filesOfThisMachineAreServed() throws Exception {
    var file = image("my.gvmi");
    var images = resolve(stages("./my.gvmi")).value().orElseThrow();
    try (var served = images.serve(new Serving()).join()) {
      assertThat(served.get(new ImageRef.Local("./my.gvmi")))
          .isEqualTo(new Image(GvmiFile.read(file).sha3(), "gftp://me/" + Files.size(file)));
    }
    assertThat(registry.asked).isEmpty();
  }

  @Test
  void aFileThatIsGoneWhenTheRunBeginsIsAFailure() throws Exception {
    image("my.gvmi");
    var images = resolve(stages("./my.gvmi")).value().orElseThrow();
    FileUtils.deleteDirectory(folder.resolve("store").toFile());
    assertThat(images.serve(new Serving()))
        .failsWithin(Duration.ofSeconds(120))
        .withThrowableThat()
        .withCauseInstanceOf(GolemException.class)
        .withMessageContaining("Could not read the image `./my.gvmi`");
  }

  /** What is computed on this machine to check it is computed in the image, where that is here. */
  @Test
  void whatIsAtHandIsForAuditsAndProvidersFetchItWhereItIs() throws Exception {
    var pulled = stored("x", "pulled");
    var here = new ImageRef.Url(java.net.URI.create("https://x.org/i.gvmi"), pulled.sha3());
    var other = new ImageRef.Url(java.net.URI.create("https://x.org/j.gvmi"), sha3('f'));
    var url = "{ url: \"%s\", hash: \"%s\" }";
    var images =
        resolve(
                stages(
                    url.formatted(here, here.sha3()),
                    url.formatted(other, other.sha3()),
                    "./" + image("my.gvmi").getFileName()))
            .value()
            .orElseThrow();
    assertThat(images.files()).containsOnlyKeys(here, new ImageRef.Local("./my.gvmi"));
    try (var served = images.serve(new Serving()).join();
        var audits = images.forAudits().serve(new Serving()).join()) {
      assertThat(served.get(here)).isEqualTo(new Image(pulled.sha3(), "https://x.org/i.gvmi"));
      assertThat(audits.get(here).sha3()).isEqualTo(pulled.sha3());
      assertThat(audits.get(other)).isEqualTo(Images.NOT_FETCHED);
      assertThat(audits.get(new ImageRef.Local("./my.gvmi")).sha3())
          .isEqualTo(GvmiFile.read(folder.resolve("my.gvmi")).sha3());
    }
  }

  @Test
  void aRunHereGoesOnInsideWhatIsAtHand() throws Exception {
    var file = GvmiFile.read(image("my.gvmi"));
    var pulled = stored("golem/alpine:latest", "pulled");
    var pinned = stored("golem/other:1", "pinned");
    var hashed = stored("x", "hashed");
    Files.writeString(
        folder.resolve("p.yaml.lock"),
        "{\"version\": 1, \"images\": {\"golem/blender:2.8\": {\"sha3\": \"%s\", \"url\": \"http://x\"}}}"
            .formatted(pinned.sha3()));
    var yaml = stages("./my.gvmi", "golem/alpine:latest", "golem/blender:2.8", hashed.sha3(), null);
    var images = here(yaml, Inside.Choice.WHERE_POSSIBLE).value().orElseThrow();
    assertThat(images.choices())
        .containsExactly(
            new RunEvent.ProgramsChosen("./my.gvmi", file.sha3(), null),
            new RunEvent.ProgramsChosen("golem/alpine:latest", pulled.sha3(), null),
            new RunEvent.ProgramsChosen("golem/blender:2.8", pinned.sha3(), null),
            new RunEvent.ProgramsChosen(hashed.sha3(), hashed.sha3(), null));
    assertThat(images.content(ALPINE)).contains(pulled.sha3()).isNotEqualTo(pulled.sha3());
    assertThat(images.content(null)).isEqualTo(Images.none().content(ALPINE));
    try (var served = images.serve(new Serving()).join()) {
      assertThat(served.get(ALPINE))
          .isEqualTo(new Image(pulled.sha3(), "gftp://me/" + pulled.size()));
      assertThat(served.get(null)).isEqualTo(Images.NOT_FETCHED);
    }
    assertThat(registry.asked).isEmpty();
  }

  @Test
  void aRunHereSaysWhyItStaysOutside() throws Exception {
    Files.writeString(folder.resolve("bad.gvmi"), "no image at all, only words");
    stored("golem/alpine:latest", "pulled");
    var yaml = stages("./none.gvmi", "./bad.gvmi", "golem/blender:2.8", "golem/alpine:latest");
    assertThat(here(yaml, Inside.Choice.WHERE_POSSIBLE).value().orElseThrow().choices())
        .extracting(RunEvent.ProgramsChosen::instead)
        .containsExactly(
            "does not exist",
            "does not end like a VM image",
            "is not on this machine; `golem-pipeline image pull golem/blender:2.8` gets it",
            null);
    assertThat(here(yaml, Inside.Choice.NEVER).value().orElseThrow().choices())
        .allSatisfy(each -> assertThat(each.sha3()).isNull());
    var refused = here(yaml, Inside.Choice.ALWAYS);
    assertThat(refused.value()).isEmpty();
    assertThat(refused.diagnostics())
        .hasSize(3)
        .allSatisfy(each -> assertThat(each.id()).isEqualTo(ImageDiagnosticIds.IMAGE_NOT_HERE))
        .last()
        .satisfies(
            each -> {
              assertThat(each.message())
                  .isEqualTo(
                      "Stage `s2` names the image `golem/blender:2.8`, which is not on this"
                          + " machine.");
              assertThat(each.hint()).contains("golem-pipeline image pull golem/blender:2.8");
            });
    assertThat(here(stages((String) null), Inside.Choice.ALWAYS).diagnostics())
        .singleElement()
        .extracting(Diagnostic::message)
        .isEqualTo("Stage `s0` names no `image`, and `--in image` asks for one.");
  }

  @Test
  void aRunOnGolemSaysInWhichProgramsItAudits() throws Exception {
    var pulled = stored("golem/alpine:latest", "pulled");
    var file = GvmiFile.read(image("my.gvmi"));
    Files.writeString(
        folder.resolve("p.yaml.lock"),
        "{\"version\": 1, \"images\": {\"golem/alpine:latest\": {\"sha3\": \"%s\", \"url\": \"http://x\"}}}"
            .formatted(pulled.sha3()));
    registry.has("golem/blender:2.8", 'b');
    var yaml = stages("golem/alpine:latest", "golem/blender:2.8", "./my.gvmi");
    var audited = yaml + "verify: { audit: 5%, by: local }\n";
    assertThat(resolve(audited).value().orElseThrow().choices())
        .containsExactly(
            new RunEvent.ProgramsChosen("golem/alpine:latest", pulled.sha3(), null),
            new RunEvent.ProgramsChosen(
                "golem/blender:2.8",
                null,
                "is not on this machine; `golem-pipeline image pull golem/blender:2.8` gets it"),
            new RunEvent.ProgramsChosen("./my.gvmi", file.sha3(), null));
    assertThat(resolve(yaml).value().orElseThrow().choices()).isEmpty();

    var closed =
        Images.onNetwork(
            plan(audited).value().orElseThrow().spec(),
            folder,
            registry.client(),
            workshop(),
            new Inside(
                Inside.Choice.WHERE_POSSIBLE, Optional.of(new Inside.Obstacle("closed", "Open."))));
    assertThat(closed.value().orElseThrow().choices())
        .hasSize(3)
        .allSatisfy(each -> assertThat(each.instead()).isEqualTo("cannot be entered here: closed"));
  }

  @Test
  void aRunWithoutImagesNeedsNoLockFile() throws Exception {
    Files.writeString(folder.resolve("p.yaml.lock"), "no lock file");
    var images = here(stages((String) null), Inside.Choice.WHERE_POSSIBLE);
    assertThat(images.diagnostics()).isEmpty();
    assertThat(images.value().orElseThrow().choices()).isEmpty();
  }

  @Test
  void whereNobodyCanGoInsideThatIsSaid() throws Exception {
    stored("golem/alpine:latest", "pulled");
    var closed = Optional.of(new Inside.Obstacle("no namespaces", "Allow them."));
    var yaml = stages("golem/alpine:latest");
    var images = here(yaml, new Inside(Inside.Choice.WHERE_POSSIBLE, closed));
    assertThat(images.value().orElseThrow().choices())
        .containsExactly(
            new RunEvent.ProgramsChosen(
                "golem/alpine:latest", null, "cannot be entered here: no namespaces"));
    assertThat(here(yaml, new Inside(Inside.Choice.ALWAYS, closed)).diagnostics())
        .singleElement()
        .satisfies(each -> assertThat(each.hint()).isEqualTo("Allow them."));
  }

  private Checked<Images> here(String yaml, Inside.Choice choice) throws InterruptedException {
    return here(yaml, new Inside(choice, Optional.empty()));
  }

  private Checked<Images> here(String yaml, Inside inside) throws InterruptedException {
    return Images.onThisMachine(
        plan(yaml).value().orElseThrow().spec(), folder, workshop(), inside);
  }

  private Workshop workshop() {
    return new Workshop(store(), RegistryLogins.NONE, line -> {});
  }

  private ImageStore store() {
    return new ImageStore(folder.resolve("store"), Clock.systemUTC());
  }

  private StoredImage stored(String name, String content) throws Exception {
    var store = store();
    var part = image(content);
    return store.add(part, GvmiFile.read(part).sha3(), StoredImage.Origin.of(name), List.of());
  }

  private Path image(String name) throws Exception {
    var file = Files.writeString(folder.resolve(name), "squashed " + name);
    var nothing = Optional.<String>empty();
    GvmiFile.seal(
        file,
        new ImageConfiguration(List.of(), nothing, List.of(), nothing, List.of(), List.of("sh")));
    return file;
  }

  /** A network that names what it serves by its size. */
  private static final class Serving implements GolemNetwork {
    @Override
    public CompletableFuture<String> serve(ByteSource file) {
      return CompletableFuture.completedFuture("gftp://me/" + file.size());
    }

    @Override
    public CompletableFuture<Rental> rent(RentalTerms terms) {
      throw new AssertionError();
    }

    @Override
    public void ban(String providerId) {
      throw new AssertionError();
    }

    @Override
    public void pause(String providerId, Duration time) {
      throw new AssertionError();
    }

    @Override
    public CompletableFuture<Settlement> settle(Duration limit) {
      throw new AssertionError();
    }

    @Override
    public void close() {}
  }

  /** A stage for each image, called s0, s1 and so on; null for none. */
  private static String stages(String... images) {
    var text = new StringBuilder("stages:\n");
    for (var i = 0; i < images.length; i++) {
      var image = images[i] == null ? "" : "image: " + images[i] + ", ";
      text.append("  s%d: { %srun: [\"true\"], output: o%d }\n".formatted(i, image, i));
    }
    return text.toString();
  }

  private Checked<Plan> plan(String body) {
    return Plans.of("version: 1\nname: p\n" + body, file, folder);
  }

  private Checked<Images> resolve(String body) throws InterruptedException {
    var planned = plan(body);
    assertThat(planned.diagnostics()).isEmpty();
    return Images.onNetwork(
        planned.value().orElseThrow().spec(), folder, registry.client(), workshop(), ANYWHERE);
  }

  private ServedImages images(String body) throws InterruptedException {
    var checked = resolve(body);
    assertThat(checked.diagnostics()).isEmpty();
    return checked.value().orElseThrow().serve(new Serving()).join();
  }

  private List<String> problems(String body) throws InterruptedException {
    var said = new ArrayList<String>();
    for (var problem : resolve(body).diagnostics()) {
      assertThat(problem.hint()).isNotBlank();
      said.add(said(problem).replaceAll("http://127.0.0.1:\\d+", "REGISTRY"));
    }
    return said;
  }

  private static String said(Diagnostic problem) {
    var range = problem.range();
    return range.line() + ":" + range.column() + " " + problem.id() + " " + problem.message();
  }

  private String lock() throws Exception {
    return Files.readString(folder.resolve("p.yaml.lock"));
  }

  private void lock(String text) throws Exception {
    Files.writeString(folder.resolve("p.yaml.lock"), text);
  }
}
