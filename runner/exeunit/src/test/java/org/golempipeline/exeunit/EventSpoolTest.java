package org.golempipeline.exeunit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.golempipeline.golem.wire.CommandOutput;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventSpoolTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @TempDir Path folder;

  private int spools;

  private final EventSpool spool = new EventSpool(() -> folder.resolve("e" + ++spools), threads);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private static RuntimeEvent event(int index, RuntimeEvent.Kind kind) {
    return new RuntimeEvent("batch", index, "2026-01-01T00:00:00.123", kind);
  }

  private static RuntimeEvent output(int index) {
    return event(
        index,
        index % 2 == 0
            ? RuntimeEvent.Kind.ofStdout(CommandOutput.text(index + " é\n\"" + "x".repeat(500)))
            : RuntimeEvent.Kind.ofStderr(CommandOutput.bytes(new byte[] {0, -1, (byte) index})));
  }

  /** All kinds, more of them than there is memory for. */
  private List<RuntimeEvent> fill() {
    List<RuntimeEvent> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(output(i));
    }
    all.add(
        event(
            7,
            RuntimeEvent.Kind.ofStarted(new ExeCommand.Run("/bin/sh", List.of("-c", "x"), null))));
    all.add(event(7, RuntimeEvent.Kind.ofFinished(-1, "it's over")));
    all.forEach(spool::add);
    return all;
  }

  private static final class Listener implements BatchListener {
    final List<RuntimeEvent> heard = new ArrayList<>();
    final CompletableFuture<List<RuntimeEvent>> all = new CompletableFuture<>();
    final CountDownLatch go;

    Listener(int gate) {
      go = new CountDownLatch(gate);
    }

    @Override
    public void event(RuntimeEvent event) throws InterruptedException {
      go.await();
      heard.add(event);
    }

    @Override
    public void end() {
      all.complete(heard);
    }

    List<RuntimeEvent> heard() throws Exception {
      return all.get(120, TimeUnit.SECONDS);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void everyListenerHearsAllAtItsOwnPace() throws Exception {
    Listener early = new Listener(0);
    Listener slow = new Listener(1);
    spool.follow(early);
    spool.follow(slow);
    List<RuntimeEvent> all = fill();
    spool.end();
    spool.add(output(3));
    Listener late = new Listener(0);
    spool.follow(late);

    assertThat(early.heard()).isEqualTo(all);
    assertThat(late.heard()).isEqualTo(all);
    assertThat(slow.all).isNotDone();
    slow.go.countDown();
    assertThat(slow.heard()).isEqualTo(all);
  }

  @Test
  void nothingIsWrittenForAFewEvents() throws Exception {
    spool.add(output(1));
    spool.add(output(2));
    assertThat(files()).isEmpty();
    fill();
    assertThat(files()).hasSize(1);
    spool.forget();
    assertThat(files()).isEmpty();
  }

  @Test
  void whatIsForgottenEnds() throws Exception {
    Listener slow = new Listener(1);
    spool.follow(slow);
    fill();
    spool.forget();
    slow.go.countDown();
    assertThat(slow.heard()).hasSizeLessThan(200);
    Listener late = new Listener(0);
    spool.follow(late);
    assertThat(late.heard()).isEmpty();
  }

  @Test
  void aGapIsAnEnd() throws Exception {
    Files.createDirectory(folder.resolve("e1"));
    Listener listener = new Listener(0);
    spool.follow(listener);
    List<RuntimeEvent> all = fill();
    List<RuntimeEvent> heard = listener.heard();
    assertThat(heard).isNotEmpty().isEqualTo(all.subList(0, heard.size())).hasSizeLessThan(200);
  }

  @Test
  void aListenerThatFailsLeavesTheOthersAlone() throws Exception {
    CompletableFuture<Boolean> left = new CompletableFuture<>();
    spool.follow(
        new BatchListener() {
          @Override
          public void event(RuntimeEvent event) throws InterruptedException {
            throw new InterruptedException();
          }

          @Override
          public void end() {
            left.complete(true);
          }
        });
    Listener other = new Listener(0);
    spool.follow(other);
    List<RuntimeEvent> all = fill();
    spool.end();
    assertThat(other.heard()).isEqualTo(all);
    assertThat(left.get(120, TimeUnit.SECONDS)).isTrue();
  }
}
