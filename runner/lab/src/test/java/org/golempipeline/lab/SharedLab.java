package org.golempipeline.lab;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * One network of three providers for all tests, which end as skipped where the released daemon
 * cannot be had, unless it was promised.
 */
public final class SharedLab implements BeforeAllCallback {
  private static final int PROVIDERS = 3;

  private static final Namespace HERE = Namespace.create(SharedLab.class);

  /** What opening it came to; tried once. */
  private record Opened(Lab lab, String trouble) implements AutoCloseable {
    static Opened open(String key) {
      try {
        return new Opened(Lab.open(Path.of("target/lab"), PROVIDERS), null);
      } catch (GolemNode.MissingException e) {
        return new Opened(null, e.getMessage());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      if (lab != null) {
        lab.close();
      }
    }
  }

  private static Lab current;

  /** What tests of the class that is executed talk to. */
  public static Lab current() {
    return current;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    current = lab(context);
  }

  private static Lab lab(ExtensionContext context) {
    var opened =
        context.getRoot().getStore(HERE).getOrComputeIfAbsent("lab", Opened::open, Opened.class);
    if (opened.lab != null) {
      return opened.lab;
    }
    var reason = "left out, since there is no released yagna daemon: " + opened.trouble;
    return GolemNode.promised() ? fail(reason) : abort(reason);
  }
}
