package org.golempipeline.genomes;

import static org.golempipeline.genomes.Samples.columns;
import static org.golempipeline.genomes.Samples.header;
import static org.golempipeline.genomes.Samples.record;
import static org.golempipeline.genomes.Samples.vcf;
import static org.golempipeline.genomes.Samples.withoutLastByte;

import java.util.ArrayList;
import java.util.List;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.testing.MergeCase;
import org.golempipeline.strategy.testing.MergeContract;

class VcfContractTest extends MergeContract {
  @Override
  protected MergeStrategy strategy() {
    return new VcfMerge();
  }

  @Override
  protected List<MergeCase> cases() {
    var header = header("chr2", "chr10");
    var a = record("chr2", 5, "C");
    var b = record("chr2", 5, "G");
    var c = record("chr2", 40, "T");
    var d = record("chr10", 7, "T");
    return List.of(
        MergeCase.of("nothing", "{}", List.of(), ""),
        MergeCase.of("only a header", "{}", List.of(header), header),
        MergeCase.of(
            "windows in order",
            "{}",
            List.of(vcf(header, a, b), vcf(header), vcf(header, c), vcf(header, d)),
            vcf(header, a, b, c, d)),
        MergeCase.of(
            "windows in another order",
            "{}",
            List.of(vcf(header, d), vcf(header, c), "", vcf(header, a, b)),
            vcf(header, a, b, c, d)),
        MergeCase.of(
            "outputs that all reach over everything",
            "{}",
            List.of(vcf(header, a, d), vcf(header, b, c)),
            vcf(header, a, b, c, d)),
        MergeCase.of(
            "windows that overlap",
            "{\"unique\": true}",
            List.of(vcf(header, a, b, c), vcf(header, b, a, c, d)),
            vcf(header, a, b, c, d)),
        MergeCase.of(
            "records that only look alike stay",
            "{\"unique\": true}",
            List.of(vcf(header, a, c), vcf(header, b, c.replace("50", "60"))),
            vcf(header, a, b, c, c.replace("50", "60"))),
        MergeCase.of(
            "identical records stay unless asked otherwise",
            "{}",
            List.of(vcf(header, a), vcf(header, a)),
            vcf(header, a, a)),
        MergeCase.of(
            "no line end at the end, and CRLF",
            "{}",
            List.of(
                withoutLastByte(vcf(header, a)),
                withoutLastByte(vcf(header, c).replace("\n", "\r\n")),
                withoutLastByte(header)),
            vcf(header, a, c)),
        MergeCase.of(
            "meta lines of all, as they first appear",
            "{}",
            List.of(
                "##fileformat=VCFv4.2\n##source=x\n##contig=<ID=1>\n" + columns("s"),
                "##fileformat=VCFv4.2\n##source=y\n##contig=<ID=2>\n##FILTER=<ID=2>\n"
                    + columns("s")
                    + record("2", 1, "C"),
                "##fileformat=VCFv4.2\n##contig=<ID=1>\n##ALT=<Description=\",ID=x\",ID=2>\n"
                    + columns("s")
                    + record("1", 1, "C")),
            "##fileformat=VCFv4.2\n##source=x\n##contig=<ID=1>\n##source=y\n##contig=<ID=2>\n"
                + "##FILTER=<ID=2>\n##ALT=<Description=\",ID=x\",ID=2>\n"
                + columns("s")
                + record("1", 1, "C")
                + record("2", 1, "C")),
        moreThanAreMergedAtOnce());
  }

  /** Five thousand outputs that all reach over the same positions: two rounds through files. */
  private static MergeCase moreThanAreMergedAtOnce() {
    var header = header("chr1");
    var outputs = new ArrayList<String>();
    var firsts = new StringBuilder();
    var lasts = new StringBuilder();
    for (var i = 0; i < 5000; i++) {
      var first = record("chr1", 1, "C".repeat(1 + i % 7));
      var last = record("chr1", 10 + i, "G");
      outputs.add(header + first + last);
      firsts.append(first);
      lasts.append(last);
    }
    return MergeCase.of("more than are merged at once", "{}", outputs, header + firsts + lasts);
  }
}
