package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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

  /**
   * Made here, tried here, fetched by a provider, and entered there. One that comes slowly from the
   * web tells how much of it has come.
   */
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
    workspace.with("XDG_CACHE_HOME", folder.resolve("cache").toString());
    buildImage("own.gvmi");
    Files.createFile(folder.resolve("root/slow"));
    var slow = buildImage("slow.gvmi");
    var provider = lab.providers().get(2);

    provider.restart(true);
    try (var web = new SlowWeb(slow, () -> journal().stream().anyMatch(of("image-arriving")))) {
      var ran = run(listing("own", "./own.gvmi", provider));

      assertThat(ran.exitCode()).as(ran.err()).isZero();
      assertThat(workspace.read("own.txt")).isEqualTo("bin\ndev\netc\ngolem\nproc\nsys\ntmp\n");
      assertSettled(1);

      ran =
          run(listing("slow", "{ url: %s, hash: %s }".formatted(web.url(), sha3(slow)), provider));

      assertThat(ran.exitCode()).as(ran.err()).isZero();
      assertThat(workspace.read("slow.txt")).contains("slow\n");
      var arrived = await("image-arriving");
      assertThat(arrived.get("size").asLong()).isEqualTo(Files.size(slow));
      assertThat(arrived.get("bytes").asLong()).isBetween(1L, Files.size(slow));
    } finally {
      provider.restart(false);
      lab.awaitOffers(List.of(provider.name()));
    }
  }

  private Path buildImage(String name) throws Exception {
    var tar = new ProcessBuilder("tar", "-C", "root", "-cf", "root.tar", ".");
    assertThat(tar.directory(folder.toFile()).start().waitFor()).isZero();
    var built = workspace.run("image", "build", "root.tar", "-o", name);
    assertThat(built.exitCode()).as(built.err()).isZero();
    return folder.resolve(name);
  }

  private static String sha3(Path file) throws Exception {
    var digest = MessageDigest.getInstance("SHA3-224");
    return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
  }

  /** A pipeline that tells what is in an image. */
  private String listing(String name, String image, Provider provider) throws IOException {
    workspace.write(
        name + ".yaml",
        """
        version: 1
        name: %s
        image: %s
        run: ls / > "$out"
        output: %s.txt
        budget: 1 GLM
        golem: { providers: { allow: [%s] } }
        """
            .formatted(name, image, name, provider.name()));
    return name + ".yaml";
  }

  /** A web server that keeps the rest of its file back until it was seen that a part came. */
  private static final class SlowWeb implements AutoCloseable {
    private static final int PARTS = 2000;

    private final byte[] content;
    private final BooleanSupplier seen;
    private final HttpServer server;

    SlowWeb(Path file, BooleanSupplier seen) throws IOException {
      this.content = Files.readAllBytes(file);
      this.seen = seen;
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", this::answer);
      server.start();
    }

    String url() {
      return "http://127.0.0.1:%d/slow.gvmi".formatted(server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
      try (exchange) {
        if (exchange.getRequestMethod().equals("HEAD")) {
          exchange.getResponseHeaders().add("Content-Length", Integer.toString(content.length));
          exchange.sendResponseHeaders(200, -1);
          return;
        }
        exchange.sendResponseHeaders(200, content.length);
        var body = exchange.getResponseBody();
        var half = content.length / 2;
        body.write(content, 0, half);
        var at = half;
        for (var part = content.length / PARTS; at + part < content.length; at += part) {
          if (seen.getAsBoolean()) {
            break;
          }
          body.write(content, at, part);
          body.flush();
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
        body.write(content, at, content.length - at);
      }
    }

    @Override
    public void close() {
      server.stop(0);
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
