package org.golempipeline.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.golempipeline.filelock.RunLock;
import org.golempipeline.filelock.RunLock.Holder;
import org.golempipeline.filelock.RunLock.TakenException;
import org.golempipeline.filelock.SystemLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes and one cache. */
@Timeout(240)
class CacheProcessTest {
  private static final int ENDLESS = Integer.MAX_VALUE;

  @TempDir Path root;

  @Test
  void aKilledRunLosesOnlyWhatItHadNotKept() throws Exception {
    var folder = root.resolve("cache");
    var kept = new ArrayList<String>();
    for (var round = 0; round < 3; round++) {
      try (var process = KeepingProcess.keep(folder, "round-" + round + "-", ENDLESS)) {
        for (var i = 0; i <= round * 80; i++) {
          kept.add(process.line());
        }
        assertThat(ResultCache.clean(folder, Duration.ZERO, 0, Clock.systemUTC())).isEmpty();
        kept.addAll(process.kill());
      }
      assertAllFound(folder, kept);
    }
    assertThat(root.resolve("cache/new")).isEmptyDirectory();
    var before = ResultCache.bytes(folder);
    assertThat(ResultCache.clean(folder, Duration.ofDays(1), Long.MAX_VALUE, Clock.systemUTC()))
        .isPresent();
    assertThat(ResultCache.bytes(folder)).isLessThanOrEqualTo(before);
    assertAllFound(folder, kept);
  }

  @Test
  void whatAKilledRunForgotStaysForgottenBesideOthers() throws Exception {
    var folder = root.resolve("cache");
    var kept = new ArrayList<String>();
    try (var cache =
        ResultCache.open(folder, folder.resolveSibling("scratch"), Clock.systemUTC())) {
      for (var i = 0; i < 400; i++) {
        Packs.keep(cache, "f" + i, "f" + i + "-too");
      }
    }
    var forgotten = new ArrayList<String>();
    for (var round = 1; round <= 2; round++) {
      // Both forget the same, while a third keeps more.
      try (var first = KeepingProcess.forget(folder, "f", 400);
          var second = KeepingProcess.forget(folder, "f", 400);
          var third = KeepingProcess.keep(folder, "round-" + round + "-", ENDLESS)) {
        for (var i = 0; i < round * 100; i++) {
          forgotten.add(first.line());
        }
        forgotten.addAll(first.kill());
        forgotten.add(second.line());
        forgotten.addAll(second.kill());
        kept.add(third.line());
        kept.addAll(third.kill());
      }
      assertForgotten(folder, forgotten);
      assertThat(ResultCache.clean(folder, Duration.ofDays(1), Long.MAX_VALUE, Clock.systemUTC()))
          .isPresent();
      assertForgotten(folder, forgotten);
      assertAllFound(folder, kept);
    }
  }

  private static void assertForgotten(Path folder, Iterable<String> names) throws IOException {
    try (var cache =
        ResultCache.open(folder, folder.resolveSibling("scratch"), Clock.systemUTC())) {
      for (var name : names) {
        assertThat(cache.find(Packs.key(name))).as(name).isEmpty();
        assertThat(cache.find(Packs.key(name + "-too"))).as(name + "-too").isPresent();
      }
    }
  }

  @Test
  void twoRunsAtOnceKeepBoth() throws Exception {
    var folder = root.resolve("cache");
    var kept = new ArrayList<String>();
    try (var first = KeepingProcess.keep(folder, "first-", 100);
        var second = KeepingProcess.keep(folder, "second-", 100)) {
      // The same results from both, too.
      try (var third = KeepingProcess.keep(folder, "second-", 50)) {
        for (var process : new KeepingProcess[] {first, second, third}) {
          for (var line = process.line(); line != null; line = process.line()) {
            kept.add(line);
          }
        }
      }
    }
    assertThat(kept).hasSize(250);
    assertAllFound(folder, kept);
  }

  @Test
  void aPipelineRunsOnceAtATime() throws Exception {
    var since = Instant.parse("2030-01-01T00:00:00Z");
    var folder = root.resolve("not/there yet");
    try (var lock = RunLock.take(folder, "render", since)) {
      assertThatThrownBy(() -> RunLock.take(folder, "render", since))
          .isInstanceOfSatisfying(
              TakenException.class,
              taken ->
                  assertThat(taken.holder())
                      .hasValue(new Holder(ProcessHandle.current().pid(), since)));
      RunLock.take(folder, "other", since).close();
      assertThat(lock).isNotNull();
    }
    try (var process = KeepingProcess.lock(folder, "render")) {
      assertThat(process.line()).isEqualTo("locked");
      assertThatThrownBy(() -> RunLock.take(folder, "render", since))
          .isInstanceOfSatisfying(
              TakenException.class,
              taken ->
                  assertThat(taken.holder()).hasValue(new Holder(process.pid(), Instant.EPOCH)));
      process.kill();
      RunLock.take(folder, "render", since).close();
    }
  }

  @Test
  void aHolderThatHasNotSaidItsNameIsUnknown() throws Exception {
    var file = root.resolve("render.lock");
    try (var lock = SystemLock.tryExclusive(file).orElseThrow()) {
      assertThat(SystemLock.isHeld(file)).isTrue();
      assertThatThrownBy(() -> RunLock.take(root, "render", Instant.EPOCH))
          .isInstanceOfSatisfying(
              TakenException.class, taken -> assertThat(taken.holder()).isEmpty());
    }
    Files.writeString(file, "nonsense");
    RunLock.take(root, "render", Instant.EPOCH).close();
  }

  private static void assertAllFound(Path folder, Iterable<String> names) throws IOException {
    try (var cache =
        ResultCache.open(folder, folder.resolveSibling("scratch"), Clock.systemUTC())) {
      assertThat(cache.trouble()).isEmpty();
      for (var name : names) {
        for (var each : new String[] {name, name + "-too"}) {
          var found = cache.find(Packs.key(each));
          assertThat(found).as(each).isPresent();
          assertThat(cache.intact(found.get())).isTrue();
          assertThat(Packs.content(found.get())).isEqualTo(Packs.output(each));
        }
      }
    }
  }
}
