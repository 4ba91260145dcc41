package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Collected outputs in an archive. */
@Timeout(240)
class ArchiveOutputTest {
  private static final String PACK =
      """
      version: 1
      name: pack
      input: in/**
      run: tr a-z A-Z < "$in" > "$out"
      output: result.%s
      """;

  @TempDir Path folder;
  private Project project;
  private final Map<String, String> expected = new TreeMap<>();

  @BeforeEach
  void open() {
    project = new Project(folder);
    var names =
        new String[] {
          "plain.txt",
          "-rf x",
          "it's \"$HOME\" `id`",
          "a\nb",
          "ünï/cödé.txt",
          "deep/" + "long".repeat(30) + "/" + "er".repeat(40),
          "back\\slash"
        };
    for (var name : names) {
      project.file("in/" + name, "content of " + name.length());
      expected.put(name, "CONTENT OF " + name.length());
    }
  }

  private Map<String, String> content(String file) throws IOException {
    var path = folder.resolve(file);
    var found = new TreeMap<String, String>();
    if (file.endsWith(".zip")) {
      try (var zip = ZipFile.builder().setPath(path).get()) {
        for (var entries = zip.getEntries(); entries.hasMoreElements(); ) {
          var entry = entries.nextElement();
          var bytes = zip.getInputStream(entry).readAllBytes();
          found.put(entry.getName(), new String(bytes, StandardCharsets.UTF_8));
        }
      }
      return found;
    }
    try (var stream = Files.newInputStream(path);
        ArchiveInputStream<? extends ArchiveEntry> tar =
            new TarArchiveInputStream(
                file.endsWith(".tar") ? stream : new GZIPInputStream(stream), "UTF-8")) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        found.put(entry.getName(), new String(tar.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return found;
  }

  /** What the system's own program makes of it; null if there is no such program. */
  private Map<String, String> unpacked(String file) throws Exception {
    var target = folder.resolve("unpacked");
    Files.createDirectories(target);
    var command =
        file.endsWith(".zip")
            ? new String[] {"unzip", "-q", "-d", target.toString(), file}
            : new String[] {"tar", "-xf", file, "-C", target.toString()};
    Process process;
    try {
      process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    } catch (IOException e) {
      return null;
    }
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return project.tree("unpacked");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip", "tar", "tar.gz", "tgz"})
  void holdsEveryOutputUnderItsName(String suffix) throws Exception {
    project.succeed(PACK.formatted(suffix));
    assertThat(content("result." + suffix)).isEqualTo(expected);
    assertThat(project.events(RunEvent.OutputPublished.class))
        .extracting(RunEvent.OutputPublished::path)
        .containsExactly("result." + suffix);
    var first = Files.readAllBytes(folder.resolve("result." + suffix));
    assertThat(project.run(PACK.formatted(suffix)).failure()).isNull();
    assertThat(folder.resolve("result." + suffix)).hasBinaryContent(first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tar", "tgz"})
  void theSystemsOwnTarUnpacksIt(String suffix) throws Exception {
    assertThat(project.run(PACK.formatted(suffix)).failure()).isNull();
    var unpacked = unpacked("result." + suffix);
    assertThat(unpacked == null || unpacked.equals(expected)).isTrue();
  }

  @Test
  void theSystemsOwnUnzipUnpacksIt() throws Exception {
    // unzip has ideas of its own about names with control characters.
    Files.delete(folder.resolve("in/a\nb"));
    expected.remove("a\nb");
    assertThat(project.run(PACK.formatted("zip")).failure()).isNull();
    var unpacked = unpacked("result.zip");
    assertThat(unpacked == null || unpacked.values().containsAll(expected.values())).isTrue();
  }

  @Test
  void outputsWithDifferentPathsGoIntoArchivesOfTheirOwn() throws Exception {
    project.file("many/a.txt", "1\n2\n3\n").file("many/b.txt", "4\n");
    project.succeed(
        """
        version: 1
        name: several
        input: many/*.txt
        split: { lines: 1 }
        run: cp "$in" "$outdir/$index.line"
        out: "*.line"
        output: out/${stem}.zip
        """);
    assertThat(content("out/a.zip"))
        .isEqualTo(Map.of("0.line", "1\n", "1.line", "2\n", "2.line", "3\n"));
    assertThat(content("out/b.zip")).isEqualTo(Map.of("3.line", "4\n"));
  }

  @Test
  void outputsWithoutInputAreNumbered() throws Exception {
    project.succeed(
        """
        version: 1
        name: numbered
        matrix: { x: 1..11 }
        run: printf %s "$x" > "$out"
        out: .txt
        output: all.tar
        """);
    assertThat(content("all.tar"))
        .hasSize(11)
        .containsEntry("00.txt", "1")
        .containsEntry("10.txt", "11");
  }

  @Test
  void twoOutputsOfOneNameAreRefused() throws Exception {
    project.file("many/a.txt", "1\n2\n");
    var end =
        project.run(
            """
            version: 1
            name: twice
            input: many/*.txt
            split: { lines: 1 }
            run: cp "$in" "$outdir/same"
            out: "*"
            output: all.zip
            """);
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message())
        .isEqualTo("Stage `twice`: Two outputs of `twice` are called `same` in `all.zip`.");
    assertThat(folder.resolve("all.zip")).doesNotExist();
  }

  @Test
  void anArchiveOfNothingIsEmpty() throws Exception {
    project.succeed(
        """
        version: 1
        name: nothing
        split: { range: { from: 0, to: 0, step: 1, as: [n, size] } }
        run: echo > "$out"
        output: all.zip
        """);
    assertThat(content("all.zip")).isEmpty();
  }

  @Test
  void aStageThatReadsItGetsTheFilesNotTheArchive() throws Exception {
    project.succeed(
        """
        version: 1
        name: reads
        stages:
          make:
            matrix: { x: [3, 4] }
            run: printf %s "$x" > "$out"
            output: all.zip
          use:
            from: make
            run: printf '<%s>' "$(cat "$in")" > "$out"
            merge: concat
            output: o.txt
        """);
    assertThat(project.read("o.txt")).isEqualTo("<3><4>");
    assertThat(content("all.zip")).isEqualTo(Map.of("0", "3", "1", "4"));
  }
}
