package org.golempipeline.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.golempipeline.cli.Browser;
import org.golempipeline.cli.BrowserTab;
import org.golempipeline.cli.ChildJvm;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.journal.Journal;

/**
 * How long whoever watches a large run waits: for a frame on a terminal, and for the page of {@code
 * watch --web} in a browser. The run is made up here, and goes on as long as its journal is open.
 */
final class WatchBench {
  private static final String RUN = "20260101-000000-aaaaaa";
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int PROVIDERS = 40;
  private static final int BATCH = 50;
  private static final int FRAMES = 500;

  /** Frames in five seconds. */
  private static final int WARM_UP = 50;

  private static final Failure FAILED = Failure.of(FailureKind.COMMAND, "It exited with 3.");

  private final int fragments;
  private final Random random = new Random(1);
  private final List<StampedEvent> events = new ArrayList<>();

  private WatchBench(int fragments) {
    this.fragments = fragments;
  }

  /** Arguments: how many fragments, an empty folder, the launcher, how often to open the page. */
  public static void main(String... arguments) throws Exception {
    var bench = new WatchBench(Integer.parseInt(arguments[0]));
    bench.makeUp();
    System.out.printf("%,d fragments, %,d events%n", bench.fragments, bench.events.size());
    bench.frames();
    bench.page(Path.of(arguments[1]), arguments[2], Integer.parseInt(arguments[3]));
  }

  private void add(RunEvent event) {
    events.add(new StampedEvent(events.size(), BEGIN.plusMillis(10L * events.size()), event));
  }

  /** A run on Golem with two stages, the second of which is nearly done. */
  private void makeUp() {
    add(
        new RunEvent.RunStarted(
            RUN,
            "frames",
            "frames.yaml",
            "golem",
            "s",
            PROVIDERS,
            List.of("cut", "render"),
            List.of(),
            null,
            List.of()));
    add(new RunEvent.AllocationCreated("al", new BigDecimal("20"), "erc20-polygon-glm"));
    for (var i = 0; i < PROVIDERS; i++) {
      add(new RunEvent.RentalRequested(i, "user/frames:latest", Set.of()));
      add(new RunEvent.ProposalReceived("0x" + i, "provider-" + i, true));
      add(new RunEvent.AgreementCreated("ag" + i, "0x" + i));
      add(new RunEvent.AgreementApproved("ag" + i, "0x" + i, "provider-" + i));
      add(new RunEvent.ActivityCreated("ac" + i, "ag" + i));
      add(
          new RunEvent.RentalOpened(
              i,
              "ag" + i,
              "0x" + i,
              "provider-" + i,
              4,
              new BigDecimal("0.01"),
              new BigDecimal("0.00002"),
              new BigDecimal("0.000005")));
    }
    stage("cut", fragments / 10, fragments / 10);
    add(new RunEvent.StageFinished("cut", fragments / 10, 0));
    stage("render", fragments - fragments / 10, fragments - fragments / 10 - 20 * BATCH);
  }

  /** One of a hundred attempts fails, and some of them for good. */
  private void stage(String name, int size, int done) {
    add(new RunEvent.StageExpanded(name, size));
    for (var first = 0; first < done; first += BATCH) {
      var batch = events.size();
      var rental = random.nextInt(PROVIDERS);
      var all = FragmentSet.range(first, Math.min(done, first + BATCH));
      var numbers = all.toArray();
      add(new RunEvent.BatchStarted(batch, rental, name, all));
      var failed =
          Arrays.stream(numbers)
              .filter(each -> random.nextInt(100) == 0)
              .mapToObj(each -> new RunEvent.AttemptFailure(each, FAILED, 3, null))
              .toList();
      var bad = failed.stream().map(RunEvent.AttemptFailure::fragment).toList();
      var good =
          FragmentSet.of(
              Arrays.stream(numbers).filter(each -> !bad.contains(each)).boxed().toList());
      add(
          new RunEvent.BatchFinished(
              batch, good, failed, null, 100L * numbers.length, 9000, 9000, figures(numbers)));
      for (var each : bad) {
        if (random.nextBoolean()) {
          add(new RunEvent.FragmentFailed(name, each, "fragment " + each, 3, FAILED, null));
        } else {
          add(new RunEvent.FragmentRequeued(name, each, 2, BEGIN));
        }
      }
      if (random.nextInt(5) == 0) {
        var note = new BigDecimal("0.0001").multiply(BigDecimal.valueOf(batch));
        add(new RunEvent.DebitNoteAccepted("d" + batch, "ag" + rental, note));
      }
    }
    for (var first = done; first < size; first += BATCH) {
      var all = FragmentSet.range(first, Math.min(size, first + BATCH));
      add(new RunEvent.BatchStarted(events.size(), random.nextInt(PROVIDERS), name, all));
    }
  }

  private RunEvent.Figures figures(int[] numbers) {
    return new RunEvent.Figures(
        IntStream.of(numbers).map(each -> random.nextInt(20_000)).boxed().toList(),
        IntStream.of(numbers).map(each -> random.nextInt(20_000)).boxed().toList(),
        IntStream.of(numbers).mapToObj(each -> (long) random.nextInt(1 << 24)).toList(),
        IntStream.of(numbers).mapToObj(each -> (long) random.nextInt(1 << 30)).toList());
  }

  /** From the state of the run to what a terminal gets; as it goes on, and at its end. */
  private void frames() {
    var tally = new RunTally();
    var progress = new ProgressLines(tally, true);
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var size = new Screen.Size(120, 40);
    var block = new LiveBlock(new Screen(nowhere, true, true, () -> size));
    Consumer<Instant> frame = now -> block.show(List.of(), progress.block(now, size));
    var each = Math.max(1, events.size() / FRAMES);
    var times = new ArrayList<Long>();
    for (var event : events) {
      tally.add(event);
      if (event.sequence() % each == 0) {
        times.add(time(() -> frame.accept(event.at())));
      }
    }
    print("first frame", times.subList(0, 1));
    print("those of the first seconds", times.subList(1, WARM_UP));
    print("as the run goes on", times.subList(WARM_UP, times.size()));
    times.clear();
    var end = events.get(events.size() - 1).at();
    for (var i = 1; i <= FRAMES; i++) {
      var now = end.plusMillis(100L * i);
      times.add(time(() -> frame.accept(now)));
    }
    print("near the end", times);
  }

  private static long time(Runnable work) {
    var threads = ManagementFactory.getThreadMXBean();
    var before = threads.getCurrentThreadCpuTime();
    work.run();
    return threads.getCurrentThreadCpuTime() - before;
  }

  private static void print(String what, List<Long> nanoseconds) {
    var sorted = nanoseconds.stream().sorted().toList();
    System.out.printf(
        "%-28s %7.3f ms of CPU time, the worst of %3d: %7.3f ms%n",
        what,
        sorted.get(sorted.size() / 2) / 1e6,
        sorted.size(),
        sorted.get(sorted.size() - 1) / 1e6);
  }

  private void page(Path folder, String launcher, int times) throws Exception {
    var program = Browser.installed();
    if (program.isEmpty()) {
      System.out.println("no browser here: the page is not measured");
      return;
    }
    Files.writeString(folder.resolve("frames.yaml"), "");
    var own = folder.resolve(".golem-pipeline/runs").resolve(RUN);
    var journal = Journal.create(own.resolve("journal.ndjson"));
    try (journal) {
      events.forEach(journal::accept);
      var watch = new ProcessBuilder(launcher, "watch", "--web", "--in", folder.toString());
      var process = watch.redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (var said = new BufferedReader(new InputStreamReader(process.getInputStream()));
          var tab = BrowserTab.open(program.get(), Files.createDirectory(folder.resolve("tab")))) {
        var url = URI.create(said.readLine());
        // The page is made of what was read by then, and the browser is to have begun.
        tab.go(URI.create("data:text/html,ready"), 1280, false);
        paints(tab, url, process.toHandle(), times);
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }

  /** CPU times are from the request to the first paint, of all processes of the browser. */
  private static void paints(BrowserTab tab, URI page, ProcessHandle watch, int times)
      throws IOException {
    for (var i = 0; i < times; i++) {
      var ours = cpuMilliseconds(Stream.of(watch));
      var all = cpuMilliseconds(ProcessHandle.current().descendants());
      tab.go(URI.create(page + "?" + i), 1280, false);
      ChildJvm.await(
          "the first paint", () -> tab.is("!!(" + paint("first-contentful-paint") + ")"));
      ours = cpuMilliseconds(Stream.of(watch)) - ours;
      all = cpuMilliseconds(ProcessHandle.current().descendants()) - all;
      System.out.printf(
          "page: CPU time %d ms to answer, %d ms of the browser; %s bytes, answer after %s ms, first paint %s ms, first contentful paint %s ms%n",
          ours,
          all - ours,
          tab.text("performance.getEntriesByType('navigation')[0].encodedBodySize"),
          tab.text("Math.round(performance.getEntriesByType('navigation')[0].responseStart)"),
          tab.text("Math.round(" + paint("first-paint") + ".startTime)"),
          tab.text("Math.round(" + paint("first-contentful-paint") + ".startTime)"));
    }
    if (!tab.errors().isEmpty()) {
      throw new AssertionError(tab.errors());
    }
  }

  private static long cpuMilliseconds(Stream<ProcessHandle> processes) {
    return processes
        .mapToLong(each -> each.info().totalCpuDuration().orElse(Duration.ZERO).toMillis())
        .sum();
  }

  private static String paint(String name) {
    return "performance.getEntriesByType('paint').find(each => each.name === '" + name + "')";
  }
}
