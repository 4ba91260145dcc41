package org.golempipeline.lab;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.golempipeline.cli.ChildJvm;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Gives a class of tests a network of three providers for itself, which the next class gets when it
 * has ended: there are as many as classes are executed at a time. Where the released daemon cannot
 * be had tests end as skipped, unless it was promised.
 */
public final class SharedLab implements BeforeAllCallback, AfterAllCallback {
  private static final int PROVIDERS = 3;

  private static final Namespace HERE = Namespace.create(SharedLab.class);

  /** The methods of a class are executed by one thread. */
  private static final ThreadLocal<Lab> CURRENT = new ThreadLocal<>();

  /** Networks, opened when needed and closed after the last test. */
  private static final class Labs implements AutoCloseable {
    private final List<Lab> open = new ArrayList<>();
    private final Deque<Lab> free = new ArrayDeque<>();
    private GolemNode.MissingException missing;
    private int opened;

    Lab take() throws IOException, GolemNode.MissingException {
      Path logs;
      synchronized (this) {
        if (missing != null) {
          throw missing;
        }
        if (!free.isEmpty()) {
          return free.pop();
        }
        logs = Path.of("target/lab", Integer.toString(++opened));
      }
      try {
        Lab lab = Lab.open(logs, PROVIDERS, ChildJvm.program());
        synchronized (this) {
          open.add(lab);
        }
        return lab;
      } catch (GolemNode.MissingException e) {
        synchronized (this) {
          missing = e;
        }
        throw e;
      }
    }

    synchronized void giveBack(Lab lab) {
      free.push(lab);
    }

    @Override
    public synchronized void close() {
      open.forEach(Lab::close);
    }
  }

  /** What tests of the class that is executed talk to. */
  public static Lab current() {
    return CURRENT.get();
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    try {
      CURRENT.set(labs(context).take());
    } catch (GolemNode.MissingException e) {
      String reason = "left out, since there is no released yagna daemon: " + e.getMessage();
      if (GolemNode.promised()) {
        fail(reason);
      }
      abort(reason);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Lab lab = CURRENT.get();
    if (lab != null) {
      CURRENT.remove();
      labs(context).giveBack(lab);
    }
  }

  private static Labs labs(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(HERE)
        .getOrComputeIfAbsent("labs", key -> new Labs(), Labs.class);
  }
}
