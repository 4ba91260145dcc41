package org.golempipeline.exeunit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process on this machine that belongs to a provider, known by the mark in its environment.
 *
 * @param activity the id of its activity
 * @param command its words, as the system shows them
 */
public record RunningProgram(long pid, String activity, String command) {
  private static final Logger LOG = LoggerFactory.getLogger(RunningProgram.class);
  private static final Path PROCESSES = Path.of("/proc");

  /**
   * All whose mark begins so. Where there is no {@code /proc} with environments, none are found.
   */
  static List<RunningProgram> marked(String mark) {
    List<RunningProgram> found = new ArrayList<>();
    if (!Files.isReadable(PROCESSES.resolve("self/environ"))) {
      return found;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        add(process, Warden.VARIABLE + "=" + mark, found);
      }
    } catch (IOException e) {
      LOG.debug("could not list processes", e);
    }
    return found;
  }

  private static void add(Path process, String marked, List<RunningProgram> found) {
    try {
      Optional<String> activity =
          words(process.resolve("environ")).stream()
              .filter(each -> each.startsWith(marked))
              .map(each -> each.substring(marked.length()))
              .findFirst();
      if (activity.isEmpty()) {
        return;
      }
      String command = String.join(" ", words(process.resolve("cmdline"))).strip();
      long pid = Long.parseLong(String.valueOf(process.getFileName()));
      found.add(new RunningProgram(pid, activity.get(), command));
    } catch (IOException e) {
      // It is somebody else's, or has just ended.
    }
  }

  private static List<String> words(Path file) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return List.of(text.split("\0", -1));
  }
}
