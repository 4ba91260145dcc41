package org.golempipeline.standard;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * The work of {@link AggregateMerge}. Keys live in a map until they are too many; then the map goes
 * to a file in key order, and such files are merged at the end, so memory stays bounded.
 */
final class Aggregation extends TargetMerger {
  /** Joins the columns of a key; sorts before everything that may be in one. */
  private static final char JOINT = '\0';

  private static final int ENTRY_COST = 200;
  private static final int LARGEST_MAP = 40 << 20;
  private static final int FAN_IN = 64;

  private final Path folder;
  private final List<Options> by;
  private final List<Measure> measures;
  private final boolean named;
  private final Dialect dialect;
  private final Map<String, Aggregate[]> groups = new HashMap<>();
  private final Deque<Path> runs = new ArrayDeque<>();
  private String @Nullable [] header;
  private int[] keyColumns = {};
  private int[] measureColumns = {};
  private int width;
  private int cost;
  private int runCount;

  Aggregation(MergeContext context) throws IOException {
    super(context);
    this.folder = context.workingFolder();
    this.dialect = new Dialect(Delimiter.from(context.options().at("delimiter")));
    this.by = context.options().at("by").items();
    this.measures = measures(context.options());
    this.named =
        by.stream().anyMatch(Aggregation::isName)
            || measures.stream().anyMatch(measure -> isName(measure.column()));
  }

  @Override
  public void add(FragmentOutput output) throws IOException, StrategyException {
    try (var rows =
        new TableReader(Outputs.openText(output), output.size(), output.label(), dialect)) {
      var row = rows.next();
      if (row == null) {
        return;
      }
      if (named) {
        takeHeader(row, rows);
        row = rows.next();
      } else if (keyColumns.length == 0) {
        locateColumns(null, rows);
      }
      for (; row != null; row = rows.next()) {
        addRow(row, rows);
      }
    }
  }

  @Override
  void complete() throws IOException, StrategyException {
    if (header != null) {
      writeLine(headerLine(header));
    }
    if (runs.isEmpty()) {
      for (var group : new TreeMap<>(groups).entrySet()) {
        writeRow(group.getKey(), group.getValue());
      }
      return;
    }
    spill();
    while (runs.size() > FAN_IN) {
      var next = runs.size();
      try (var run = newRun()) {
        mergeRuns(Math.min(FAN_IN, next), (key, group) -> writeGroup(key, group, run));
      }
    }
    mergeRuns(runs.size(), this::writeRow);
  }

  private static boolean isName(@Nullable Options column) {
    return column != null && column.value() instanceof String;
  }

  /** In the order the file lists them. */
  private static List<Measure> measures(Options options) {
    var measures = new ArrayList<Measure>();
    for (var key : ((Map<?, ?>) Objects.requireNonNull(options.value())).keySet()) {
      var option = options.at((String) key);
      switch ((String) key) {
        case "sum" -> add(Aggregate.Kind.SUM, option, measures);
        case "min" -> add(Aggregate.Kind.MIN, option, measures);
        case "max" -> add(Aggregate.Kind.MAX, option, measures);
        case "mean" -> add(Aggregate.Kind.MEAN, option, measures);
        case "count" -> {
          if (option.flag()) {
            measures.add(new Measure(Aggregate.Kind.COUNT, null));
          }
        }
        default -> {} // by and delimiter
      }
    }
    return measures;
  }

  private static void add(Aggregate.Kind kind, Options columns, List<Measure> measures) {
    columns.items().forEach(column -> measures.add(new Measure(kind, column)));
  }

  private void takeHeader(String[] row, TableReader rows) throws StrategyException {
    if (header == null) {
      header = row;
      locateColumns(row, rows);
    } else if (!Arrays.equals(header, row)) {
      throw new StrategyException(
          "%s is another header than that of the outputs before it.".formatted(rows.where()),
          "Let every fragment write the same columns.");
    }
  }

  private void locateColumns(String @Nullable [] names, TableReader rows) throws StrategyException {
    keyColumns = new int[by.size()];
    for (var i = 0; i < keyColumns.length; i++) {
      keyColumns[i] = locate(by.get(i), names, rows);
    }
    measureColumns = new int[measures.size()];
    for (var i = 0; i < measureColumns.length; i++) {
      var column = measures.get(i).column();
      measureColumns[i] = column == null ? -1 : locate(column, names, rows);
    }
    width =
        1
            + Math.max(
                Arrays.stream(keyColumns).max().orElse(0),
                Arrays.stream(measureColumns).max().orElse(0));
  }

  private static int locate(Options column, String @Nullable [] names, TableReader rows)
      throws StrategyException {
    if (!isName(column)) {
      return Columns.number(column) - 1;
    }
    var wanted = column.text().orElseThrow();
    var all = names == null ? List.<String>of() : Arrays.asList(names);
    var at = all.indexOf(LineReader.bytes(wanted));
    if (at != all.lastIndexOf(LineReader.bytes(wanted))) {
      throw new StrategyException(
          "%s names two columns `%s`.".formatted(rows.where(), wanted),
          "Let `run` give each a name of its own, or write the number of the one that is meant"
              + " beside the names of others.");
    }
    if (at < 0 || names == null) {
      throw new StrategyException(
          "%s names no column `%s`.".formatted(rows.where(), wanted),
          names == null
              ? null
              : "Its columns are: %s.".formatted(LineReader.text(String.join(", ", names))));
    }
    return at;
  }

  private void addRow(String[] row, TableReader rows) throws IOException, StrategyException {
    if (row.length < width) {
      throw new StrategyException(
          "%s has %s, but column %,d is asked for."
              .formatted(rows.where(), Words.count(row.length, "column"), width),
          "Check what the command writes, and the `delimiter`.");
    }
    var key = key(row, rows);
    var group = groups.get(key);
    if (group == null) {
      if (cost > LARGEST_MAP) {
        spill();
      }
      cost += ENTRY_COST + key.length() + measures.size() * 64;
      group = newGroup();
      groups.put(key, group);
    }
    for (var i = 0; i < group.length; i++) {
      var column = measureColumns[i];
      group[i].add(column < 0 ? BigDecimal.ONE : rows.number(row, column));
    }
  }

  private Aggregate[] newGroup() {
    return measures.stream().map(measure -> measure.kind().start()).toArray(Aggregate[]::new);
  }

  private String key(String[] row, TableReader rows) throws StrategyException {
    if (keyColumns.length == 1) {
      return row[keyColumns[0]];
    }
    var fields = new String[keyColumns.length];
    for (var i = 0; i < fields.length; i++) {
      fields[i] = row[keyColumns[i]];
      if (fields[i].indexOf(JOINT) >= 0) {
        throw new StrategyException(
            "%s has a zero byte in column %d.".formatted(rows.where(), keyColumns[i] + 1));
      }
    }
    return String.join(String.valueOf(JOINT), fields);
  }

  private void writeRow(String key, Aggregate[] group) throws IOException {
    var line = new ArrayList<String>();
    if (keyColumns.length == 1) {
      line.add(key);
    } else {
      line.addAll(Arrays.asList(key.split(String.valueOf(JOINT), -1)));
    }
    for (var aggregate : group) {
      line.add(aggregate.result());
    }
    writeLine(line);
  }

  private void writeLine(List<String> fields) throws IOException {
    var line = new StringBuilder();
    var as = Objects.requireNonNull(dialect.delimiter());
    for (var i = 0; i < fields.size(); i++) {
      line.append(i == 0 ? "" : as.separator()).append(as.quoted(fields.get(i)));
    }
    stream().write(line.append('\n').toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A column used once keeps its name; used several times it is {@code min_size max_size}. */
  private List<String> headerLine(String[] names) {
    var line = new ArrayList<String>();
    for (var column : keyColumns) {
      line.add(names[column]);
    }
    Set<Integer> once = new HashSet<>();
    Set<Integer> several = new HashSet<>();
    for (var column : measureColumns) {
      if (!once.add(column)) {
        several.add(column);
      }
    }
    for (var i = 0; i < measureColumns.length; i++) {
      var column = measureColumns[i];
      var kind = measures.get(i).kind().name().toLowerCase(Locale.ROOT);
      if (column < 0) {
        line.add(kind);
      } else {
        line.add(several.contains(column) ? kind + "_" + names[column] : names[column]);
      }
    }
    return line;
  }

  private void spill() throws IOException {
    try (var run = newRun()) {
      for (var group : new TreeMap<>(groups).entrySet()) {
        writeGroup(group.getKey(), group.getValue(), run);
      }
    }
    groups.clear();
    cost = 0;
  }

  /** A new file of groups, last in the queue. */
  private DataOutputStream newRun() throws IOException {
    var path = folder.resolve("run-" + runCount++);
    runs.add(path);
    return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(path), 1 << 16));
  }

  private static void writeGroup(String key, Aggregate[] group, DataOutputStream run)
      throws IOException {
    run.writeInt(key.length());
    run.write(key.getBytes(StandardCharsets.ISO_8859_1));
    for (var aggregate : group) {
      aggregate.write(run);
    }
  }

  /** Merges the first {@code count} files of the queue and removes them. */
  private void mergeRuns(int count, GroupSink sink) throws IOException {
    var merged = new ArrayList<Path>();
    var readers = new ArrayList<RunReader>();
    try {
      var queue = new PriorityQueue<RunReader>(Comparator.comparing(RunReader::key));
      for (var i = 0; i < count; i++) {
        var path = runs.remove();
        merged.add(path);
        var reader = new RunReader(path);
        readers.add(reader);
        if (reader.advance()) {
          queue.add(reader);
        }
      }
      while (!queue.isEmpty()) {
        var key = queue.element().key();
        var group = newGroup();
        while (!queue.isEmpty() && queue.element().key().equals(key)) {
          var reader = queue.remove();
          for (var aggregate : group) {
            aggregate.join(reader.data);
          }
          if (reader.advance()) {
            queue.add(reader);
          }
        }
        sink.accept(key, group);
      }
    } finally {
      for (var reader : readers) {
        reader.close();
      }
    }
    for (var path : merged) {
      Files.delete(path);
    }
  }

  /** One aggregate to work out; without a column it counts rows. */
  private record Measure(Aggregate.Kind kind, @Nullable Options column) {}

  private interface GroupSink {
    void accept(String key, Aggregate[] group) throws IOException;
  }

  /** Reads a file of groups; after {@link #advance} the group's aggregates are next in data. */
  private static final class RunReader implements Closeable {
    private final DataInputStream data;
    private String key = "";

    RunReader(Path path) throws IOException {
      data = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16));
    }

    String key() {
      return key;
    }

    boolean advance() throws IOException {
      int length;
      try {
        length = data.readInt();
      } catch (EOFException e) {
        return false;
      }
      key = new String(data.readNBytes(length), StandardCharsets.ISO_8859_1);
      return true;
    }

    @Override
    public void close() throws IOException {
      data.close();
    }
  }
}
