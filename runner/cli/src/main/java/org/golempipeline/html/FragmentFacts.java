package org.golempipeline.html;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.report.Latest;
import org.golempipeline.report.Measured;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/**
 * Each fragment of a run: how it is, who had it last, and what it took. Kept in some bytes a
 * fragment, since there may be a million; why one failed is kept for the latest alone.
 */
final class FragmentFacts {
  /** Whoever wants to see more of an order searches better. */
  static final int MOST_SKIPPED = 10_000;

  private static final int FAILURES_KEPT = 5000;
  private static final int LONGEST_MESSAGE = 200;

  /** How a fragment is. */
  enum State {
    WAITING("waiting", ""),
    UNDER_WAY("under way", "busy"),
    DONE("done", "good"),
    REUSED("reused", ""),
    TRIED("to be tried again", "warn"),
    FAILED("failed", "bad");

    final String words;
    final String colour;

    State(String words, String colour) {
      this.words = words;
      this.colour = colour;
    }
  }

  /** What fragments are put in order by, the most first. */
  enum Order {
    TIME("the slowest first"),
    CPU("the most CPU time first"),
    MEMORY("the most memory first"),
    BYTES("the largest output first"),
    TRIES("the most attempts first"),
    NUMBER("by number");

    final String words;

    Order(String words) {
      this.words = words;
    }
  }

  /**
   * What is asked for.
   *
   * <p>Without text and state, fragments of which nothing is known that counts for the order are
   * left out.
   *
   * @param text in its name, its provider's or the reason why it failed; empty for any
   * @param state null for any
   * @param skip so many that come first are left out
   */
  record Query(String text, @Nullable State state, Order order, int skip) {
    static final Query ALL = new Query("", null, Order.TIME, 0);
  }

  /**
   * One fragment.
   *
   * @param milliseconds it took, or its script so far; -1 if that is not known
   * @param cpuMilliseconds -1 if that is not known
   * @param memory bytes that its processes held at most; -1 if that is not known
   * @param bytes of its output; -1 if that is not known
   */
  record Row(
      String stage,
      int number,
      State state,
      int tries,
      String provider,
      long milliseconds,
      long cpuMilliseconds,
      long memory,
      long bytes,
      @Nullable Trouble trouble) {}

  /** Why the last attempt failed: the beginning of its message, which may be of any length. */
  record Trouble(String message, @Nullable String log) {
    static Trouble of(Failure failure, @Nullable String log) {
      return new Trouble(Words.beginning(failure.message(), LONGEST_MESSAGE), log);
    }
  }

  /** Some of those that were asked for, and how many there are. */
  record Found(List<Row> rows, long all) {}

  private record Sent(Stage stage, FragmentSet fragments, int provider, long at) {}

  private static final class Stage {
    final String name;
    final Map<Integer, Trouble> troubles = new Latest<>(FAILURES_KEPT);
    byte[] states = new byte[0];
    byte[] tries = new byte[0];
    int[] providers = new int[0];
    int[] times = new int[0];
    int[] cpu = new int[0];

    /** In KiB. */
    int[] memory = new int[0];

    long[] bytes = new long[0];
    int size;

    Stage(String name) {
      this.name = name;
    }

    void grow(int number) {
      if (number <= size) {
        return;
      }
      if (number > states.length) {
        var length = size == 0 ? number : Math.max(number, 2 * size);
        states = Arrays.copyOf(states, length);
        tries = Arrays.copyOf(tries, length);
        providers = Arrays.copyOf(providers, length);
        times = unknown(times, length);
        cpu = unknown(cpu, length);
        memory = unknown(memory, length);
        var before = bytes.length;
        bytes = Arrays.copyOf(bytes, length);
        Arrays.fill(bytes, before, length, -1);
      }
      size = number;
    }

    private static int[] unknown(int[] known, int length) {
      var longer = Arrays.copyOf(known, length);
      Arrays.fill(longer, known.length, length, -1);
      return longer;
    }

    State state(int number) {
      return STATES[states[number]];
    }

    void become(int number, State state) {
      grow(number + 1);
      states[number] = (byte) state.ordinal();
    }
  }

  private static final State[] STATES = State.values();

  private final Map<String, Stage> stages = new LinkedHashMap<>();
  private final Map<Integer, Sent> sent = new HashMap<>();
  private final Map<Integer, Integer> rentals = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>(List.of(""));
  private boolean measured;
  private boolean weighed;

  private Stage stage(String name) {
    return stages.computeIfAbsent(name, Stage::new);
  }

  /** Takes in the next event, so many milliseconds after the first one. */
  void add(RunEvent event, long now) {
    if (event instanceof RunEvent.StageExpanded expanded) {
      stage(expanded.stage()).grow(expanded.fragments());
    } else if (event instanceof RunEvent.FragmentsReused reused) {
      var stage = stage(reused.stage());
      reused.fragments().forEach(each -> stage.become(each, State.REUSED));
    } else if (event instanceof RunEvent.RentalOpened rental) {
      rentals.put(rental.rental(), provider(rental.providerName()));
    } else if (event instanceof RunEvent.RentalClosed closed) {
      rentals.remove(closed.rental());
    } else if (event instanceof RunEvent.BatchStarted batch) {
      started(batch, now);
    } else if (event instanceof RunEvent.BatchFinished batch) {
      var script = sent.remove(batch.batch());
      if (script != null) {
        finished(script, batch);
      }
    } else if (event instanceof RunEvent.FragmentFailed failed) {
      var stage = stage(failed.stage());
      stage.become(failed.fragment(), State.FAILED);
      stage.troubles.put(failed.fragment(), Trouble.of(failed.failure(), failed.log()));
    }
  }

  private int provider(String name) {
    return numbers.computeIfAbsent(
        name,
        unknown -> {
          names.add(name);
          return names.size() - 1;
        });
  }

  private void started(RunEvent.BatchStarted batch, long now) {
    var stage = stage(batch.stage());
    var provider = rentals.getOrDefault(batch.rental(), 0);
    sent.put(batch.batch(), new Sent(stage, batch.fragments(), provider, now));
    batch
        .fragments()
        .forEach(
            each -> {
              stage.grow(each + 1);
              if (stage.state(each) != State.DONE) {
                stage.become(each, State.UNDER_WAY);
                stage.providers[each] = provider;
                stage.times[each] = (int) Math.min(Integer.MAX_VALUE, now);
              }
            });
  }

  private void finished(Sent script, RunEvent.BatchFinished batch) {
    var stage = script.stage();
    if (batch.neverSent()) {
      script.fragments().forEach(each -> back(stage, each, State.WAITING, -1));
      return;
    }
    var measured = Measured.of(script.fragments(), batch);
    batch
        .done()
        .forEach(
            each -> {
              if (stage.state(each) != State.DONE) {
                stage.providers[each] = script.provider();
                tried(stage, each);
                stage.become(each, State.DONE);
                note(stage, each, measured);
                stage.troubles.remove(each);
              }
            });
    for (var failed : batch.failed()) {
      if (failed.fragment() < stage.size && stage.state(failed.fragment()) != State.DONE) {
        stage.providers[failed.fragment()] = script.provider();
        tried(stage, failed.fragment());
        back(stage, failed.fragment(), State.TRIED, -1);
        note(stage, failed.fragment(), measured);
        stage.troubles.put(failed.fragment(), Trouble.of(failed.failure(), failed.log()));
      }
    }
    if (batch.failure() != null) {
      var trouble = Trouble.of(batch.failure(), null);
      script
          .fragments()
          .forEach(
              each -> {
                if (stage.state(each) == State.UNDER_WAY) {
                  tried(stage, each);
                  back(stage, each, State.TRIED, -1);
                  stage.troubles.put(each, trouble);
                }
              });
    }
  }

  private void note(Stage stage, int number, Measured of) {
    var took = of.get(number);
    stage.times[number] = (int) Math.min(Integer.MAX_VALUE, took.milliseconds());
    stage.cpu[number] = took.cpuMilliseconds();
    stage.bytes[number] = took.bytes();
    stage.memory[number] = (int) Math.min(Integer.MAX_VALUE, Math.floorDiv(took.memory(), 1024));
    measured |= took.cpuMilliseconds() >= 0;
    weighed |= took.memory() >= 0;
  }

  private static void tried(Stage stage, int number) {
    stage.tries[number] = (byte) Math.min(Byte.MAX_VALUE, stage.tries[number] + 1);
  }

  private static void back(Stage stage, int number, State state, int time) {
    if (stage.state(number) != State.DONE) {
      stage.become(number, state);
      stage.times[number] = time;
    }
  }

  /** Whether there is any fragment that is known by its number. */
  boolean isEmpty() {
    return stages.values().stream().allMatch(stage -> stage.size == 0);
  }

  /** Whether CPU time is known of any. */
  boolean measured() {
    return measured;
  }

  /** Whether memory is known of any. */
  boolean weighed() {
    return weighed;
  }

  /** At most {@code most} of the fragments that are asked for. */
  Found find(Query query, int most, long now) {
    var wanted = query.text().toLowerCase(Locale.ROOT).strip();
    var kept = Math.min(MOST_SKIPPED, query.skip()) + most;
    var order = order(query.order()).thenComparing(Row::stage).thenComparingInt(Row::number);
    var who = providers(wanted);
    // The one that would come last is on top.
    var best = new PriorityQueue<Row>(order.reversed());
    var all = 0L;
    for (var stage : stages.values()) {
      for (var number = 0; number < stage.size; number++) {
        if (query.state() != null && stage.state(number) != query.state()
            || !wanted.isEmpty() && !matches(stage, number, wanted, who)) {
          continue;
        }
        var row = row(stage, number, now);
        if (wanted.isEmpty() && query.state() == null && isUnknown(row, query.order())) {
          continue;
        }
        all++;
        if (best.size() < kept) {
          best.add(row);
        } else if (order.compare(row, best.peek()) < 0) {
          best.poll();
          best.add(row);
        }
      }
    }
    var rows = best.stream().sorted(order).skip(kept - most).toList();
    return new Found(rows, all);
  }

  /** The numbers of those whose name has {@code wanted} in it. */
  private BitSet providers(String wanted) {
    var found = new BitSet();
    for (var i = 0; i < names.size(); i++) {
      found.set(i, names.get(i).toLowerCase(Locale.ROOT).contains(wanted));
    }
    return found;
  }

  private static boolean matches(Stage stage, int number, String wanted, BitSet providers) {
    if (providers.get(stage.providers[number])
        || (stage.name + "/" + number).toLowerCase(Locale.ROOT).contains(wanted)) {
      return true;
    }
    var trouble = stage.troubles.get(number);
    return trouble != null && trouble.message().toLowerCase(Locale.ROOT).contains(wanted);
  }

  /** Whether nothing is known of what fragments are put in order by. */
  private static boolean isUnknown(Row row, Order order) {
    return switch (order) {
      case TIME -> row.milliseconds() < 0;
      case CPU -> row.cpuMilliseconds() < 0;
      case MEMORY -> row.memory() < 0;
      case BYTES -> row.bytes() < 0;
      case TRIES -> row.tries() == 0;
      case NUMBER -> false;
    };
  }

  private static Comparator<Row> order(Order order) {
    return switch (order) {
      case TIME -> Comparator.comparingLong(row -> -row.milliseconds());
      case CPU -> Comparator.comparingLong(row -> -row.cpuMilliseconds());
      case MEMORY -> Comparator.comparingLong(row -> -row.memory());
      case BYTES -> Comparator.comparingLong(row -> -row.bytes());
      case TRIES -> Comparator.comparingLong(row -> -row.tries());
      case NUMBER -> Comparator.comparingInt(Row::number);
    };
  }

  private Row row(Stage stage, int number, long now) {
    var state = stage.state(number);
    var time = (long) stage.times[number];
    return new Row(
        stage.name,
        number,
        state,
        stage.tries[number],
        names.get(stage.providers[number]),
        state == State.UNDER_WAY ? Math.max(0, now - time) : time,
        stage.cpu[number],
        stage.memory[number] < 0 ? -1 : stage.memory[number] * 1024L,
        stage.bytes[number],
        stage.troubles.get(number));
  }
}
