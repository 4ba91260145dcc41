package org.golempipeline.golem;

import java.time.Duration;
import java.util.List;

/**
 * Commands that one activity executes in order.
 *
 * @param limit how long all of it may take
 * @param idleLimit how long there may be no sign of life: no byte moved, no command finished, no
 *     output line of a running command
 * @param watcher hears of the batch while it goes on
 */
public record Script(List<Command> commands, Duration limit, Duration idleLimit, Watcher watcher) {
  public Script {
    commands = List.copyOf(commands);
  }

  /** One command of a script. */
  public sealed interface Command {}

  /** Sends {@code source} to the file {@code path}, absolute, below {@link Rental#folder}. */
  public record Upload(ByteSource source, String path) implements Command {}

  /**
   * Lets the provider fetch {@code url} from the web to the file {@code path}, absolute, below
   * {@link Rental#folder}, where there is none yet. The provider asks the server for {@code HEAD}
   * and then {@code GET}, follows redirects, and fails unless the content has the hash. No byte of
   * it passes here, so it is no sign of life.
   *
   * @param url with {@code http} or {@code https}
   * @param sha3 the content's hash in hex; its length tells which SHA3
   */
  public record Fetch(String url, String sha3, String path) implements Command {}

  /**
   * Runs the program {@code entryPoint}, an absolute path. The last bytes of what it writes to its
   * standard output and error are in the result; results belong into files.
   */
  public record Run(String entryPoint, List<String> arguments) implements Command {
    public Run {
      arguments = List.copyOf(arguments);
    }
  }

  /** Fetches the file {@code path} into {@code sink}. */
  public record Download(String path, ByteSink sink) implements Command {}

  /** Hears of a running batch, on a thread that must not be blocked. */
  @FunctionalInterface
  public interface Watcher {
    /** A line that a running command wrote to its standard output; some may be missing. */
    void line(String line);

    /** How much of what a command that reports on it fetches is there; some may be missing. */
    default void moved(long bytes, long size) {}
  }
}
