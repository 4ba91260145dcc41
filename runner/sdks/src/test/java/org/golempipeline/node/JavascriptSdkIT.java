package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.golempipeline.exeunit.Containers;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.StoredImage;
import org.golempipeline.oci.ImageBuilder;
import org.golempipeline.oci.ImageSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Unmodified golem-js and task-executor are at home on the node. */
@Timeout(200)
class JavascriptSdkIT extends NodeTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("^```js\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private static Sdk sdk;

  @TempDir Path files;

  @BeforeAll
  @Timeout(900)
  static void install() throws Exception {
    sdk = Sdk.javascript();
  }

  @Override
  boolean free() {
    return false;
  }

  @Test
  void theDocumentedExampleWorks() throws Exception {
    var example = EXAMPLE.matcher(Files.readString(Path.of("../../docs/golem.md")));
    assertThat(example.find()).isTrue();
    sdk.write("documented.mjs", example.group(1));

    Sdk.Ran ran = sdk.run(requestor, "documented.mjs").succeeded();

    assertThat(ran.out()).isEqualTo("Hello from a provider\n");
    assertEnded(1);
  }

  @Test
  @Tag(NODE_ONLY)
  void commandsRunInsideTheImageThatIsHere() throws Exception {
    assumeThat(Containers.obstacle()).as("what keeps programs from running in images").isEmpty();
    try (ImageStore images = new ImageStore(files.resolve("images"), Clock.systemUTC());
        EmbeddedNode inside =
            EmbeddedNode.start(
                new NodeOptions(
                    0, "key", 1, files.resolve("node"), 7, false, Optional.of(images)))) {
      pull("golem/alpine:latest", images);

      Sdk.Ran ran = sdk.run(new Requestor(inside), "inside.mjs").succeeded();

      assertThat(ran.lines())
          .containsExactly("bin dev etc golem proc sys tmp", "input work", "Hello from a provider");
    }
  }

  /** A static busybox, kept as if it had been pulled. */
  private void pull(String tag, ImageStore images) throws Exception {
    Path busybox = Path.of("/bin/busybox");
    assumeThat(busybox).isExecutable();
    Path bin = Files.createDirectories(files.resolve("root/bin"));
    Files.copy(busybox, bin.resolve("busybox"));
    for (String name : List.of("cat", "echo", "ls", "sh")) {
      Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
    }
    Path tar = files.resolve("layer.tar");
    Path config =
        Files.writeString(
            files.resolve("config.json"),
            "{\"config\": {\"Volumes\": {\"/golem/work\": {}, \"/golem/input\": {}}}}");
    Path manifest =
        Files.writeString(
            files.resolve("manifest.json"),
            "[{\"Config\": \"config.json\", \"Layers\": [\"layer.tar\"]}]");
    tar(tar, bin.getParent(), "bin");
    tar(files.resolve("saved.tar"), files, tar, config, manifest);
    StoredImage image =
        new ImageBuilder(images, ImageBuilder.LARGEST, line -> {})
            .build(ImageSource.local(files.resolve("saved.tar")));
    assertThat(images.fetch(image.sha3(), StoredImage.Origin.of(tag), part -> {})).isFalse();
  }

  private static void tar(Path target, Path folder, Object... names) throws Exception {
    var command =
        new ArrayList<>(List.of("tar", "-C", folder.toString(), "-cf", target.toString()));
    for (Object name : names) {
      command.add(name instanceof Path path ? path.getFileName().toString() : name.toString());
    }
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }

  @Test
  @Tag(LONG)
  void filesOfAnyNameGoToTwoMachinesAndBack() throws Exception {
    Path in = Sdk.hostileFiles(files.resolve("in it's"));
    Path out = Files.createDirectory(files.resolve("out $(x)"));

    Sdk.Ran ran = sdk.run(requestor, "files.mjs", in, out).succeeded();

    assertThat(ran.lines()).hasSize(2).first().isEqualTo("json {\"answer\":42}, bytes 0,255,10");
    assertThat(ran.lines().get(1)).matches("machines [^ ,]+,[^ ,]+");
    Sdk.assertCapitals(in, out);
    assertEnded(2);
  }

  @Test
  void outputIsSeenWhileTheCommandRuns() throws Exception {
    Sdk.Ran ran = sdk.run(requestor, "stream.mjs", files.resolve("seen")).succeeded();

    assertThat(ran.lines())
        .containsExactly(
            "Ok \"first\\nsecond\\n\" \"third\\n\"",
            "Error ExeScript command exited with code 7",
            "1288895 characters, whole true");
    assertEnded(1);
  }

  @Test
  @Tag(NODE_ONLY)
  void offersAreScannedAndProgramsReachedThroughNetworks() throws Exception {
    Sdk.Ran ran = sdk.run(requestor, "network.mjs").succeeded();

    assertThat(ran.lines())
        .containsExactly("on offer local-1,local-2", "hello through the network", "Ok");
    assertThat(requestor.get("/net-api/v1/net").json()).isEmpty();
    assertEnded(1);
  }

  @Test
  @Tag(LONG)
  void failedCommandsAreResultsAndDebitNotesAreAccepted() throws Exception {
    Sdk.Ran ran = sdk.run(requestor, "failing.mjs").succeeded();

    assertThat(ran.lines())
        .containsExactly(
            "Error, ExeScript command exited with code 3, out, err",
            "Ok Error",
            "Error",
            "still here",
            "notes true, invoices 1");
    assertEnded(1);
  }

  @Test
  @Tag(NODE_ONLY)
  void anotherProviderDoesWhatTheVanishedOneDidNot() throws IOException, InterruptedException {
    node.faults().provider(0, ProviderFault.VANISHES);

    Sdk.Ran ran = sdk.run(requestor, "executor.mjs").succeeded();

    assertThat(ran.lines()).containsExactly("1 4 9 16 25 36", "retried true");
    assertThat(requestor.get(Requestor.MARKET + "/demands").json()).isEmpty();
    assertThat(requestor.get(Requestor.PAYMENT + "/allocations").json()).isEmpty();
    assertThat(requestor.get(Requestor.PAYMENT + "/invoices").json())
        .extracting(each -> each.get("status").asText())
        .isNotEmpty() // Of two, if what was asked of the other one took too long as well.
        .isSubsetOf("ACCEPTED", "SETTLED");
  }
}
