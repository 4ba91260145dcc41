package org.golempipeline.genomes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * The header of many VCF files as one: their meta lines in the order in which they first appear. A
 * definition of an id, the format's version and the line of columns must be the same in all.
 */
final class VcfHeader {
  private static final String COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

  /** What a file begins with. */
  static final String FORMAT = "##fileformat=";

  private static final String CONTIG = "##contig=<";

  private final Map<String, Meta> metas = new LinkedHashMap<>();
  private final Map<String, Integer> ranks = new LinkedHashMap<>();
  private @Nullable Meta columns;

  /**
   * A line of the header.
   *
   * @param label names the output that it was in first
   */
  private record Meta(String line, String label) {}

  /** Takes the header of one more file; {@code lines} then is at what follows it, if anything. */
  void add(VcfLines lines) throws IOException, StrategyException {
    if (!lines.next() || !lines.text().startsWith(FORMAT)) {
      throw new StrategyException(
          "%s is not a VCF file: its first line is `%s`, not `%sVCFv4.2` or the like."
              .formatted(capital(lines.label()), lines.shown(), FORMAT),
          "Let every fragment write the header, also if it finds nothing.");
    }
    do {
      var line = lines.text();
      if (line.indexOf('\r') >= 0) {
        throw new StrategyException(
            "The header of %s has a carriage return without a line feed.".formatted(lines.label()),
            "Lines must end in LF or CRLF: `tr '\\r' '\\n'` converts them.");
      }
      if (line.startsWith("##")) {
        addMeta(line, lines.label());
      } else {
        addColumns(line, lines.label());
        return;
      }
    } while (lines.next());
    throw new StrategyException(
        "%s ends within its VCF header: there is no line `#CHROM`."
            .formatted(capital(lines.label())),
        "Let every fragment write the whole header, also if it finds nothing.");
  }

  /** The lines of the united header, without their ends; none if there was no file. */
  List<String> lines() {
    var all = new ArrayList<String>();
    metas.values().forEach(meta -> all.add(meta.line()));
    if (columns != null) {
      all.add(columns.line());
    }
    return all;
  }

  /** Whether some file has said that in its header. */
  boolean has(String line) {
    var known = line.startsWith("##") ? metas.get(key(line, id(line))) : columns;
    return known != null && known.line().equals(line);
  }

  /** Where a contig stands in the header, from 0; -1 if it is not declared. */
  int rank(String contig) {
    return ranks.getOrDefault(contig, -1);
  }

  /** How many columns every record has. */
  int columnCount() {
    return columns == null ? 0 : columns.line().split("\t", -1).length;
  }

  private void addMeta(String line, String label) throws StrategyException {
    var id = id(line);
    var key = key(line, id);
    var known = metas.putIfAbsent(key, new Meta(line, label));
    if (known == null) {
      if (id != null && line.startsWith(CONTIG)) {
        ranks.putIfAbsent(id, ranks.size());
      }
    } else if (!known.line().equals(line)) {
      throw new StrategyException(
          "%s says `%s`, but %s says `%s`."
              .formatted(
                  capital(label),
                  VcfLines.shown(line),
                  known.label(),
                  VcfLines.shown(known.line())),
          "Let every fragment define `%s` in the same way.".formatted(VcfLines.shown(key)));
    }
  }

  private void addColumns(String line, String label) throws StrategyException {
    if (!line.equals(COLUMNS) && !line.startsWith(COLUMNS + "\t")) {
      throw new StrategyException(
          "The line of columns of %s is `%s`, not `#CHROM`, `POS`, `ID` and so on with tabs between."
              .formatted(label, VcfLines.shown(line)),
          "Let the command write VCF text, such as `bcftools view` does.");
    }
    if (columns == null) {
      columns = new Meta(line, label);
    } else if (!columns.line().equals(line)) {
      throw new StrategyException(
          "%s has other columns than %s: %s."
              .formatted(capital(label), columns.label(), difference(line, columns.line())),
          sameColumns(line, columns.line())
              ? "Let every fragment write the samples in the same order: `bcftools view -s` with their names does."
              : "Merge only what has the same samples in the same order; `bcftools merge` joins others.");
    }
  }

  /** Whether the lines differ in nothing but the order of their columns. */
  private static boolean sameColumns(String line, String before) {
    var ours = line.split("\t", -1);
    var theirs = before.split("\t", -1);
    Arrays.sort(ours);
    Arrays.sort(theirs);
    return Arrays.equals(ours, theirs);
  }

  private static String difference(String line, String before) {
    var ours = line.split("\t", -1);
    var theirs = before.split("\t", -1);
    for (var i = 0; i < Math.min(ours.length, theirs.length); i++) {
      if (!ours[i].equals(theirs[i])) {
        return "column %,d is `%s`, not `%s`"
            .formatted(i + 1, VcfLines.shown(ours[i]), VcfLines.shown(theirs[i]));
      }
    }
    return "%,d of them, not %,d".formatted(ours.length, theirs.length);
  }

  /** What may be said only once: {@code ##INFO DP}, the version, or else the line itself. */
  private static String key(String line, @Nullable String id) {
    if (line.startsWith(FORMAT)) {
      return FORMAT;
    }
    return id == null ? line : line.substring(0, line.indexOf('=') + 1) + "<ID=" + id + ">";
  }

  /** The {@code ID} of a line {@code ##KEY=<…,ID=…,…>}; null if it has none. */
  private static @Nullable String id(String line) {
    var open = line.indexOf('=') + 1;
    if (open == 0 || !line.startsWith("<", open) || !line.endsWith(">")) {
      return null;
    }
    var start = open + 1;
    var quoted = false;
    for (var i = start; i < line.length(); i++) {
      var c = line.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || i == line.length() - 1)) {
        if (line.startsWith("ID=", start)) {
          return line.substring(start + 3, i);
        }
        start = i + 1;
      }
    }
    return null;
  }

  private static String capital(String label) {
    return label.substring(0, 1).toUpperCase(Locale.ROOT) + label.substring(1);
  }
}
