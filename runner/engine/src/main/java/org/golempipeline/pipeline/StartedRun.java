package org.golempipeline.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.golempipeline.event.RunEvent;
import org.golempipeline.run.PipelineRun;

/** A run that goes on, on a thread of its own. For any thread. */
public final class StartedRun implements AutoCloseable {
  private final PipelineRun run;
  private final String id;
  private final Path folder;
  private final FutureTask<RunEvent.RunFinished> end;

  private StartedRun(PipelineRun run, String id, Path folder, List<AutoCloseable> closing) {
    this.run = run;
    this.id = id;
    this.folder = folder;
    end =
        new FutureTask<>(
            () -> {
              try (AutoCloseable all = () -> close(closing)) {
                return run.run();
              }
            });
  }

  static StartedRun of(PipelineRun run, String id, Path folder, List<AutoCloseable> closing) {
    var started = new StartedRun(run, id, folder, closing);
    new Thread(started.end, "run " + id).start();
    return started;
  }

  /** Closes all, the last one first, whatever happens to one of them. */
  static void close(List<AutoCloseable> all) throws IOException {
    if (all.isEmpty()) {
      return;
    }
    var last = all.size() - 1;
    try (AutoCloseable others = () -> close(all.subList(0, last))) {
      all.get(last).close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its name, which no other run has. */
  public String id() {
    return id;
  }

  /** Where its journal and the logs of its failed fragments are. */
  public Path folder() {
    return folder;
  }

  /**
   * Ends it early and in good order: what runs is ended, what is rented given back and paid. May be
   * called more than once.
   *
   * @param why a sentence
   */
  public void stop(String why) {
    run.stop(why);
  }

  /**
   * Waits for its end, which its last event tells: {@code failure} is null if it went well.
   *
   * @throws IOException if the run's own folder cannot be written
   * @throws InterruptedException if this thread was interrupted; the run goes on
   */
  public RunEvent.RunFinished result() throws IOException, InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      var cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof RuntimeException bug) {
        throw bug;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(cause);
    }
  }

  /** Stops it if it still goes on, and waits for its end. */
  @Override
  public void close() {
    if (!end.isDone()) {
      stop("Its program ended.");
    }
    var interrupted = false;
    while (true) {
      try {
        end.get();
        break;
      } catch (ExecutionException e) {
        break; // result() tells
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
