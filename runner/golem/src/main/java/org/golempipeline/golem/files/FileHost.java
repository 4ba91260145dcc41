package org.golempipeline.golem.files;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.golem.http.Call;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.http.Threads;

/**
 * What addresses of files have in common.
 *
 * @param identity under whose node id they are found
 * @param closed whether they need not be held any more
 * @param sent by all of them
 */
public record FileHost(
    Caller caller,
    Retrier retrier,
    Threads threads,
    String identity,
    AtomicBoolean closed,
    SentBytes sent) {

  /** Answers and failures arrive on the loop. */
  <T> CompletableFuture<T> send(Call<T> call) {
    return threads.onLoop(caller.send(call));
  }
}
