package org.golempipeline.exeunit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.golempipeline.golem.wire.CommandOutput;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All events of a batch, for any number of listeners, each from the first event on and at its own
 * pace: how slow they are costs neither events nor memory. The first events are kept in memory,
 * what is more in a file. Thread-safe, with a lock of its own under which nothing else is locked.
 */
final class EventSpool {
  private static final Logger LOG = LoggerFactory.getLogger(EventSpool.class);
  private static final int IN_MEMORY = 16 * 1024;

  /** What an event takes beside its output, about. */
  private static final int OVERHEAD = 128;

  private final Supplier<Path> places;
  private final Executor executor;
  private final List<RuntimeEvent> first = new ArrayList<>();
  private final Set<Follower> followers = new HashSet<>();
  private int taken;
  private @Nullable Path place;
  private @Nullable RandomAccessFile file;
  private long fileEnd;
  private boolean ended;

  /**
   * @param places gives names of files that are not there yet
   * @param executor on which listeners are told
   */
  EventSpool(Supplier<Path> places, Executor executor) {
    this.places = places;
    this.executor = executor;
  }

  /** The next event; those after the end are left out. */
  void add(RuntimeEvent event) {
    synchronized (this) {
      if (ended) {
        return;
      }
      try {
        keep(event);
      } catch (IOException e) {
        // A gap would go unnoticed; an end without the last event does not.
        LOG.warn("events of a script can not be kept", e);
        ended = true;
      }
    }
    wake();
  }

  private void keep(RuntimeEvent event) throws IOException {
    int size = OVERHEAD + size(event.kind().stdout()) + size(event.kind().stderr());
    if (file == null && taken + size <= IN_MEMORY) {
      first.add(event);
      taken += size;
      return;
    }
    if (file == null) {
      place = places.get();
      file = new RandomAccessFile(place.toFile(), "rw");
    }
    byte[] json = WireJson.mapper().writeValueAsBytes(event);
    file.seek(fileEnd);
    file.writeInt(json.length);
    file.write(json);
    fileEnd += Integer.BYTES + json.length;
  }

  private static int size(@Nullable CommandOutput output) {
    return output == null ? 0 : output.size();
  }

  /** No more events come: listeners that have heard all are told so. */
  void end() {
    synchronized (this) {
      ended = true;
    }
    wake();
  }

  /** Forgets all events; who still listens hears no more of them, but for the end. */
  void forget() {
    synchronized (this) {
      ended = true;
      first.clear();
      fileEnd = 0;
      if (file != null) {
        try {
          file.close();
          Files.deleteIfExists(place);
        } catch (IOException e) {
          LOG.debug("could not remove {}", place, e);
        }
        file = null;
      }
    }
    wake();
  }

  /** Tells a listener everything from the first event to the end. */
  void follow(BatchListener listener) {
    synchronized (this) {
      followers.add(new Follower(listener));
    }
    wake();
  }

  private synchronized void wake() {
    for (Follower each : followers) {
      if (!each.busy) {
        each.busy = true;
        executor.execute(each);
      }
    }
  }

  /** Where a listener is. */
  private final class Follower implements Runnable {
    final BatchListener listener;

    /** Whether it is being told something; guarded by the spool. */
    boolean busy;

    private int next;
    private long at;

    Follower(BatchListener listener) {
      this.listener = listener;
    }

    @Override
    public void run() {
      try {
        for (RuntimeEvent event = take(); event != null; event = take()) {
          listener.event(event);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        leave();
      } catch (RuntimeException | Error e) {
        leave();
        throw e;
      }
    }

    private void leave() {
      synchronized (EventSpool.this) {
        followers.remove(this);
      }
      listener.end();
    }

    private @Nullable RuntimeEvent take() {
      synchronized (EventSpool.this) {
        if (next < first.size()) {
          return first.get(next++);
        }
        try {
          if (at < fileEnd && file != null) {
            return read(file);
          }
        } catch (IOException e) {
          LOG.warn("events of a script can not be read", e);
          ended = true;
        }
        busy = false;
        if (!ended) {
          return null;
        }
        followers.remove(this);
      }
      listener.end();
      return null;
    }

    private RuntimeEvent read(RandomAccessFile from) throws IOException {
      from.seek(at);
      byte[] json = new byte[from.readInt()];
      from.readFully(json);
      at += Integer.BYTES + json.length;
      return WireJson.mapper().readValue(json, RuntimeEvent.class);
    }
  }
}
