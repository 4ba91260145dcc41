package org.golempipeline.genomes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.golempipeline.strategy.testing.JsonText;
import org.golempipeline.strategy.testing.Laws;
import org.golempipeline.strategy.testing.TestMergeContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the field read what these strategies make, and agree with them. */
@Timeout(240)
class OracleTest {
  @TempDir private Path folder;

  @Test
  void bcftoolsAgreesOnTheMergedFile() throws Exception {
    assumeThat(isInstalled("bcftools")).isTrue();
    var header = plainHeader();
    var random = new Random(5);
    var outputs = new ArrayList<String>();
    for (var contig : List.of("b", "a")) {
      for (var window = 0; window < 20; window++) {
        var first = 1 + 100 * window;
        var records =
            random
                .ints(30, first, first + 100)
                .sorted()
                .mapToObj(at -> Samples.record(contig, at, "CGT".substring(at % 3, at % 3 + 1)))
                .toList();
        outputs.add(header + Samples.joined(records));
      }
    }
    var merged = merged(outputs);

    // Complete, without complaint, and in an order that can be indexed.
    assertThat(run("bcftools", "view", "-H", merged.toString()).lines().count()).isEqualTo(1200);
    var compressed = folder.resolve("merged.vcf.gz").toString();
    run("bcftools", "view", "-Oz", "-o", compressed, merged.toString());
    run("bcftools", "index", compressed);
    assertThat(run("bcftools", "index", "--stats", compressed))
        .isEqualTo("b\t2000\t600\na\t2000\t600\n");

    // The same records as the program's own concatenation of the windows, and as its sort.
    var files = new ArrayList<String>();
    for (var output : outputs) {
      files.add(write(files.size() + ".vcf", output).toString());
    }
    var body = run("bcftools", "view", "-H", merged.toString());
    var concatenated =
        run(Stream.concat(Stream.of("bcftools", "concat"), files.stream()).toArray(String[]::new));
    assertThat(withoutHeader(concatenated)).isEqualTo(body);

    java.util.Collections.shuffle(outputs, random);
    assertThat(sortedLines(Files.readString(merged(outputs))))
        .isEqualTo(sortedLines(Files.readString(merged)));
  }

  @Test
  void bcftoolsAgreesOnWhatOverlapsAppearTwice() throws Exception {
    assumeThat(isInstalled("bcftools")).isTrue();
    var records = new ArrayList<String>();
    for (var at = 1; at <= 200; at += 3) {
      records.add(Samples.record("b", at, "C"));
    }
    var outputs = new ArrayList<String>();
    var files = new ArrayList<String>();
    for (var from = 0; from < records.size(); from += 20) {
      var window = records.subList(from, Math.min(records.size(), from + 27));
      outputs.add(plainHeader() + Samples.joined(window));
      var file = write("overlap-" + files.size() + ".vcf.gz", "").toString();
      run(
          "bcftools",
          "view",
          "-Oz",
          "-o",
          file,
          write("plain.vcf", outputs.get(outputs.size() - 1)).toString());
      run("bcftools", "index", file);
      files.add(file);
    }
    var merged =
        Sandbox.text(
            Laws.merge(
                new VcfMerge(),
                JsonText.options("{\"unique\": true}"),
                outputs.stream().map(Sandbox::utf8).toList(),
                folder.resolve("unique")));
    var theirs =
        run(
            Stream.concat(
                    Stream.of("bcftools", "concat", "--allow-overlaps", "--remove-duplicates"),
                    files.stream())
                .toArray(String[]::new));
    assertThat(withoutHeader(merged)).isEqualTo(withoutHeader(theirs)).hasLineCount(67);
  }

  @Test
  void samtoolsCutsTheSameWindows() throws Exception {
    assumeThat(isInstalled("samtools")).isTrue();
    var random = new Random(7);
    var fasta = new StringBuilder();
    for (var name : List.of("chr1", "HLA-A*01:01", "chrM|x")) {
      fasta.append('>').append(name).append(" described\n");
      var length = 1 + random.nextInt(500);
      for (var from = 0; from < length; from += 37) {
        for (var i = from; i < Math.min(length, from + 37); i++) {
          fasta.append("ACGTN".charAt(random.nextInt(5)));
        }
        fasta.append('\n');
      }
    }
    var reference = write("reference.fa", fasta.toString()).toString();
    run("samtools", "faidx", reference);
    for (var options : List.of("{\"size\": 50}", "{\"size\": 41, \"overlap\": 7}")) {
      try (var sandbox = new Sandbox()) {
        var ofIndex =
            sandbox.split(
                new RegionsSplit(),
                options,
                "reference.fa.fai",
                Files.readString(Path.of(reference + ".fai")));
        var fragments =
            sandbox.split(new RegionsSplit(), options, "reference.fa", fasta.toString());
        assertThat(Laws.all(ofIndex).stream().map(each -> each.variables().toString()))
            .isEqualTo(
                Laws.all(fragments).stream().map(each -> each.variables().toString()).toList());
        var regions = Laws.all(fragments).stream().map(each -> each.variables().get("region"));
        var theirs =
            run(
                Stream.concat(Stream.of("samtools", "faidx", "-n", "0", reference), regions)
                    .toArray(String[]::new));
        assertThat(unwrapped(Samples.joined(Sandbox.contents(fragments))))
            .isEqualTo(unwrapped(theirs));
      }
    }
  }

  @Test
  void samtoolsReadsAsManyReadsInTheFragments() throws Exception {
    assumeThat(isInstalled("samtools")).isTrue();
    try (var sandbox = new Sandbox()) {
      var fragments =
          sandbox.split(new FastqSplit(), "{\"reads\": 10}", "x.fq", Samples.reads(95, "/1"));
      var counts = new ArrayList<Long>();
      for (var content : Sandbox.contents(fragments)) {
        var file = write("part-" + counts.size() + ".fq", content).toString();
        counts.add(
            run("samtools", "import", "-0", file).lines().filter(l -> !l.startsWith("@")).count());
      }
      assertThat(counts).containsExactly(10L, 10L, 10L, 10L, 10L, 10L, 10L, 10L, 10L, 5L);
    }
  }

  private static String plainHeader() {
    return "##fileformat=VCFv4.2\n"
        + "##FILTER=<ID=PASS,Description=\"All filters passed\">\n"
        + "##contig=<ID=b,length=2000>\n##contig=<ID=a,length=2000>\n"
        + "##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth, \\\"raw\\\"\">\n"
        + "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
        + Samples.columns("s1");
  }

  private Path merged(List<String> outputs) throws Exception {
    var place = Files.createTempDirectory(folder, "merge");
    var bytes = outputs.stream().map(Sandbox::utf8).toList();
    Laws.merge(new VcfMerge(), JsonText.options("{}"), bytes, place);
    return new TestMergeContext(place, JsonText.options("{}")).target();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String withoutHeader(String vcf) {
    return vcf.replaceAll("(?m)^#.*\n", "");
  }

  private static List<String> sortedLines(String text) {
    return text.lines().sorted(Comparator.naturalOrder()).toList();
  }

  /** Each sequence on one line. */
  private static String unwrapped(String fasta) {
    return fasta.replaceAll("(?m)^([^>\n].*)\n(?!>)", "$1").replaceAll("\n+", "\n").strip();
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
  }

  /** What the program writes; it must succeed and complain about nothing. */
  private String run(String... command) throws IOException, InterruptedException {
    var complaints = folder.resolve("complaints").toFile();
    var process = new ProcessBuilder(command).redirectError(complaints).start();
    process.getOutputStream().close();
    var output = Sandbox.text(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    var log = Files.readString(complaints.toPath());
    assertThat(process.exitValue()).as(log).isZero();
    assertThat(log).doesNotContainIgnoringCase("warn").doesNotContainIgnoringCase("error");
    return output;
  }
}
