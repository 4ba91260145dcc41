package org.golempipeline.golem.session;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemListener;
import org.golempipeline.golem.files.SentBytes;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.FakeYagna;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.market.Offers;
import org.golempipeline.golem.wire.Allocation;
import org.golempipeline.golem.wire.Decorations;
import org.golempipeline.golem.wire.WireJson;

/** Sessions for tests. */
final class Sessions {
  private Sessions() {}

  /** An open session with {@code yagna}, without anything in the background. */
  static Session open(FakeYagna yagna, Threads threads, GolemListener listener) throws IOException {
    return open(yagna.connection(), threads, listener);
  }

  static Session open(GolemConnection daemon, Threads threads, GolemListener listener)
      throws IOException {
    Retrier retrier = new Retrier(threads::after, 1);
    return new Session(
        new Caller(daemon, threads, retrier),
        retrier,
        threads,
        Clock.systemUTC(),
        listener,
        Offers.session(),
        "0xme",
        WireJson.mapper().readValue(FakeYagna.allocation(), Allocation.class),
        new Decorations(List.of(), List.of()),
        new AtomicBoolean(),
        new SentBytes(),
        System.nanoTime(),
        System.currentTimeMillis());
  }
}
