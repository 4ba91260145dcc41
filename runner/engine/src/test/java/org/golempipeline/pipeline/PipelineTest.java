package org.golempipeline.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(240)
class PipelineTest {
  @TempDir Path folder;

  private Pipeline pipeline(String text) throws IOException, Refusal {
    return pipeline(text, Clock.systemUTC());
  }

  private Pipeline pipeline(String text, Clock clock) throws IOException, Refusal {
    Files.writeString(folder.resolve("p.yaml"), "version: 1\nname: p\n" + text);
    var machine = Machine.of(Map.of(), folder, clock);
    return Pipeline.open(machine, "p.yaml", Map.of());
  }

  private Refusal refused(Pipeline pipeline, RunOptions options) {
    return catchThrowableOfType(Refusal.class, () -> pipeline.start(options, event -> {}));
  }

  @Test
  void runsAFileAndTellsEveryEvent() throws Exception {
    var pipeline = pipeline("run: echo done > \"$out\"\nmerge: concat\noutput: result\n");
    var events = new CopyOnWriteArrayList<StampedEvent>();
    try (var run = pipeline.start(RunOptions.LOCAL.withWorkers(1), events::add)) {
      var end = run.result();
      assertThat(end.failure()).isNull();
      assertThat(run.result()).isSameAs(end);
      assertThat(events.get(events.size() - 1).event()).isSameAs(end);
      assertThat(events).extracting(StampedEvent::sequence).isSorted().doesNotHaveDuplicates();
      assertThat(run.folder().resolve("journal.ndjson")).exists();
      assertThat(run.folder()).endsWithRaw(Path.of(run.id()));
    }
    assertThat(folder.resolve("result")).hasContent("done");
    assertThat(pipeline.own().resolve("node")).doesNotExist();
  }

  @Test
  void stopsInGoodOrderAndKeepsOtherRunsAwayUntilThen() throws Exception {
    var pipeline = pipeline("run: sleep 600\nmerge: value\n");
    var working = new CountDownLatch(1);
    try (var run =
        pipeline.start(
            RunOptions.LOCAL,
            stamped -> {
              if (stamped.event() instanceof RunEvent.BatchStarted) {
                working.countDown();
              }
            })) {
      working.await();
      assertThat(refused(pipeline, RunOptions.LOCAL))
          .hasMessageStartingWith("Another run of `p` is going on");
      run.stop("Enough.");
      var failure = run.result().failure();
      assertThat(failure).isNotNull();
      assertThat(failure.kind()).isEqualTo(FailureKind.CANCELLED);
      assertThat(failure.message()).contains("Enough.");
    }
    // It is over, and so the next one may start; closing a run stops it.
    pipeline.start(RunOptions.LOCAL, event -> {}).close();
  }

  @ParameterizedTest
  @ValueSource(longs = {-10, 10})
  void whoeverSetsTheClockMeanwhileDoesNoHarm(long hours) throws Exception {
    var set = new AtomicReference<>(Duration.ZERO);
    InstantSource clock = () -> Clock.systemUTC().instant().plus(set.get());
    var pipeline =
        pipeline(
            """
            split: { range: { from: 0, to: 2, step: 1, as: [n, size] } }
            params: { marker: { type: string, default: %s } }
            run: |
              [ "$n" = 0 ] || [ -e "$marker" ] || { : > "$marker"; exit 1; }
              echo "$n" > "$out"
            retry: { attempts: 2, backoff: 100ms }
            merge: concat
            output: result
            """
                .formatted(folder.resolve("marker")),
            clock.withZone(ZoneOffset.UTC));
    var events = new CopyOnWriteArrayList<StampedEvent>();
    try (var run =
        pipeline.start(
            RunOptions.LOCAL.withWorkers(2),
            stamped -> {
              events.add(stamped);
              // Its second attempt waits for a moment that was named before.
              if (stamped.event() instanceof RunEvent.FragmentRequeued) {
                set.set(Duration.ofHours(hours));
              }
            })) {
      assertThat(run.result().failure()).isNull();
      assertThat(run.result().milliseconds()).isLessThan(Duration.ofHours(1).toMillis());
    }
    assertThat(folder.resolve("result")).hasContent("0\n1");
    assertThat(set.get()).isNotEqualTo(Duration.ZERO);
    assertThat(events).extracting(StampedEvent::at).isSorted();
  }

  @Test
  void whatIsWrongIsRefusedWithAllMistakesAndLeavesNothing() throws Exception {
    var pipeline = pipeline("rum: x\noutput: [a]\n");
    var checked = pipeline.check();
    assertThat(checked.orNull()).isNull();
    var refusal = refused(pipeline, RunOptions.LOCAL);

    assertThat(refusal.exitCode()).isEqualTo(Refusal.USAGE);
    assertThat(refusal.diagnostics()).isEqualTo(checked.diagnostics()).hasSizeGreaterThan(1);
    assertThat(refusal.diagnostics())
        .extracting(each -> each.id())
        .contains(DiagnosticIds.SCHEMA_UNKNOWN_KEY);
    assertThat(refusal).hasMessage(refusal.diagnostics().get(0).message());
    assertThat(pipeline.own()).doesNotExist();
  }

  @Test
  void nothingIsSpentWithoutABudgetOrAKey() throws Exception {
    var text = "image: golem/alpine:latest\nrun: \":\"\nmerge: value\n";
    assertThat(refused(pipeline(text), RunOptions.GOLEM))
        .hasMessageContaining("does not say how much it may");
    var refusal = refused(pipeline(text + "budget: 1 GLM\n"), RunOptions.GOLEM);
    assertThat(refusal).hasMessageContaining("`YAGNA_APPKEY` is not set");
    assertThat(refusal.exitCode()).isEqualTo(Refusal.PLATFORM);
  }

  @Test
  void plansWithoutARun() throws Exception {
    Files.writeString(folder.resolve("in.txt"), "1\n2\n3\n");
    var pipeline =
        pipeline("input: in.txt\nsplit: { lines: 2 }\nrun: cat\nmerge: concat\noutput: result\n");
    try (var work = pipeline.workFolder("plans", false)) {
      var plan = pipeline.plan(work.path()).orNull();
      assertThat(plan).isNotNull();
      assertThat(plan.stages().get(0).known().count()).isEqualTo(2);
    }
    assertThat(List.of(folder.toFile().list())).containsExactlyInAnyOrder("in.txt", "p.yaml");
  }
}
