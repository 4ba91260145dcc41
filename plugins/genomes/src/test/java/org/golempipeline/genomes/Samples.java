package org.golempipeline.genomes;

import java.util.List;

/** Small files of each kind. */
final class Samples {
  private Samples() {}

  static String read(String name, String bases, String qualities, String end) {
    return "@" + name + end + bases + end + "+" + end + qualities + end;
  }

  static String read(String name) {
    return read(name + " text @", "ACGT", "@@+I", "\n");
  }

  /** {@code count} reads whose names end in {@code suffix}. */
  static String reads(int count, String suffix) {
    var text = new StringBuilder();
    for (var i = 1; i <= count; i++) {
      text.append(read("r" + i + suffix));
    }
    return text.toString();
  }

  static String withoutLastByte(String text) {
    return text.substring(0, text.length() - 1);
  }

  static String header(String... contigs) {
    var text = new StringBuilder("##fileformat=VCFv4.2\n");
    for (var contig : contigs) {
      text.append("##contig=<ID=").append(contig).append(">\n");
    }
    text.append("##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth, \\\"raw\\\"\">\n");
    return text + columns("s1");
  }

  static String columns(String... samples) {
    var text = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";
    return text + "\t" + String.join("\t", samples) + "\n";
  }

  static String record(String contig, long position, String alternative) {
    return "%s\t%d\t.\tA\t%s\t50\tPASS\tDP=3\tGT\t0/1\n".formatted(contig, position, alternative);
  }

  static String vcf(String header, String... records) {
    return header + String.join("", records);
  }

  static String joined(List<String> texts) {
    return String.join("", texts);
  }
}
