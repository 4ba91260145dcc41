package org.golempipeline.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.golempipeline.pipeline.Machine;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.Screen;
import org.golempipeline.report.TerminalText;

/**
 * All that a process gets from outside, so that nothing else has to ask for it: streams, terminal,
 * environment, current folder and clock.
 *
 * <p>Both streams hold nothing back: what is printed is out, and nobody needs to flush them.
 *
 * @param in what somebody tells us while we work
 * @param out the answer: what a script would read
 * @param err everything that is said beside it
 * @param size how large the terminal is at the moment
 */
public record Console(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    Supplier<Screen.Size> size,
    Map<String, String> environment,
    Path folder,
    Clock clock) {

  /** Which streams are terminals; the launcher says it, because Java cannot tell them apart. */
  private static final String TERMINALS = "golem-pipeline.terminals";

  /** The launcher says these as well. */
  private static final String PROGRAM = "golem-pipeline.program";

  private static final String PLUGINS = "golem-pipeline.plugins";

  public static Console ofProcess(StandardOutput out) {
    var environment = System.getenv();
    var terminals = System.getProperty(TERMINALS, "");
    return new Console(
        System.in,
        stream(out),
        stream(new FileOutputStream(FileDescriptor.err)),
        terminals.contains("out"),
        terminals.contains("err"),
        new TerminalSize(environment),
        environment,
        Path.of("").toAbsolutePath(),
        Clock.systemUTC());
  }

  /** UTF-8 whatever the locale says, as all our files are. */
  private static PrintStream stream(OutputStream target) {
    return new PrintStream(target, false, StandardCharsets.UTF_8);
  }

  /** What starts this program: the path of the launcher, or its name if somebody else did. */
  public String program() {
    return System.getProperty(PROGRAM, "golem-pipeline");
  }

  /** The folder of the plugins that come with this program; whoever starts it may have none. */
  public Optional<Path> plugins() {
    return Optional.ofNullable(System.getProperty(PLUGINS)).map(Path::of);
  }

  /** What a pipeline may know of this process. */
  public Machine machine() {
    return Machine.of(environment, folder, clock);
  }

  /** An environment variable that is set and not empty. */
  public Optional<String> variable(String name) {
    return machine().variable(name);
  }

  /** The file or folder that the user means by {@code name}, relative to the current one. */
  public Path path(String name) throws Refusal {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      throw Refusal.usage("`%s` is not the name of a file.".formatted(name), null);
    }
  }

  /** A line of the answer, in which nothing can steer the terminal. */
  public void say(String line) {
    out.println(TerminalText.safe(line));
  }

  /** A file or folder as the user would type it. */
  public String shown(Path path) {
    return path.startsWith(folder) ? folder.relativize(path).toString() : path.toString();
  }

  /** Whether what goes to {@link #err} may have colours. */
  boolean colouredErr() {
    return errIsTerminal && variable("NO_COLOR").isEmpty() && !dumb();
  }

  /** Where progress and summary go. */
  public Screen screen() {
    return new Screen(err, errIsTerminal && !dumb(), colouredErr(), size);
  }

  private boolean dumb() {
    return environment.getOrDefault("TERM", "").equals("dumb");
  }
}
