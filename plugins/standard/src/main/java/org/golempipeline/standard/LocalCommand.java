package org.golempipeline.standard;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.golempipeline.strategy.Shell;
import org.golempipeline.strategy.StrategyException;

/**
 * Shell text of a {@code command} strategy with the list of files it works on. A file whose name
 * has a line end in it appears in the list under a link without one.
 */
final class LocalCommand implements AutoCloseable {
  private final Path folder;
  private final Path list;
  private final BufferedWriter writer;
  private int links;

  /** Keeps its list and links in {@code folder}, which is there and empty. */
  LocalCommand(Path folder) throws IOException {
    this.folder = folder.toAbsolutePath();
    this.list = this.folder.resolve("list");
    this.writer = Files.newBufferedWriter(list);
  }

  /** Adds a file to the list, one path a line. */
  void list(Path file) throws IOException {
    var path = file.toAbsolutePath();
    if (path.toString().indexOf('\n') >= 0) {
      path = Files.createSymbolicLink(folder.resolve("link-" + links++), path);
    }
    writer.write(path + "\n");
  }

  /**
   * Runs {@code text} in the folder.
   *
   * @param given what it gets beside {@code $list}
   * @param own variables of the strategy, which take precedence
   */
  void run(
      Shell shell, String what, String text, Map<String, String> given, Map<String, String> own)
      throws IOException, StrategyException {
    writer.close();
    var variables = new LinkedHashMap<>(given);
    variables.putAll(own);
    variables.put("list", list.toString());
    try {
      shell.run(what, text, variables, folder);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException(what + " was interrupted").initCause(e);
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
