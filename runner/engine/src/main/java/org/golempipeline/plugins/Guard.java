package org.golempipeline.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.golempipeline.strategy.StrategyException;

/**
 * Calls a plugin: with its own class loader as the thread's, so that its libraries find what is
 * theirs, and with its mistakes turned into messages that name it.
 */
final class Guard {
  private static final String HINT = "Ask the author of the plugin, or use another version of it.";

  private static final String MORE =
      "Give it more memory with `GOLEM_PIPELINE_JAVA_OPTS=-Xmx2g`, or use another version of the"
          + " plugin.";

  private final String plugin;
  private final ClassLoader loader;

  /**
   * @param plugin how messages call it
   */
  Guard(String plugin, ClassLoader loader) {
    this.plugin = plugin;
    this.loader = loader;
  }

  /** A call of a plugin. */
  interface Call<T> {
    T make() throws IOException, StrategyException;
  }

  <T> T run(String method, Call<T> call) throws IOException, StrategyException {
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return call.make();
    } catch (PluginFailure e) {
      throw e;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (RuntimeException | Error e) {
      var failure =
          new StrategyException(message(method, e), e instanceof OutOfMemoryError ? MORE : HINT);
      failure.initCause(e);
      throw failure;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** The same where the interface declares no exception. */
  <T> T runUnchecked(String method, Call<T> call) {
    try {
      return run(method, call);
    } catch (StrategyException e) {
      throw new PluginFailure(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** That the plugin broke a promise. */
  StrategyException broken(String what) {
    return new StrategyException("%s %s.".formatted(plugin, what), HINT);
  }

  private String message(String method, Throwable thrown) {
    var cause = root(thrown);
    var said = cause.toString().replaceAll("\\s+", " ");
    for (var frame : cause.getStackTrace()) {
      if ("plugin".equals(frame.getClassLoaderName())) {
        var place =
            "%s.%s(%s:%d)"
                .formatted(
                    frame.getClassName(),
                    frame.getMethodName(),
                    frame.getFileName(),
                    frame.getLineNumber());
        return "%s failed in `%s`: %s at %s.".formatted(plugin, method, said, place);
      }
    }
    return "%s failed in `%s`: %s.".formatted(plugin, method, said);
  }

  /** A class that could not be initialised says nothing; why it could not, does. */
  static Throwable root(Throwable thrown) {
    var inner = thrown instanceof ExceptionInInitializerError ? thrown.getCause() : null;
    return inner == null ? thrown : inner;
  }
}
