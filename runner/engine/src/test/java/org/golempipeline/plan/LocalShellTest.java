package org.golempipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.golempipeline.spec.ParamValue;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.strategy.StrategyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class LocalShellTest {
  private static final Map<String, String> HOSTILE =
      Map.of("a", "it's $(x) `y`\n\"z\"", "b", "unused");

  @TempDir Path folder;
  private final LocalShell shell = new LocalShell(true, Secrets.NONE);

  @Test
  void exportsWhatTheTextMentionsAndNothingElse() throws Exception {
    shell.run("merge", "printf '%s' \"$a\" > out; env > env", HOSTILE, folder);
    assertThat(Files.readString(folder.resolve("out"))).isEqualTo(HOSTILE.get("a"));
    assertThat(Files.readString(folder.resolve("env"))).doesNotContain("unused");
  }

  @Test
  void saysWhatAFailingTextWrote() {
    assertThatThrownBy(
            () ->
                shell.run("accept", "echo first; echo no such thing >&2; exit 4", Map.of(), folder))
        .isInstanceOf(StrategyException.class)
        .hasMessage("`accept` exited with 4: first / no such thing");
  }

  @Test
  void keepsSecretsToItself() {
    var secrets = Secrets.of(Map.of("key", new ParamValue("one (1)\ntwo*", true)));
    assertThatThrownBy(
            () ->
                new LocalShell(true, secrets)
                    .run(
                        "accept",
                        "echo \"<$key>\"; exit 4",
                        Map.of("key", "one (1)\ntwo*"),
                        folder))
        .hasMessage("`accept` exited with 4: <[secret key]>");
  }

  @Test
  void stopsAtTheFirstFailureAndAtUnsetVariables() throws Exception {
    assertThat(shell.status("accept", "false; true", Map.of(), folder).code()).isEqualTo(1);
    assertThat(shell.status("accept", "echo $nothing", Map.of(), folder).code()).isNotZero();
  }

  @Test
  void refusesWhenLocalCommandsAreForbidden() {
    assertThatThrownBy(
            () -> new LocalShell(false, Secrets.NONE).run("accept", "touch x", Map.of(), folder))
        .isInstanceOf(StrategyException.class)
        .hasMessageContaining("--no-local-commands");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void leavesNoFilesOfItsOwn() throws Exception {
    shell.run("merge", ":", Map.of(), folder);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void killsAllThatATextStartedWhenItTakesTooLong() throws Exception {
    var text =
        "sleep 1000 & echo $! > one; setsid sleep 1000 & echo $! > two; sleep 1000 & wait $!; wait";

    assertThatThrownBy(() -> shell.within(oneSecondToRun()).run("accept", text, Map.of(), folder))
        .isInstanceOf(LocalShell.OutOfTimeException.class)
        .hasMessage(
            "`accept` took longer than `timeout.run`, which is 1s, and was killed on this machine.");

    for (var each : new String[] {"one", "two"}) {
      var left = ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve(each)).strip()));
      if (left.isPresent()) {
        left.get().onExit().get(120, TimeUnit.SECONDS);
      }
    }
  }

  private static Timeouts oneSecondToRun() {
    var usual = Timeouts.DEFAULT;
    return new Timeouts(
        usual.negotiate(),
        usual.deploy(),
        usual.transfer(),
        Duration.ofSeconds(1),
        null,
        usual.idle());
  }

  @Test
  void killsAllThatATextStartedWhenItIsInterrupted() throws Exception {
    var begun = folder.resolve("pid");
    var thread =
        new Thread(
            () -> {
              try {
                shell.run(
                    "merge",
                    "sleep 1000 & echo $! > pid.part; mv pid.part pid; wait",
                    Map.of(),
                    folder);
              } catch (Exception e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.start();
    while (!Files.exists(begun)) {
      Thread.onSpinWait();
    }
    var sleeping = ProcessHandle.of(Long.parseLong(Files.readString(begun).strip())).orElseThrow();
    thread.interrupt();
    thread.join();
    sleeping.onExit().get(120, TimeUnit.SECONDS);
  }
}
