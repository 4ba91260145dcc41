package org.golempipeline.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.cli.terminal.StandardOutput;
import org.jspecify.annotations.Nullable;

/** Where the process begins and ends. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    var out = new StandardOutput();
    var console = settled(out);
    var exit = ForeignExit.watch(console);
    var exitCode = ExitCodes.BUG;
    try {
      exitCode = execute(console, arguments);
    } catch (OutOfMemoryError e) {
      new Messages(console)
          .error(
              "There is not enough memory for this.",
              "Give it more with `GOLEM_PIPELINE_JAVA_OPTS=-Xmx2g`.");
    } catch (Error e) {
      new Messages(console).bug(e);
    } finally {
      exitCode = said(console, out.trouble(), exitCode);
      endHttpClients();
      exit.expect();
      System.exit(exitCode);
    }
  }

  /** The process as everything in it expects it. */
  static Console settled(StandardOutput out) {
    // Debug logging is for developers, who put a provider of it on the class path and name it with
    // this property; without it, SLF4J looks into every jar for one.
    System.getProperties()
        .putIfAbsent("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    // Numbers, positions and commands to paste have the same digits and letters everywhere.
    Locale.setDefault(Locale.ROOT);
    var console = Console.ofProcess(out);
    ForeignOutput.divert(console.err());
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> new Messages(console).bug(thrown));
    return console;
  }

  private static int execute(Console console, String... arguments) {
    var encoding = System.getProperty("sun.jnu.encoding", "");
    if (!encoding.equalsIgnoreCase("UTF-8")) {
      new Messages(console)
          .error(
              "The names of files cannot be read: here the locale says that they are in the"
                  + " encoding `%s`, and they are in UTF-8.".formatted(encoding),
              "Set a locale of UTF-8 that `locale -a` lists, such as with `export LC_ALL=C.UTF-8`.");
      return ExitCodes.PLATFORM;
    }
    poolAnswers();
    HeadStart.take(arguments);
    return new GolemPipeline(console).execute(arguments);
  }

  /**
   * With two processors or one, the JDK starts a thread for each answer that its HTTP client
   * brings, unless the common pool is larger.
   */
  private static void poolAnswers() {
    if (Runtime.getRuntime().availableProcessors() <= 2) {
      System.setProperty("java.util.concurrent.ForkJoinPool.common.parallelism", "2");
    }
  }

  /** An answer that nobody got is a failure, whatever else went well. */
  private static int said(Console console, @Nullable IOException trouble, int exitCode) {
    if (trouble != null) {
      new Messages(console)
          .error(
              "Could not write to standard output: %s.".formatted(trouble.getMessage()),
              "Make room there, or send it elsewhere.");
    }
    return trouble != null && exitCode == ExitCodes.DONE ? ExitCodes.FAILED : exitCode;
  }

  /**
   * HotSpot gives every thread that waits inside the system 0.3 s to come back before it exits, and
   * the HTTP client's waits there for ever. On JDK 17 a client cannot be closed, but its thread
   * ends when it is interrupted.
   */
  private static void endHttpClients() {
    var threads = new Thread[Thread.activeCount() + 16];
    var count = Thread.enumerate(threads);
    for (var thread : Arrays.copyOf(threads, count)) {
      if (thread.getName().endsWith("-SelectorManager")) {
        thread.interrupt();
      }
    }
  }
}
