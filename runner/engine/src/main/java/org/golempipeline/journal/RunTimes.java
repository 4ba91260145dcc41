package org.golempipeline.journal;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.slf4j.LoggerFactory;

/** How long fragments and machines took in earlier runs of a pipeline, and what machines cost. */
public final class RunTimes {
  private static final int MOST_RUNS = 10;
  private static final BigDecimal HOUR = BigDecimal.valueOf(3_600_000);

  /** A tenth of all fragments take less than the first of these, a tenth more than the last. */
  private static final double[] SHARES = {0.1, 0.5, 0.9};

  private final Map<String, List<Sample>> fragments = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private final List<Long> starts = new ArrayList<>();
  private final List<RunEvent.RentalOpened> rentals = new ArrayList<>();
  private int runs;

  /** GLM, without starts. */
  private BigDecimal billed = BigDecimal.ZERO;

  /** Of all scripts, and of all machines until they were there. */
  private long milliseconds;

  private RunTimes() {}

  /** A script, by what each of its fragments took. */
  private record Sample(double milliseconds, int fragments) {}

  /** A length of time, or an amount, as it usually is; seldom lower or higher than the others. */
  public record Span<T>(T low, T middle, T high) {}

  /**
   * Reads the newest runs of a pipeline; what cannot be read teaches nothing.
   *
   * @param golem whether runs on the network are meant, or those on this machine
   */
  public static RunTimes read(RunHistories histories, String pipeline, boolean golem)
      throws IOException {
    return readBefore(histories, "", pipeline, golem);
  }

  /** The same as if the run {@code without} were not there. */
  public static RunTimes readBefore(
      RunHistories histories, String without, String pipeline, boolean golem) throws IOException {
    var times = new RunTimes();
    for (var id : histories.ids()) {
      if (id.equals(without)) {
        continue;
      }
      if (times.runs == MOST_RUNS) {
        break;
      }
      try {
        times.add(new JournalReader(histories.folder(id)), pipeline, golem);
      } catch (IOException e) {
        LoggerFactory.getLogger(RunTimes.class).debug("run {} is left out", id, e);
      }
    }
    return times;
  }

  private void add(JournalReader journal, String pipeline, boolean golem) throws IOException {
    var first = journal.first().orElse(null);
    if (first != null
        && first.event() instanceof RunEvent.RunStarted started
        && started.pipeline().equals(pipeline)
        && RunHistory.isLocal(started) != golem) {
      runs += new Reading().read(journal) ? 1 : 0;
    }
  }

  /** How many runs computed anything. */
  public int runs() {
    return runs;
  }

  /** What a fragment of {@code stage} takes, its share of the script's transfers included. */
  public Optional<Span<Double>> fragment(String stage) {
    var samples = new ArrayList<>(fragments.getOrDefault(stage, List.of()));
    if (samples.isEmpty()) {
      return Optional.empty();
    }
    samples.sort(Comparator.comparingDouble(Sample::milliseconds));
    var all = samples.stream().mapToLong(Sample::fragments).sum();
    var found = new double[SHARES.length];
    var passed = 0L;
    for (var sample : samples) {
      for (var i = 0; i < SHARES.length; i++) {
        if (passed < SHARES[i] * all) {
          found[i] = sample.milliseconds();
        }
      }
      passed += sample.fragments();
    }
    return Optional.of(new Span<>(found[0], found[1], found[2]));
  }

  /** How many fragments a stage had last. */
  public OptionalInt count(String stage) {
    var count = counts.get(stage);
    return count == null ? OptionalInt.empty() : OptionalInt.of(count);
  }

  /** How long it takes from the wish for a machine to the machine. */
  public Duration start() {
    return starts.isEmpty()
        ? Duration.ZERO
        : Duration.ofMillis(starts.stream().sorted().toList().get(starts.size() / 2));
  }

  /** The machine whose hour had the price in the middle; empty if none was rented. */
  public Optional<RunEvent.RentalOpened> rental() {
    return rentals.stream()
        .sorted(Comparator.comparing(rental -> perHour(rental, 1)))
        .skip(rentals.size() / 2)
        .findFirst();
  }

  /**
   * GLM that providers billed for an hour of their scripts and what comes before them, apart from
   * what they charge for a start; empty if nobody billed anything.
   */
  public Optional<BigDecimal> billedPerHour() {
    return billed.signum() <= 0 || milliseconds == 0
        ? Optional.empty()
        : Optional.of(
            billed.multiply(HOUR).divide(BigDecimal.valueOf(milliseconds), MathContext.DECIMAL64));
  }

  /** GLM for an hour in which so many of its threads are busy. */
  public static BigDecimal perHour(RunEvent.RentalOpened rental, int threads) {
    return rental
        .cpuSecondPrice()
        .multiply(BigDecimal.valueOf(Math.min(threads, rental.threads())))
        .add(rental.envSecondPrice())
        .multiply(BigDecimal.valueOf(3600));
  }

  /** One journal. */
  private final class Reading {
    private final Map<Integer, RunEvent.BatchStarted> batches = new HashMap<>();
    private final Map<Integer, Instant> requested = new HashMap<>();
    private final RunHistory.AcceptedTally accepted = new RunHistory.AcceptedTally();
    private BigDecimal startPrices = BigDecimal.ZERO;
    private long took;
    private boolean anything;

    /** Whether anything was computed. */
    boolean read(JournalReader journal) throws IOException {
      journal.scan(
          this::add,
          RunEvent.StageExpanded.class,
          RunEvent.RentalRequested.class,
          RunEvent.RentalOpened.class,
          RunEvent.BatchStarted.class,
          RunEvent.BatchFinished.class,
          RunEvent.DebitNoteAccepted.class,
          RunEvent.InvoiceAccepted.class);
      if (accepted.sum().signum() > 0) {
        billed = billed.add(accepted.sum()).subtract(startPrices);
        milliseconds += took;
      }
      return anything;
    }

    private void add(StampedEvent stamped) {
      var event = stamped.event();
      if (event instanceof RunEvent.StageExpanded expanded) {
        counts.putIfAbsent(expanded.stage(), expanded.fragments());
      } else if (event instanceof RunEvent.RentalRequested rental) {
        requested.put(rental.rental(), stamped.at());
      } else if (event instanceof RunEvent.RentalOpened rental) {
        rentals.add(rental);
        startPrices = startPrices.add(rental.startPrice());
        var since = requested.remove(rental.rental());
        if (since != null) {
          starts.add(Duration.between(since, stamped.at()).toMillis());
          took += Duration.between(since, stamped.at()).toMillis();
        }
      } else if (event instanceof RunEvent.BatchStarted batch) {
        batches.put(batch.batch(), batch);
      } else if (event instanceof RunEvent.BatchFinished end) {
        var begin = batches.remove(end.batch());
        took += end.milliseconds();
        var through = end.done().size() + end.failed().size();
        if (begin != null && through > 0 && end.failure() == null) {
          anything = true;
          fragments
              .computeIfAbsent(begin.stage(), stage -> new ArrayList<>())
              .add(new Sample((double) end.milliseconds() / through, through));
        }
      }
      accepted.add(event);
    }
  }
}
