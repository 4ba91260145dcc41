package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.golempipeline.exeunit.Containers;
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

  /** Made here, tried here, fetched by a provider, and entered there. */
  @Test
  void anImageOfThisMachineIsWhatAProviderRunsIn() throws Exception {
    assumeThat(Containers.obstacle()).as("what keeps programs from running in images").isEmpty();
    var busybox = Path.of("/bin/busybox");
    assumeThat(busybox).isExecutable();
    assumeThat(Path.of("/usr/bin/sqfstar")).isExecutable();
    var bin = Files.createDirectories(folder.resolve("root/bin"));
    Files.copy(busybox, bin.resolve("busybox"));
    for (var name : "sh cat chmod dd echo ls mkdir mv rm sleep tail tar wc".split(" ")) {
      Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
    }
    var tar = new ProcessBuilder("tar", "-C", "root", "-cf", "root.tar", ".");
    assertThat(tar.directory(folder.toFile()).start().waitFor()).isZero();
    workspace.with("XDG_CACHE_HOME", folder.resolve("cache").toString());
    var built = workspace.run("image", "build", "root.tar", "-o", "own.gvmi");
    assertThat(built.exitCode()).as(built.err()).isZero();
    var provider = lab.providers().get(2);
    workspace.write(
        "own.yaml",
        """
        version: 1
        name: own
        image: ./own.gvmi
        run: ls / > "$out"
        output: result.txt
        budget: 1 GLM
        golem: { providers: { allow: [%s] } }
        """
            .formatted(provider.name()));

    provider.restart(true);
    try {
      var ran = run("own.yaml");

      assertThat(ran.exitCode()).as(ran.err()).isZero();
      assertThat(workspace.read("result.txt")).isEqualTo("bin\ndev\netc\ngolem\nproc\nsys\ntmp\n");
      assertSettled(1);
    } finally {
      provider.restart(false);
      lab.awaitOffers(List.of(provider.name()));
    }
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
