package org.golempipeline.batch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.golempipeline.batch.ReturnedFragment.Ending;
import org.golempipeline.batch.ReturnedFragment.Extent;
import org.golempipeline.batch.ReturnedFragment.Output;
import org.golempipeline.golem.ByteSink;
import org.golempipeline.spec.NamePattern;
import org.golempipeline.spec.OutSpec;
import org.jspecify.annotations.Nullable;

/**
 * Takes the archive that a batch leaves. Its bytes are appended to the pack file and never copied
 * again: outputs are ranges of it. An archive that no driver of ours writes fails the transfer;
 * outputs that an honest driver may have to send, but that cannot be used, fail their fragment. An
 * output is a plain file of the fragment's own: a link is taken for what it leads to among the
 * files that came with it, and for nothing else.
 */
public final class ReturnedBatch implements ByteSink, AutoCloseable {
  private static final long MOST_NAME_BYTES = 64L << 20;

  /** What is said of a fragment, its figures included. */
  private static final long LONGEST_RECORD = 256;

  private static final int BLANK = 64 * 1024;
  private static final Set<String> PROBLEMS =
      Set.of("unpackable", "link", "folder", "file", "pipe", "device");

  /** As many links follow one another on most systems. */
  private static final int MOST_LINKS = 40;

  private final Path pack;
  private final String folder;
  private final int count;
  private final OutSpec out;
  private final OutLayout layout;
  private final ReturnLimits limits;

  private @Nullable FileChannel channel;
  private long start = -1;
  private long received;
  private @Nullable List<ReturnedFragment> fragments;
  private @Nullable Extent setupLog;
  private @Nullable BatchFigures figures;
  private @Nullable IOException trouble;

  /** What commands wrote, but for what is an output under another name. */
  private List<Extent> logs = List.of();

  ReturnedBatch(Path pack, long number, int count, OutSpec out, ReturnLimits limits) {
    this.pack = pack;
    this.folder = "b" + number;
    this.count = count;
    this.out = out;
    this.layout = OutLayout.of(out);
    this.limits = limits;
  }

  @Override
  public void restart() throws IOException {
    fragments = null;
    setupLog = null;
    received = 0;
    opened().truncate(start);
  }

  @Override
  public void write(ByteBuffer chunk) throws IOException {
    if (chunk.remaining() > limits.bytes() - received) {
      throw new IOException(
          "What comes back is more than the %d bytes that are allowed.".formatted(limits.bytes()));
    }
    try {
      var target = opened();
      while (chunk.hasRemaining()) {
        received += target.write(chunk, start + received);
      }
    } catch (IOException e) {
      trouble = e;
      throw e;
    }
  }

  /** What kept this machine from writing down what came; no provider is to blame for it. */
  public Optional<IOException> trouble() {
    return Optional.ofNullable(trouble);
  }

  @Override
  public void finish() throws IOException {
    var contents = new Contents();
    contents.read(new TarReader(opened(), start, start + received));
    fragments = contents.fragments();
    setupLog = contents.setupLog;
    figures = contents.figures;
    logs = contents.logs();
    close();
  }

  /** Lets go of the pack file. Needed only if the transfer never finished. */
  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }

  /**
   * How the fragments ended, by position. Only after {@link #finish}.
   *
   * @throws IllegalStateException if nothing came yet
   */
  public List<ReturnedFragment> fragments() {
    if (fragments == null) {
      throw new IllegalStateException("the batch has not come back");
    }
    return fragments;
  }

  /**
   * What they took. Only after {@link #finish}.
   *
   * @throws IllegalStateException if nothing came yet
   */
  public BatchFigures figures() {
    if (figures == null) {
      throw new IllegalStateException("the batch has not come back");
    }
    return figures;
  }

  /** Where the text that setup wrote lies in the pack file; null if it wrote nothing. */
  public @Nullable Extent setupLog() {
    return setupLog;
  }

  /** Writes zeros over what commands wrote: where the pack is kept, it must not be. */
  public void blankLogs() throws IOException {
    try {
      for (var log : logs) {
        var zeros = ByteBuffer.allocate((int) Math.min(log.size(), BLANK));
        for (var done = 0L; done < log.size(); ) {
          zeros.clear().limit((int) Math.min(log.size() - done, BLANK));
          done += opened().write(zeros, log.offset() + done);
        }
      }
    } finally {
      close();
    }
  }

  private FileChannel opened() throws IOException {
    if (channel == null) {
      channel =
          FileChannel.open(
              pack, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (start < 0) {
        start = channel.size();
      }
    }
    return channel;
  }

  /** A symbolic link among the outputs of a fragment. */
  private record Link(int position, String name, String target) {
    String path(String folder) {
      return "%s/%d/out/%s".formatted(folder, position, name);
    }
  }

  /** What one reading of the archive finds. */
  private final class Contents {
    private final @Nullable String[] records = new String[count];
    private final BatchFigures figures = new BatchFigures(count);
    private final @Nullable String[] problems = new String[count];
    private final @Nullable Extent[] logs = new Extent[count];
    private final Map<Integer, Extent> logFiles = new HashMap<>();
    private final Map<Integer, List<Output>> outputs = new HashMap<>();
    private final Map<String, Extent> files = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final List<Link> links = new ArrayList<>();
    private final @Nullable Predicate<String> wanted =
        out instanceof OutSpec.Many many ? wanted(many.glob()) : null;
    private @Nullable Extent recordFile;
    private @Nullable Extent setupLog;
    private int setupStatus;
    private long outputBytes;
    private long nameBytes;

    void read(TarReader reader) throws IOException {
      var entries = 0;
      for (var entry = reader.next(); entry != null; entry = reader.next()) {
        if (++entries > limits.entries()) {
          throw new IOException(
              "What comes back is more than the %d files that are allowed."
                  .formatted(limits.entries()));
        }
        take(entry);
      }
      if (recordFile == null) {
        throw new IOException("The archive that came back has no records.");
      }
      readRecords(recordFile);
      followLinks();
    }

    List<ReturnedFragment> fragments() {
      var result = new ArrayList<ReturnedFragment>(count);
      for (var i = 0; i < count; i++) {
        result.add(fragment(i));
      }
      return List.copyOf(result);
    }

    List<Extent> logs() {
      var all = new ArrayList<>(logFiles.values());
      if (setupLog != null) {
        all.add(setupLog);
      }
      var taken = new HashSet<Extent>();
      outputs.values().forEach(each -> each.forEach(output -> taken.add(output.extent())));
      all.removeAll(taken);
      return all;
    }

    private ReturnedFragment fragment(int position) {
      var record = records[position];
      var log = logs[position];
      if (record == null) {
        return setupStatus != 0
            ? new ReturnedFragment(Ending.SETUP_FAILED, setupStatus, "", List.of(), setupLog)
            : new ReturnedFragment(Ending.UNKNOWN, 0, "", List.of(), log);
      }
      if (record.equals("timeout")) {
        return new ReturnedFragment(Ending.TIMED_OUT, 0, "", List.of(), log);
      }
      var problem = problems[position];
      if (isProblem(record)) {
        problem =
            record.equals("unpackable")
                ? "The output could not be packed; the log says why."
                : "The output is a %s, not a %s of its own."
                    .formatted(record, layout.several() ? "folder" : "plain file");
      }
      if (problem != null) {
        return new ReturnedFragment(Ending.UNUSABLE, 0, problem, List.of(), log);
      }
      var status = Integer.parseInt(record);
      var found =
          new ArrayList<>(
              status == 0 ? outputs.getOrDefault(position, List.of()) : List.<Output>of());
      found.sort((a, b) -> ArchivePaths.BYTEWISE.compare(a.name(), b.name()));
      return new ReturnedFragment(Ending.EXITED, status, "", found, log);
    }

    private void take(TarReader.Entry entry) throws IOException {
      var text = new String(entry.name(), StandardCharsets.UTF_8);
      var name =
          entry.type() == TarReader.Type.FOLDER && text.endsWith("/")
              ? text.substring(0, text.length() - 1)
              : text;
      if (!ArchivePaths.isRelative(name)) {
        throw new IOException("The archive that came back holds the path `" + name + "`.");
      }
      nameBytes += entry.name().length;
      if (nameBytes > MOST_NAME_BYTES) {
        throw new IOException("The names of what comes back are too long.");
      }
      var isText = isText(entry.name());
      if (entry.type() != TarReader.Type.FOLDER && isText && !names.add(name)) {
        throw new IOException("The archive that came back holds `" + name + "` twice.");
      }
      var parts = name.split("/", 4);
      if (!parts[0].equals(folder)) {
        throw foreign(name);
      }
      var extent =
          entry.type() == TarReader.Type.HARD_LINK
              ? files.get(new String(entry.link(), StandardCharsets.UTF_8))
              : new Extent(entry.offset(), entry.size());
      if (extent != null && isPlain(entry.type()) && isText) {
        files.put(name, extent);
      }
      if (parts.length == 2) {
        takeOwn(parts[1], entry);
      } else if (parts.length == 1) {
        throw foreign(name);
      } else {
        takeOfFragment(name, parts, entry, extent);
      }
    }

    private void takeOwn(String name, TarReader.Entry entry) throws IOException {
      var extent = new Extent(entry.offset(), entry.size());
      if (entry.type() == TarReader.Type.FILE && name.equals("records")) {
        recordFile = extent;
      } else if (entry.type() == TarReader.Type.FILE && name.equals("setup.log")) {
        setupLog = extent;
      } else if (entry.type() == TarReader.Type.FILE && logNumber(name) >= 0) {
        logFiles.put(logNumber(name), extent);
      } else {
        throw foreign(folder + "/" + name);
      }
    }

    private void takeOfFragment(
        String name, String[] parts, TarReader.Entry entry, @Nullable Extent extent)
        throws IOException {
      var position = position(parts[1], count);
      if (position < 0) {
        throw foreign(name);
      }
      var below = parts.length == 3 ? parts[2] : parts[2] + "/" + parts[3];
      if (below.equals(layout.file()) || below.equals("out") || below.startsWith("out/")) {
        takeOutput(position, below, entry, extent);
      } else {
        throw foreign(name);
      }
    }

    private void takeOutput(
        int position, String below, TarReader.Entry entry, @Nullable Extent extent)
        throws IOException {
      if (entry.type() == TarReader.Type.FOLDER) {
        return;
      }
      var name = outputName(below);
      if (name == null) {
        return;
      }
      if (!isText(entry.name())) {
        problems[position] = "The name of the output `" + name + "` is not UTF-8.";
        return;
      }
      if (wanted != null && !wanted.test(name)) {
        return;
      }
      if (!isPath(name)) {
        problems[position] = "This machine has no files with names like `" + name + "`.";
        return;
      }
      if (entry.type() == TarReader.Type.OTHER) {
        problems[position] = "The output `" + name + "` is a pipe or a device, not a file.";
        return;
      }
      if (entry.type() == TarReader.Type.LINK) {
        links.add(new Link(position, name, new String(entry.link(), StandardCharsets.UTF_8)));
        return;
      }
      if (extent == null) {
        problems[position] =
            "The output `%s` is a hard link to what is no plain file among the outputs."
                .formatted(name);
        return;
      }
      addOutput(position, name, extent);
    }

    /** Adds what links lead to, once all is known that came. */
    private void followLinks() throws IOException {
      var targets = new HashMap<String, String>();
      for (var link : links) {
        targets.put(link.path(folder), link.target());
      }
      for (var link : links) {
        var path = link.path(folder);
        for (var i = 0; i < MOST_LINKS && path != null && targets.containsKey(path); i++) {
          path = ArchivePaths.follow(path, targets.getOrDefault(path, ""));
        }
        var own = "%s/%d/out/".formatted(folder, link.position());
        var extent = path == null || !path.startsWith(own) ? null : files.get(path);
        if (extent == null) {
          problems[link.position()] =
              "The output `%s` is a link to `%s`, which is no plain file among the outputs."
                  .formatted(link.name(), link.target());
        } else {
          addOutput(link.position(), link.name(), extent);
        }
      }
    }

    private void addOutput(int position, String name, Extent extent) throws IOException {
      if (extent.size() > limits.bytes() - outputBytes) {
        throw new IOException(
            "The outputs are more than the %d bytes that are allowed.".formatted(limits.bytes()));
      }
      outputBytes += extent.size();
      outputs.computeIfAbsent(position, p -> new ArrayList<>()).add(new Output(name, extent));
    }

    /** The name that the user knows an output by, or null if it is none. */
    private @Nullable String outputName(String below) {
      if (layout.several()) {
        return below.startsWith("out/") ? below.substring(4) : null;
      }
      return below.equals(layout.file()) || below.equals("out") ? layout.name() : null;
    }

    private void readRecords(Extent extent) throws IOException {
      if (extent.size() > LONGEST_RECORD * (count + 2)) {
        throw new IOException("The records that came back are too long.");
      }
      var bytes = ByteBuffer.allocate((int) extent.size());
      while (bytes.hasRemaining()) {
        if (opened().read(bytes, extent.offset() + bytes.position()) < 0) {
          throw new IOException("The file of returned outputs was cut while it was read.");
        }
      }
      var text = new String(bytes.array(), StandardCharsets.ISO_8859_1);
      for (var line : text.lines().toList()) {
        if (!figures.takes(line)) {
          readRecord(line.split(" ", -1), line);
        }
      }
    }

    /** Who, how it ended, the number of its log if it has one, and when. */
    private void readRecord(String[] words, String line) throws IOException {
      var what = words.length > 1 ? words[1] : "";
      if (words.length == 2 && words[0].equals("setup") && isStatus(what)) {
        setupStatus = Integer.parseInt(what);
        return;
      }
      var position = position(words[0], count);
      if (position < 0
          || !(isStatus(what) || what.equals("timeout") || isProblem(what))
          || words.length > 4
          || words.length == 4 && !BatchFigures.isUptime(words[3])) {
        throw new IOException("The records that came back hold the line `" + line + "`.");
      }
      records[position] = what;
      if (words.length == 4) {
        figures.ended(position, words[3]);
      }
      if (words.length > 2) {
        logs[position] = logFiles.get(position(words[2], Integer.MAX_VALUE));
      }
    }

    private int logNumber(String name) {
      return name.startsWith("log.") ? position(name.substring(4), Integer.MAX_VALUE) : -1;
    }

    /** The number below {@code end} that {@code text} stands for, or -1. */
    private int position(String text, int end) {
      if (!isNumber(text) || text.length() > 9) {
        return -1;
      }
      var position = Integer.parseInt(text);
      return position < end && Integer.toString(position).equals(text) ? position : -1;
    }

    private IOException foreign(String name) {
      return new IOException("The archive that came back holds `" + name + "`, which is not ours.");
    }
  }

  private static Predicate<String> wanted(String glob) {
    var whole = NamePattern.of(glob);
    if (!glob.startsWith("**/")) {
      return whole::matches;
    }
    // As a pattern `**/` is at least one folder; for everybody it may be none.
    var here = NamePattern.of(glob.substring(3));
    return name -> whole.matches(name) || here.matches(name);
  }

  private static boolean isPath(String name) {
    try {
      return Path.of(name).getNameCount() > 0;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static boolean isPlain(TarReader.Type type) {
    return type == TarReader.Type.FILE || type == TarReader.Type.HARD_LINK;
  }

  /** What the driver says of an output that it does not pack. */
  private static boolean isProblem(String record) {
    return PROBLEMS.contains(record);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean isStatus(String text) {
    return isNumber(text) && text.length() <= 3 && Integer.parseInt(text) <= 255;
  }

  private static boolean isText(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
