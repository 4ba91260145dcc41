package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.golempipeline.cli.ImageCommandTest;
import org.junit.jupiter.api.Test;

/** What work on the network gives back, and what the commands say about the network. */
class RunsOnGolemIT extends RealNetwork {
  @Test
  void aThousandFragmentsComeBackInOrder() throws IOException {
    workspace.write(
        "numbers.yaml",
        """
        version: 1
        name: numbers
        image: golem/alpine:latest
        split: { range: { to: 1000, as: number } }
        run: echo "$number" > "$out"
        merge: concat
        output: numbers.txt
        budget: 1 GLM
        """);

    var ran = run("numbers.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(workspace.read("numbers.txt"))
        .isEqualTo(
            IntStream.range(0, 1000).mapToObj(each -> each + "\n").collect(Collectors.joining()));
    // A budget of 1 GLM feeds all three.
    assertThat(journal().stream().filter(of("rental-opened"))).hasSizeGreaterThanOrEqualTo(3);
    assertThat(journal().stream().filter(of("rental-closed")))
        .noneMatch(line -> line.contains("budget"));
    assertSettled(1);
  }

  @Test
  void fortyMegabytesGoThereAndBack() throws IOException {
    var bytes = new byte[40_000_000];
    new Random(11).nextBytes(bytes);
    Files.write(folder.resolve("bytes"), bytes);
    workspace.write(
        "copy.yaml",
        """
        version: 1
        name: copy
        image: golem/alpine:latest
        input: bytes
        split: { bytes: 10MB }
        run: cat "$in" > "$out"
        merge: concat
        output: copied
        budget: 1 GLM
        """);

    var ran = run("copy.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(Files.mismatch(folder.resolve("bytes"), folder.resolve("copied"))).isEqualTo(-1);
    assertSettled(1);
  }

  @Test
  void anImageOnThisMachineGoesToProviders() throws IOException {
    Files.write(folder.resolve("own.gvmi"), ImageCommandTest.image("{}"));
    workspace.write(
        "own.yaml",
        """
        version: 1
        name: own
        image: ./own.gvmi
        run: echo done > "$out"
        output: result.txt
        budget: 1 GLM
        """);

    var ran = run("own.yaml", "--no-trial");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(workspace.read("result.txt")).isEqualTo("done\n");
    assertSettled(1);
  }

  @Test
  void anImageThatCannotBeDeployedEndsTheRunSoon() throws IOException {
    workspace.write(
        "gone.yaml",
        """
        version: 1
        name: gone
        image: { url: %s, hash: %s }
        run: echo done > "$out"
        output: result.txt
        budget: 1 GLM
        """
            .formatted(lab.registry().url().resolve("/gone.gvmi"), "ab".repeat(28)));

    var ran = run("gone.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
    assertThat(ran.err()).contains("is at fault. 3 providers say", "404");
    assertThat(journal().stream().filter(of("agreement-approved"))).hasSizeLessThanOrEqualTo(4);
    assertNothingIsLeft();
  }

  @Test
  void theCommandsKnowTheNetwork() throws IOException, GolemNode.MissingException {
    var setup =
        workspace
            .with("YAGNA_APPKEY", "")
            .with("PATH", GolemNode.program().getParent() + ":" + System.getenv("PATH"))
            .run("golem", "setup");
    assertThat(setup.exitCode()).as(setup.err()).isZero();
    assertThat(setup.out()).startsWith("export YAGNA_APPKEY=");
    workspace.with("YAGNA_APPKEY", setup.lines().get(0).split("=")[1]);

    var doctor = workspace.run("doctor", "--on", "golem");
    assertThat(doctor.exitCode()).as(doctor.out()).isZero();
    assertThat(doctor.out()).contains("0.17.6");

    var image = workspace.run("image", "inspect", "golem/alpine:latest");
    assertThat(image.exitCode()).as(image.err()).isZero();
    assertThat(image.lines()).contains("sha3     " + Registry.sha3());

    workspace.write(
        "any.yaml",
        """
        version: 1
        name: any
        image: golem/alpine:latest
        run: echo done > "$out"
        output: result.txt
        budget: 1 GLM
        """);
    var market = workspace.run("providers", "market", "any.yaml", "--for", "4s");
    assertThat(market.exitCode()).as(market.err()).isZero();
    assertThat(market.out()).contains("provider-1", "provider-2", "provider-3");
    assertNothingIsLeft();
  }
}
