package org.golempipeline.media;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Shell;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code ffmpeg} and {@code ffprobe} on this machine, by the runner's shell, so that whoever
 * forbids local commands forbids them too. They see files by links of a fixed name: no name of the
 * user's is ever taken for an option, a pattern or an address.
 */
final class Tool {
  private static final String CONTAINERS =
      "mov,matroska,avi,mpegts,mpeg,flv,live_flv,asf,ogg,mxf,nut,ivf,gif,rm,wtv,dv";

  /**
   * Stands before every {@code -i}: what is read is a container of video. Never a playlist, which
   * could name other files or hosts, and never an image or a text.
   */
  static final String GUARD =
      "-protocol_whitelist file,subfile -format_whitelist " + CONTAINERS + " ";

  /** {@link #GUARD} for a list of files, written here, each of which must pass it too. */
  static final String GUARD_OF_LIST =
      "-protocol_whitelist file -format_whitelist concat," + CONTAINERS + " ";

  private static final Pattern PLAIN_SUFFIX = Pattern.compile("\\.[A-Za-z0-9]{1,8}");

  private static final Pattern PREFIX = Pattern.compile("^\\[[^\\]]* @ 0x[0-9a-f]+\\] *");
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;
  private static final int MOST_LINES = 2;

  private final Shell shell;
  private final String what;
  private final Path folder;

  /**
   * @param what names the commands in messages of the shell
   * @param folder where they run and leave their answers; must exist
   */
  Tool(Shell shell, String what, Path folder) {
    this.shell = shell;
    this.what = what;
    this.folder = folder.toAbsolutePath();
  }

  /** How a command ended; {@code words} is what it had to say about it, on one line. */
  record Outcome(boolean good, String words) {}

  /**
   * Links {@code input} into the folder as {@code name} with the input's suffix, and answers what
   * stands for it after {@code -i}: the file, or the range of it.
   */
  String link(InputFile input, String name) throws IOException, StrategyException {
    if (input.remote() != null) {
      throw new StrategyException(
          "`%s` is fetched by the provider and not on this machine.".formatted(input.path()),
          "Download it and name the file as input.");
    }
    input.open().close(); // a pipe in its place would keep the program waiting
    var suffix = PLAIN_SUFFIX.matcher(input.suffix()).matches() ? input.suffix() : "";
    var file = link(input.file(), name + suffix);
    if (input.offset() == 0 && input.size() == Files.size(input.file())) {
      return file;
    }
    return "subfile,,start,%d,end,%d,,:%s"
        .formatted(input.offset(), input.offset() + input.size(), file);
  }

  /** Links {@code file} into the folder as {@code name}, and answers what stands for it. */
  String link(Path file, String name) throws IOException {
    var link = folder.resolve(name);
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, file.toAbsolutePath());
    return "file:" + name;
  }

  /** Runs {@code ffprobe} with {@code options} on {@code source} and answers into a file. */
  Outcome probe(String options, String source, Path answer) throws IOException, StrategyException {
    return run(
        "ffprobe",
        "ffprobe -v error " + GUARD + options + " -i \"$source\" > \"$answer\"",
        Map.of("source", source, "answer", answer.toString()));
  }

  /** Runs {@code ffmpeg} in the folder with {@code options}, which are shell text. */
  Outcome convert(String options, Map<String, String> variables)
      throws IOException, StrategyException {
    return run("ffmpeg", "ffmpeg -v error -nostdin -y " + options, variables);
  }

  private Outcome run(String program, String command, Map<String, String> variables)
      throws IOException, StrategyException {
    var words = Files.createTempFile(folder, "words-", ".txt");
    var status = Files.createTempFile(folder, "status-", ".txt");
    var all = new LinkedHashMap<>(variables);
    all.put("words", words.toString());
    all.put("status", status.toString());
    var text =
        """
        code=0
        %s 2> "$words" || code=$?
        echo "$code" > "$status"
        """
            .formatted(command);
    try {
      shell.run(what, text, all, folder);
      var code = Integer.parseInt(Files.readString(status).strip());
      refuseIfUnfit(program, code);
      return new Outcome(code == 0, said(words));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException(program + " was interrupted").initCause(e);
    } finally {
      Files.deleteIfExists(words);
      Files.deleteIfExists(status);
    }
  }

  private static void refuseIfUnfit(String program, int code) throws StrategyException {
    if (code == NOT_FOUND || code == NOT_EXECUTABLE) {
      throw new StrategyException(
          "`%s` is not installed on this machine.".formatted(program),
          "Install ffmpeg, version 5 or newer: `apt install ffmpeg`, `dnf install ffmpeg` or"
              + " `brew install ffmpeg`.");
    }
    if (code > 128) {
      throw new StrategyException(
          "`%s` was killed by signal %d.".formatted(program, code - 128),
          "Run it again; if memory was short, with fewer workers.");
    }
  }

  /** The first lines, which name the cause; without addresses in memory. */
  private static String said(Path words) throws IOException {
    return new String(Files.readAllBytes(words), StandardCharsets.UTF_8)
        .lines()
        .map(line -> PREFIX.matcher(line).replaceFirst("").strip())
        .filter(line -> !line.isEmpty())
        .limit(MOST_LINES)
        .collect(Collectors.joining(" / "))
        .replaceAll("\\p{Cntrl}", "?");
  }
}
