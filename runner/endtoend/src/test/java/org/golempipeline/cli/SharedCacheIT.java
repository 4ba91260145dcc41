package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines of several folders with one cache. */
@Timeout(240)
class SharedCacheIT {
  private static final String PIPELINE =
      """
      version: 1
      matrix: { n: 1..4 }
      run: echo "$n" > "$out"
      merge: concat
      output: numbers.txt
      """;

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void write() throws IOException {
    workspace = new Workspace(folder);
    workspace.write("one/p.yaml", PIPELINE);
    workspace.write("two/p.yaml", PIPELINE);
  }

  @Test
  void whatOneFolderComputedTheOtherUses() throws IOException {
    assertThat(workspace.run("run", "one/p.yaml", "--cache", "cache").exitCode()).isZero();
    assertThat(folder.resolve("one/.golem-pipeline/cache/packs")).doesNotExist();

    assertThat(workspace.run("plan", "two/p.yaml").out()).doesNotContain("4 of 4");
    workspace.with("GOLEM_PIPELINE_CACHE", "cache");
    assertThat(workspace.run("plan", "two/p.yaml").out()).contains("4 of 4 fragments kept");
    assertThat(workspace.run("run", "two/p.yaml").err()).contains("all 4 fragments reused");
    assertThat(workspace.read("two/numbers.txt")).isEqualTo("1\n2\n3\n4\n");
    assertThat(workspace.run("clean", "two").out()).contains("clean --cache " + folder + "/cache");
  }

  @Test
  void whatWasDamagedIsComputedAgain() throws IOException {
    assertThat(workspace.run("run", "one/p.yaml", "--cache", "cache").exitCode()).isZero();
    try (var packs = Files.list(folder.resolve("cache/packs"))) {
      for (var pack : (Iterable<Path>) packs::iterator) {
        var bytes = Files.readAllBytes(pack);
        for (var i = 0; i < bytes.length; i++) {
          bytes[i] = bytes[i] == '3' ? (byte) '8' : bytes[i];
        }
        Files.write(pack, bytes);
      }
    }

    assertThat(workspace.run("run", "two/p.yaml", "--cache", "cache").exitCode()).isZero();

    assertThat(workspace.read("two/numbers.txt")).isEqualTo("1\n2\n3\n4\n");
  }

  @Test
  void twoMayRunAtOnce() throws Exception {
    var other =
        CompletableFuture.supplyAsync(() -> workspace.run("run", "one/p.yaml", "--cache", "cache"));

    var own = new Workspace(folder).run("run", "two/p.yaml", "--cache", "cache");

    assertThat(own.exitCode()).as(own.err()).isZero();
    assertThat(other.get().exitCode()).as(other.get().err()).isZero();
    assertThat(workspace.read("one/numbers.txt")).isEqualTo(workspace.read("two/numbers.txt"));
  }

  @Test
  void roomIsMadeInItAlone() throws IOException {
    assertThat(workspace.run("run", "one/p.yaml", "--cache", "cache").exitCode()).isZero();

    assertThat(workspace.run("clean", "--cache", "cache").out()).contains("of results in");
    assertThat(workspace.run("clean", "--cache", "cache", "--older", "30d").out())
        .startsWith("Removed 0 B of results;");
    assertThat(workspace.run("clean", "--cache", "cache", "--max", "0B").out())
        .endsWith("; 0 B left.\n");
    assertThat(workspace.run("runs", "one").out()).contains("  p  ");
    assertThat(workspace.run("clean", "--cache", "one").err()).contains("is no cache that");
    var mixed = workspace.run("clean", "one", "--cache", "cache");
    assertThat(mixed.exitCode()).isEqualTo(2);
  }

  @Test
  void aFolderWithOtherThingsIsRefused() throws IOException {
    var ran = workspace.run("run", "one/p.yaml", "--cache", "two");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains("holds other things than results");
    assertThat(workspace.files("two").keySet()).hasSize(1);
  }
}
