package org.golempipeline.genomes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.golempipeline.genomes.Samples.columns;
import static org.golempipeline.genomes.Samples.header;
import static org.golempipeline.genomes.Samples.read;
import static org.golempipeline.genomes.Samples.reads;
import static org.golempipeline.genomes.Samples.record;

import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.testing.JsonText;
import org.golempipeline.strategy.testing.Laws;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be split or merged is refused in the user's words. */
class RefusalsTest {
  private static final String COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

  private static final String PAIRS = "(?<sample>.)_(?<mate>[12])";

  private final Sandbox sandbox = new Sandbox();

  @AfterEach
  void close() {
    sandbox.close();
  }

  @ParameterizedTest
  @CsvSource({
    "gzip, '\u001f\u008b\u0008'",
    "zstd, '(\u00b5/\u00fd'",
    "bzip2, 'BZh91AY&SY'",
    "xz, '\u00fd7zXZ\u0000'"
  })
  void whatIsCompressed(String format, String magic) {
    var reads = sandbox.context("{\"reads\": 1}").input("a/x", magic.getBytes(ISO_8859_1));
    assertThat(Refusals.of(() -> new FastqSplit().split(reads)))
        .isEqualTo(
            "`a/x` is compressed with %s, so it cannot be cut. [Set `decompress: true`, which takes gzip, or decompress it beforehand.]"
                .formatted(format));
    var reference = sandbox.context("{\"size\": 1}").input("a/x", magic.getBytes(ISO_8859_1));
    assertThat(Refusals.of(() -> new RegionsSplit().split(reference)))
        .isEqualTo(
            "`a/x` is compressed with %s, so it cannot be cut. [Decompress it, or name its index (`.fai`) as the input instead.]"
                .formatted(format));
    assertThat(
            Refusals.of(
                () ->
                    Laws.merge(
                        new VcfMerge(),
                        JsonText.options("{}"),
                        List.of(magic.getBytes(ISO_8859_1)),
                        sandbox.fresh())))
        .isEqualTo(
            "The output of fragment 0 is compressed with %s, not VCF text. [Let the command write plain text: `bcftools` does with `-Ov`.]"
                .formatted(format));
  }

  @Test
  @Timeout(240)
  void filesThatBecamePipes() throws Exception {
    for (var options : List.of("{\"reads\": 1}", "{\"reads\": 1, \"decompress\": true}")) {
      var context = sandbox.context(options).input("x", new byte[9]);
      Files.delete(context.base().resolve("x"));
      new ProcessBuilder("mkfifo", context.base().resolve("x").toString()).start().waitFor();
      assertThatThrownBy(() -> new FastqSplit().split(context)).hasMessageContaining("is a pipe");
    }
  }

  @Test
  void filesThatAreNotHere() {
    var remote =
        InputFile.remote(new InputFile.Remote(URI.create("https://example.org/x"), "00"), "x");
    var context = sandbox.context("{\"reads\": 1}").input(remote);
    assertThat(Refusals.of(() -> new FastqSplit().split(context)))
        .startsWith("`x` is fetched by the providers, so it cannot be looked at here.");
  }

  @Test
  void recordsThatAreNotFourLines() {
    assertThat(fastq(read("a") + "@b\nAC\nGT\n+\nII\nII\n"))
        .isEqualTo(
            "Record 2 of `x`, near line 7, has `GT` as its third line, not `+`. [Each record must have four lines: `@name`, bases, `+`, qualities. `seqtk seq` writes records that take more lines in that form.]");
    assertThat(fastq(read("a") + "@b\nAC\n+\nI\nI\n"))
        .startsWith("Record 2 of `x`, near line 8, has 2 bases but 1 qualities.");
    assertThat(fastq(read("a") + ">b\nAC\n"))
        .startsWith("Record 2 of `x`, near line 5, begins with `>b`, not with `@` and a name.");
    assertThat(fastq("@b\nAC\n"))
        .startsWith("Record 1 of `x`, near line 2, is cut short: the file ends within it.");
    assertThat(fastq("@b\nAC\n+\n"))
        .startsWith("Record 1 of `x`, near line 3, has 2 bases but 0 qualities.");
    assertThat(fastq(read("a") + "\n" + read("b")))
        .startsWith("Line 5 of `x` is blank, and more follows it.");
  }

  @Test
  void filesThatAreNoPairs() {
    assertThat(pairs("(", "a", "")).startsWith("`pairs: (` is not a regular expression");
    assertThat(pairs("\\\\(?<mate>|(?<sample>x)", "a", ""))
        .startsWith("`pairs: \\(?<mate>|(?<sample>x)` does not say which mate a file holds.");
    assertThat(pairs("(?<mate>.)(?<Part>.)", "a", ""))
        .startsWith("The capture `Part` cannot be a variable.");
    assertThat(pairs("(?<mate>.)(?<part>.)", "a", ""))
        .contains("The capture `part`", "none of `part`, `mate1`, `mate2`.");
    assertThat(pairs(PAIRS, "a", "")).startsWith("`a` does not match `pairs: " + PAIRS + "`.");
    assertThat(pairs(PAIRS, "a_1", "", "b_1", "", "b_2", ""))
        .startsWith("`pairs: " + PAIRS + "` does not make a pair of `a_1`.");
    assertThat(pairs(PAIRS, "a_1", "", "xa_1", "", "a_2", ""))
        .startsWith("`pairs: " + PAIRS + "` does not make a pair of `a_1`, `xa_1`, `a_2`.");
  }

  @Test
  void matesThatDiffer() {
    assertThat(pairs(PAIRS, "a_1", reads(2, ""), "a_2", reads(1, "") + read("r3")))
        .isEqualTo(
            "Record 2 is `r2` in `a_1` but `r3` in `a_2`. [Both files must have the same reads in the same order; names may end in `/1` and `/2`.]");
    assertThat(pairs(PAIRS, "a_1", reads(2, ""), "a_2", reads(3, "")))
        .isEqualTo(
            "Record 3 of `a_2` has no mate: `a_1` ends after 2 records. [Both files must have the same reads in the same order; see whether one is incomplete.]");
    assertThat(pairs(PAIRS, "a_1", reads(1, ""), "a_2", ""))
        .startsWith("Record 1 of `a_1` has no mate: `a_2` ends after 0 records.");
  }

  @Test
  void filesOfTheSameMate() {
    assertThat(pairs(PAIRS, "a_1", reads(2, "/1"), "a_2", reads(2, "/1")))
        .isEqualTo(
            "Record 1 is `r1/1` in `a_1` and in `a_2`: both say that they are the same mate. [Let `pairs` choose one file that ends its names in `/1` and one that ends them in `/2`.]");
  }

  /** Where files are joined and one lacks its last line feed. */
  @Test
  void recordsThatWereGluedInOneLine() {
    assertThat(regions(">a\nACGTA>b\nAC\n"))
        .isEqualTo(
            "Line 2 of `x` has `>` in place 6 among the bases of `a`. [Every record must begin with a line of its own, and only letters, `*`, `-` and `.` are bases. Where files were joined, one may lack the line feed at its end.]");
    assertThat(regions(">a\n" + "A".repeat(300_000) + ">b\nAC\n"))
        .startsWith("Line 2 of `x` has `>` in place 300,001 among the bases of `a`.");
    assertThat(regions(">a\nAC GT\n")).startsWith("Line 2 of `x` has a blank in place 3 among");
    assertThat(regions(">a\n1 ACGT\n")).startsWith("Line 2 of `x` has `1` in place 1 among");
    assertThat(regions(">a\nAC\rGT\r\n"))
        .startsWith("Line 2 of `x` has a carriage return in place 3");
    assertThat(regions(">a\rACGT\r>b\rAC\r"))
        .isEqualTo(
            "Line 1 of `x` has a carriage return without a line feed in it. [Lines must end in LF or CRLF: `tr '\\r' '\\n'` converts them.]");
    assertThat(regions("a\t1\t3\t1\t2\rb\t1\t3\t1\t2\r"))
        .startsWith("Line 1 of `x` has a carriage");
    assertThat(fastq("@a\nAC@b\n+\nIIII\n"))
        .startsWith("Record 1 of `x`, near line 2, has `@` in place 3 among its bases.");
    assertThat(fastq("@a\nAC\n+\nII@b\nAC\n+\nII\n"))
        .startsWith("Record 1 of `x`, near line 4, has 2 bases but 4 qualities.");
    assertThat(fastq("@a\nACGT\n+\nII @\n"))
        .startsWith("Record 1 of `x`, near line 4, has a blank in place 3 among its qualities.");
  }

  @Test
  void headersBehindRecords() {
    var header = "##fileformat=VCFv4.2\n##contig=<ID=1>\n" + COLUMNS + "\n";
    var record = "1\t5\t.\tA\tC\t.\t.\t";
    assertThat(vcf(header + record + "DP=1" + header))
        .startsWith(
            "Line 4 of fragment 0 has a header behind its record: `" + record + "DP=1##fileformat");
    assertThat(vcf(header + record + ".\n##contig=<ID=2>\n"))
        .isEqualTo(
            "Line 5 of fragment 0, `##contig=<ID=2>`, is behind the records and not in the header. [Let the command write one header, before all records: `bcftools concat` joins files.]");
    assertThat(vcf(header + record + ".\n" + COLUMNS + "\tFORMAT\ts\n"))
        .startsWith("Line 5 of fragment 0, `#CHROM");
    assertThat(vcf(header.replace('\n', '\r') + record + ".\r"))
        .startsWith("The header of fragment 0 has a carriage return without a line feed.");
  }

  @Test
  void referencesWithoutPlaces() {
    assertThat(regions("")).startsWith("`x` is empty.");
    assertThat(regions("ACGT\n"))
        .startsWith(
            "Line 1 of `x` is neither a FASTA header nor a name and a length with a tab between.");
    assertThat(regions("chr1\t5\nchr2\t-1\n")).startsWith("Line 2 of `x` is neither");
    assertThat(regions("chr1\t5\nchr1\t6\n")).startsWith("`x` has two sequences called `chr1`.");
    assertThat(regions(">a b\nA\n>a c\n")).startsWith("`x` has two sequences called `a`.");
    assertThat(regions("> a\nA\n")).startsWith("The header in line 1 of `x` has no name");
    assertThat(regions(">a\nAC\nACG\n"))
        .startsWith(
            "Line 3 of `x` has 3 bases after lines of 2, so places in `a` cannot be computed.");
    assertThat(regions(">a\nAC\nA\nAC\n"))
        .startsWith("Line 4 of `x` comes after a shorter one, or one that ends in another way, so");
    assertThat(regions(">a\nAC\nAC\r\nAC\n")).startsWith("Line 4 of `x` comes after");
    assertThat(regions(">a\nAC\n\nAC\n")).startsWith("Line 4 of `x` comes after a blank one, so");
  }

  @Test
  void windowsThatDoNotAdvance() {
    var options = JsonText.options("{\"size\": 5, \"overlap\": 5}");
    assertThat(Refusals.of(() -> new RegionsSplit().variables(options)))
        .startsWith("`overlap: 5` is not less than `size: 5`.");
  }

  @Test
  void windowsBeyondNumber() {
    var context = sandbox.context("{\"size\": 1}").input("x", Sandbox.utf8("a\t3000000000\n"));
    assertThat(Refusals.of(() -> new RegionsSplit().split(context)))
        .startsWith("Windows of 1 base are more than 2,147,483,647 fragments.");
  }

  @Test
  void outputsThatAreNoVcf() {
    assertThat(vcf("chr1\t5\n"))
        .startsWith("Fragment 0 is not a VCF file: its first line is `chr1\t5`, not");
    assertThat(vcf("##fileformat=VCFv4.2\n"))
        .startsWith("Fragment 0 ends within its VCF header: there is no line `#CHROM`.");
    assertThat(vcf("##fileformat=VCFv4.2\nchr1\t5\n"))
        .startsWith("The line of columns of fragment 0 is `chr1\t5`, not `#CHROM`");
    assertThat(vcf("BCF\2\2")).startsWith("The output of fragment 0 is BCF, not VCF text.");
    assertThat(vcf("", "")).startsWith("No fragment wrote a VCF header.");
  }

  @Test
  void headersThatDiffer() {
    var header = header("1");
    assertThat(vcf(header, header.replace("Depth", "Deep")))
        .isEqualTo(
            "Fragment 1 says `##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Deep, \\\"raw\\\"\">`, but fragment 0 says `##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth, \\\"raw\\\"\">`. [Let every fragment define `##INFO=<ID=DP>` in the same way.]");
    assertThat(vcf(header, header.replace("VCFv4.2", "VCFv4.3")))
        .startsWith("Fragment 1 says `##fileformat=VCFv4.3`, but fragment 0 says");
    assertThat(vcf(header, header.replace("s1", "s2")))
        .startsWith("Fragment 1 has other columns than fragment 0: column 10 is `s2`, not `s1`.");
    var two = header.replace(columns("s1"), columns("s1", "s2"));
    assertThat(vcf(two, two.replace(columns("s1", "s2"), columns("s2", "s1"))))
        .isEqualTo(
            "Fragment 1 has other columns than fragment 0: column 10 is `s2`, not `s1`. [Let every fragment write the samples in the same order: `bcftools view -s` with their names does.]");
    assertThat(vcf(header, header.replace(columns("s1"), columns("s1", "s2"))))
        .startsWith("Fragment 1 has other columns than fragment 0: 11 of them, not 10.");
  }

  @Test
  void recordsThatAreWrong() {
    var header = header("1", "2");
    assertThat(vcf(header + record("1", 5, "C") + record("1", 4, "C")))
        .startsWith("Line 7 of fragment 0, `1:4`, belongs before the line above it.");
    assertThat(vcf(header, header + record("2", 5, "C") + record("1", 6, "C")))
        .startsWith("Line 7 of fragment 1, `1:6`, belongs before the line above it.");
    assertThat(vcf(header + record("3", 5, "C")))
        .startsWith("Line 6 of fragment 0 is on `3`, which no `##contig` line declares.");
    assertThat(vcf(header + record("", 5, "C")))
        .startsWith("Line 6 of fragment 0 is on ``, which no `##contig` line declares.");
    assertThat(vcf(header + record("1", 5, "C").replace("\t0/1", "")))
        .startsWith("Line 6 of fragment 0, `1\t5\t.\tA\tC")
        .contains("has 9 columns instead of 10.");
    for (var position : List.of("x", "", "-5", "1234567890123456789")) {
      assertThat(vcf(header + record("1", 5, "C").replace("1\t5\t", "1\t" + position + "\t")))
          .startsWith("The position in line 6 of fragment 0 is `" + position + "`.");
    }
  }

  private String fastq(String text) {
    return Refusals.of(() -> sandbox.split(new FastqSplit(), "{\"reads\": 1}", "x", text));
  }

  private String pairs(String pattern, String... files) {
    var options = "{\"reads\": 1, \"pairs\": \"%s\"}".formatted(pattern);
    return Refusals.of(() -> sandbox.split(new FastqSplit(), options, files));
  }

  private String regions(String text) {
    return Refusals.of(() -> sandbox.split(new RegionsSplit(), "{\"size\": 2}", "x", text));
  }

  private String vcf(String... outputs) {
    return Refusals.of(() -> sandbox.merge(new VcfMerge(), "{}", List.of(outputs)));
  }
}
