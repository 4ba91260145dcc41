package org.golempipeline.exeunit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class WardenTest {
  private static final String MARK = "node-7/";

  private final List<Process> processes = new ArrayList<>();

  @TempDir private Path folder;
  private Warden warden;

  @BeforeEach
  void start() throws IOException {
    warden = Warden.start(Files.createDirectory(folder.resolve("scratch")), Optional.empty(), MARK);
  }

  @AfterEach
  void end() {
    warden.close();
    processes.forEach(Process::destroyForcibly);
  }

  /** In a session of its own where that can be had, and without a mark. */
  private Process sleeper() throws IOException {
    List<String> words = new ArrayList<>(Programs.ownSession());
    words.addAll(List.of("/bin/sh", "-c", "echo up; exec sleep 600"));
    Process process = new ProcessBuilder(words).start();
    processes.add(process);
    assertThat(process.getInputStream().read()).isEqualTo('u');
    return process;
  }

  @Test
  void killsWhatWasStarted() throws Exception {
    Process program = sleeper();
    Process other = sleeper();
    warden.started(program.pid(), MARK + "a");
    warden.started(other.pid(), MARK + "b");
    warden.kill(MARK + "a");
    assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(other.isAlive()).isTrue();
    warden.close();
    assertThat(other.waitFor(120, TimeUnit.SECONDS)).isTrue();
  }

  /** Of those that ask at once, one looks for all. */
  @Test
  void killsForAllWhoAskAtOnce() throws Exception {
    Process other = sleeper();
    warden.started(other.pid(), MARK + "other");
    List<Process> programs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Process program = sleeper();
      programs.add(program);
      warden.started(program.pid(), MARK + i);
    }
    ExecutorService threads = Executors.newFixedThreadPool(programs.size());
    try {
      CompletableFuture.allOf(
              IntStream.range(0, programs.size())
                  .mapToObj(i -> CompletableFuture.runAsync(() -> warden.kill(MARK + i), threads))
                  .toArray(CompletableFuture<?>[]::new))
          .get(120, TimeUnit.SECONDS);
    } finally {
      threads.shutdown();
    }
    for (Process program : programs) {
      assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(other.isAlive()).isTrue();
  }

  /** The system gives the number of a process that ended to another one, which leads a group. */
  @Test
  void sparesTheProcessThatGotTheNumberOfAnEndedOne() throws Exception {
    Process another = sleeper();
    warden.started(another.pid(), MARK + "a");
    warden.ended(another.pid());
    warden.kill(MARK + "a");
    warden.close();
    assertThat(another.isAlive()).isTrue();
  }

  /** And that once more while a program of ours has it. */
  @Test
  void killsTheProgramThatGotTheNumberOfAnEarlierOne() throws Exception {
    Process program = sleeper();
    warden.started(program.pid(), MARK + "a");
    warden.ended(program.pid());
    warden.started(program.pid(), MARK + "b");
    warden.kill(MARK + "a");
    assertThat(program.isAlive()).isTrue();
    warden.kill(MARK + "b");
    assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
  }

  private void killWarden() {
    String scratch = folder.resolve("scratch").toString();
    List<ProcessHandle> wardens =
        ProcessHandle.current()
            .children()
            .filter(
                child -> List.of(child.info().arguments().orElse(new String[0])).contains(scratch))
            .toList();
    assertThat(wardens).hasSize(1);
    wardens.get(0).destroyForcibly();
    wardens.get(0).onExit().join();
  }

  @Test
  void anotherTakesThePlaceOfOneThatWasKilled() throws Exception {
    Process program = sleeper();
    Process ended = sleeper();
    Process other = sleeper();
    warden.started(program.pid(), MARK + "a");
    warden.started(ended.pid(), MARK + "a");
    warden.started(other.pid(), MARK + "b");
    warden.ended(ended.pid());
    killWarden();
    warden.kill(MARK + "a");
    assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(other.isAlive()).isTrue();
    killWarden();
    warden.close();
    assertThat(other.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(ended.isAlive()).isTrue();
    assertThat(folder.resolve("scratch")).doesNotExist();
  }
}
