package org.golempipeline.provider;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.golempipeline.bus.Bus;
import org.golempipeline.exeunit.ExeUnits;
import org.golempipeline.filelock.SystemLock;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.http.DaemonCalls;
import org.golempipeline.golem.wire.ActivityEvent;
import org.golempipeline.golem.wire.AgreementEvent;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.golempipeline.golem.wire.Identity;
import org.golempipeline.golem.wire.InvoiceEvent;
import org.golempipeline.gvmi.ImageStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This machine as a provider of the user's own yagna, from {@link #start} to {@link #close}. It
 * publishes an offer, negotiates as the released provider does, runs what requestors send as
 * processes of this user, and bills it. What is not billed at the end is billed at the next start
 * with the same folder. All its threads are daemons; if this process dies, a warden kills what it
 * left.
 */
public final class Provider implements AutoCloseable {
  private static final String SCRATCH = "work-";
  private static final Logger LOG = LoggerFactory.getLogger(Provider.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration WITHDRAW_LIMIT = Duration.ofSeconds(5);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);

  private final ProviderOptions options;
  private final Clock clock;
  private final Consumer<ProviderEvent> listener;
  private final int haste;
  private final ExecutorService pool = pool();
  private final DaemonCalls calls;
  private @Nullable SystemLock lock;
  private @Nullable Bus bus;
  private @Nullable Journal journal;
  private @Nullable ExeUnits units;
  private @Nullable ImageStore images;
  private @Nullable Desk desk;
  private @Nullable Agreements agreements;
  private @Nullable Publication publication;
  private boolean closed;

  private Provider(
      ProviderOptions options, Clock clock, Consumer<ProviderEvent> listener, int haste) {
    this.haste = haste;
    this.options = options;
    this.clock = clock;
    this.listener = listener;
    calls = DaemonCalls.open(options.daemon(), clock.millis());
  }

  /**
   * Starts it; its offer is out on return.
   *
   * @param listener told what happens, on threads of the provider: not to be blocked
   * @throws GolemException if the daemon does not answer, or refuses
   * @throws IOException if its bus can not be reached, or the folder is not to be used
   */
  public static Provider start(
      ProviderOptions options, Clock clock, Consumer<ProviderEvent> listener)
      throws IOException, InterruptedException {
    return start(options, clock, listener, 1);
  }

  static Provider start(
      ProviderOptions options, Clock clock, Consumer<ProviderEvent> listener, int haste)
      throws IOException, InterruptedException {
    Provider provider = new Provider(options, clock, listener, haste);
    try {
      provider.open();
      return provider;
    } catch (IOException | RuntimeException | InterruptedException e) {
      provider.release();
      throw e;
    }
  }

  private void open() throws IOException, InterruptedException {
    String identity =
        await(calls.get("ask the daemon who we are", "/me", Identity.class)).identity();
    Path folder = options.folder().resolve(identity);
    lock =
        SystemLock.tryExclusive(folder.resolve("lock"))
            .orElseThrow(() -> new IOException("another provider uses the folder " + folder));
    bus = Bus.open(options.bus(), "golem-pipeline", pool, this::connection);
    journal = Journal.open(folder.resolve("journal.ndjson"));
    removeLeft(folder);
    Path scratch = Files.createTempDirectory(folder, SCRATCH).toRealPath();
    images = new ImageStore(options.folder().resolve("images"), clock);
    units = ExeUnits.open(scratch, Optional.empty(), images, pool, clock, ExeUnits.Timings.REAL);
    desk = new Desk(calls, bus, journal, identity, clock, options.inside(), listener, haste);
    OfferTemplate offer = OfferTemplate.of(options, identity, architecture());
    Agreements known = new Agreements(desk, units, pool, offer, options.agreements(), this::renew);
    agreements = known;
    publication = new Publication(desk, offer, options.subnet(), known::handle);
    follow(desk, known);
    desk.run(() -> known.recover());
    await(publication.start());
  }

  /** What a provider left that was killed with all that would have cleaned up behind it. */
  private static void removeLeft(Path folder) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, SCRATCH + "*")) {
      for (Path each : left) {
        var unused = ExeUnits.removeLeft(each);
      }
    }
  }

  /** The processor as requestors name it. */
  private static String architecture() {
    String name = System.getProperty("os.arch", "");
    return name.equals("amd64") ? "x86_64" : name;
  }

  private void renew() {
    if (publication != null) {
      publication.renew();
    }
  }

  private void connection(boolean there) {
    listener.accept(
        new ProviderEvent.Trouble(
            there
                ? "The daemon's bus is there again."
                : "The connection to the daemon's bus is lost; it is tried again every second."));
  }

  private static void follow(Desk desk, Agreements agreements) {
    new Poller<>(
            desk,
            "follow the activities",
            "/activity-api/v1/events",
            ActivityEvent.class,
            ActivityEvent::eventDate,
            agreements::handle)
        .start();
    new Poller<>(
            desk,
            "follow the agreements",
            "/market-api/v1/agreementEvents",
            AgreementEvent.class,
            AgreementEvent::eventDate,
            agreements::handle)
        .start();
    new Poller<>(
            desk,
            "follow the debit notes",
            "/payment-api/v1/debitNoteEvents",
            DebitNoteEvent.class,
            DebitNoteEvent::eventDate,
            agreements::handle)
        .start();
    new Poller<>(
            desk,
            "follow the invoices",
            "/payment-api/v1/invoiceEvents",
            InvoiceEvent.class,
            InvoiceEvent::eventDate,
            event -> desk.say(new ProviderEvent.InvoiceAnswered(event.invoiceId(), answer(event))))
        .start();
  }

  /** {@code InvoiceAcceptedEvent} is "accepted". */
  private static String answer(InvoiceEvent event) {
    return event
        .eventType()
        .replaceFirst("^Invoice", "")
        .replaceFirst("Event$", "")
        .toLowerCase(Locale.ROOT);
  }

  private <T> T await(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw calls.explain(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw calls.explain(e);
    }
  }

  private static ExecutorService pool() {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        30,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "golem-unit-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        },
        new ThreadPoolExecutor.DiscardPolicy());
  }

  /**
   * Ends it in good order: the offer is withdrawn, activities are killed, the last notes and
   * invoices sent, agreements ended. What takes longer than half a minute is left to the next
   * start. May be repeated.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (publication != null && agreements != null) {
      settle("withdraw the offer", publication.withdraw(), WITHDRAW_LIMIT);
      settle("end all agreements", agreements.close(), END_LIMIT);
    }
    release();
  }

  private void settle(String what, CompletableFuture<?> end, Duration limit) {
    try {
      end.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("could not {}", what, e);
      listener.accept(
          new ProviderEvent.Trouble(
              "Could not %s in time; the next start with the same folder goes on with it."
                  .formatted(what)));
    }
  }

  private void release() {
    if (units != null) {
      units.close();
    }
    letGo(images);
    if (bus != null) {
      bus.close();
    }
    if (desk != null) {
      desk.close();
    }
    calls.close();
    pool.shutdownNow();
    if (journal != null) {
      journal.close();
    }
    letGo(lock);
  }

  private static void letGo(@Nullable AutoCloseable held) {
    try {
      if (held != null) {
        held.close();
      }
    } catch (Exception e) {
      LOG.debug("could not let go of {}", held, e);
    }
  }
}
