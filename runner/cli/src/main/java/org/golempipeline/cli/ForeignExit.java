package org.golempipeline.cli;

import java.util.Optional;
import java.util.stream.Stream;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;

/**
 * Notices that a plugin ends the process behind our back: whoever called this would take that for
 * success. A plugin runs in this process, and no Java of today can forbid it to call {@code
 * System.exit}; but until the process is gone it stands on the stack of the thread that does so.
 */
final class ForeignExit {
  /** The name of the class loader of every plugin. */
  private static final String PLUGIN = "plugin";

  private final Console console;
  private volatile boolean expected;

  private ForeignExit(Console console) {
    this.console = console;
  }

  static ForeignExit watch(Console console) {
    var watch = new ForeignExit(console);
    Runtime.getRuntime().addShutdownHook(new Thread(watch::look, "foreign exit"));
    return watch;
  }

  /** Everything is over: the process may end. */
  void expect() {
    expected = true;
  }

  private void look() {
    if (expected) {
      return;
    }
    Thread.getAllStackTraces().values().stream()
        .map(ForeignExit::caller)
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(
            caller -> {
              new Messages(console)
                  .error(
                      "A plugin ended golem-pipeline, with `System.exit` at %s.%s(%s:%d)."
                          .formatted(
                              caller.getClassName(),
                              caller.getMethodName(),
                              caller.getFileName(),
                              caller.getLineNumber()),
                      "Ask its author for a version that does not. What a run left on the network is"
                          + " ended and paid by `golem-pipeline settle`.");
              Runtime.getRuntime().halt(ExitCodes.FAILED);
            });
  }

  /** The plugin's place on a stack that ends the process. */
  private static Optional<StackTraceElement> caller(StackTraceElement[] stack) {
    return Stream.of(stack).anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"))
        ? Stream.of(stack).filter(frame -> PLUGIN.equals(frame.getClassLoaderName())).findFirst()
        : Optional.empty();
  }
}
