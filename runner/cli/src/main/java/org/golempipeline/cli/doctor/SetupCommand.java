package org.golempipeline.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.session.Inquiry;
import org.golempipeline.pipeline.Machine;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.ShellWord;
import org.golempipeline.spec.GolemTerms;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code golem setup}: from a {@code yagna} that was just installed to a daemon that can pay. */
@Command(
    name = "setup",
    mixinStandardHelpOptions = true,
    description = {
      "Makes ready what `--on golem` needs, step by step: finds `yagna`, makes an app-key, asks the"
          + " test network's faucet for GLM, and waits until the daemon can pay. What is done"
          + " already stays as it is. Spends nothing.",
      "Prints what the shell needs:  eval \"$(golem-pipeline golem setup)\"",
      "Exit code: 0 the daemon can pay, 4 it cannot yet."
    })
final class SetupCommand implements Callable<Integer> {
  private static final String APP_KEY = "YAGNA_APPKEY";
  private static final String KEY_NAME = "golem-pipeline";
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** For {@code yagna} to answer what it knows. */
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Console console;
  private final Machine machine;

  @Option(
      names = "--start",
      description =
          "Starts `yagna service run` in the background if no daemon answers. Whoever runs yagna"
              + " accepts its terms: https://docs.golem.network/docs/golem/terms")
  boolean start;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      description =
          "Where to pay, as `golem.network` in a file says it. Default: hoodi, for tests.")
  String network = GolemTerms.DEFAULT.network();

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "How long to wait at most for the daemon, and then for GLM. Default: 120.")
  int seconds = 120;

  SetupCommand(Console console) {
    this.console = console;
    this.machine = console.machine();
  }

  @Override
  public Integer call() throws Refusal, IOException, InterruptedException {
    if (seconds < 0) {
      throw Refusal.usage(
          "`--wait %d` is no time.".formatted(seconds), "Write seconds, such as `--wait 60`.");
    }
    var yagna = yagna();
    daemon(yagna);
    var key = key(yagna);
    payment(yagna, key);
    export(key);
    return ExitCodes.DONE;
  }

  private static Refusal stuck(String message, String cure) {
    return new Refusal(Refusal.PLATFORM, message, cure);
  }

  // ---- the steps

  private YagnaProgram yagna() throws Refusal {
    var yagna =
        YagnaProgram.find(console.environment())
            .orElseThrow(
                () ->
                    stuck(
                        "There is no `yagna` on the PATH.",
                        "Install it: `pip install golem-node`, or as https://docs.golem.network"
                            + " describes."));
    tell(Finding.ok("yagna", yagna.path().toString()));
    return yagna;
  }

  private void daemon(YagnaProgram yagna) throws Refusal, IOException, InterruptedException {
    var url = machine.daemonUrl();
    try (var inquiry = inquiry("")) {
      var silence = trouble(inquiry::version);
      if (silence.isPresent()) {
        if (!Inquiry.isNobodyThere(silence.get())) {
          throw Messages.refusal(silence.get());
        }
        if (!start) {
          throw stuck(
              String.valueOf(silence.get().getMessage()),
              "Let `yagna service run` run in another terminal, or say `--start`.");
        }
        var log = log();
        var process = yagna.startDaemon(log);
        tell(
            Finding.ok(
                "daemon",
                "started as process %d, says what it does in %s".formatted(process.pid(), log)));
        var trouble = untilDone(inquiry::version, () -> goesOn(process));
        if (trouble.isPresent()) {
          throw stuck(
              goesOn(process)
                  ? String.valueOf(trouble.get().getMessage())
                  : "`yagna service run` ended before it answered.",
              "Look into %s.".formatted(log));
        }
      }
      tell(Finding.ok("daemon", "yagna %s at %s".formatted(inquiry.version().join(), url)));
    }
  }

  /** One that ended and that nobody asked why is still there, as a zombie. */
  static boolean goesOn(ProcessHandle process) {
    try {
      var stat = Path.of("/proc", String.valueOf(process.pid()), "stat");
      var text = Files.readString(stat, StandardCharsets.ISO_8859_1);
      return process.isAlive() && text.charAt(text.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      // It is gone by now, or this system has no such file.
      return process.isAlive();
    }
  }

  private Path log() throws IOException {
    var folder =
        console
            .variable("XDG_STATE_HOME")
            .map(Path::of)
            .orElseGet(() -> Path.of(console.variable("HOME").orElse("/"), ".local", "state"))
            .resolve("golem-pipeline");
    return Files.createDirectories(folder).resolve("yagna.log");
  }

  private String key(YagnaProgram yagna) throws Refusal, IOException, InterruptedException {
    var set = console.variable(APP_KEY).orElse("");
    if (Machine.isAppKey(set) && refused(set).isEmpty()) {
      tell(Finding.ok("app-key", "`%s` is set, and the daemon knows it".formatted(APP_KEY)));
      return set;
    }
    // With a name that is taken it answers the key of that name.
    var made = yagna.run(ANSWER, "app-key", "create", KEY_NAME);
    var key = made.lastLine();
    if (!made.isDone() || !Machine.isAppKey(key)) {
      throw stuck(
          "`yagna app-key create %s` failed: %s.".formatted(KEY_NAME, made.reason()),
          "`yagna app-key list` shows the keys there are; set %s to one.".formatted(APP_KEY));
    }
    var refused = refused(key);
    if (refused.isPresent()) {
      throw stuck(
          "The daemon at %s refuses the key `%s` that `yagna` has made."
              .formatted(machine.daemonUrl(), KEY_NAME),
          "YAGNA_API_URL, GSB_URL and YAGNA_DATADIR have to be those of the daemon.");
    }
    tell(Finding.ok("app-key", "`%s` of the daemon".formatted(KEY_NAME)));
    return key;
  }

  private Optional<GolemException> refused(String key) throws Refusal {
    try (var inquiry = inquiry(key)) {
      return trouble(inquiry::identity);
    }
  }

  private void payment(YagnaProgram yagna, String key)
      throws Refusal, IOException, InterruptedException {
    var terms = GolemTerms.DEFAULT.on(network);
    try (var inquiry = inquiry(key)) {
      var obstacle = trouble(() -> inquiry.tryToReserve(terms.platform()));
      if (obstacle.isPresent()) {
        if (!terms.isTest()) {
          throw stuck(
              "The daemon can pay nothing on %s yet. %s"
                  .formatted(network, obstacle.get().getMessage()),
              "Send GLM, and a little of what fees there are paid in, to %s."
                  .formatted(inquiry.identity().join()));
        }
        tell(Finding.ok("payment", "asking the faucet of %s for GLM".formatted(network)));
        var funded = yagna.run(ANSWER.plus(patience()), "payment", "fund", "--network", network);
        if (!funded.isDone()) {
          throw stuck(
              "`yagna payment fund --network %s` failed: %s.".formatted(network, funded.reason()),
              "The faucet may be busy: say `golem-pipeline golem setup` again in some minutes.");
        }
        var trouble = untilDone(() -> inquiry.tryToReserve(terms.platform()), () -> true);
        if (trouble.isPresent()) {
          throw stuck(
              String.valueOf(trouble.get().getMessage()),
              "GLM can take minutes to come: say `golem-pipeline golem setup` again.");
        }
      }
      tell(Finding.ok("payment", "can pay on " + terms.platform()));
    }
  }

  // ---- asking the daemon

  private Duration patience() {
    return Duration.ofSeconds(seconds);
  }

  private Inquiry inquiry(String key) throws Refusal {
    return new Inquiry(new GolemConnection(machine.daemonUrl(), key), LIMIT, machine.clock());
  }

  private static Optional<GolemException> trouble(Supplier<CompletableFuture<?>> question) {
    try {
      GolemException.join(question.get());
      return Optional.empty();
    } catch (GolemException trouble) {
      return Optional.of(trouble);
    }
  }

  /**
   * Asks again until the answer is good, or the patience is over, or there is no hope; then why it
   * is not.
   */
  private Optional<GolemException> untilDone(
      Supplier<CompletableFuture<?>> question, BooleanSupplier hope) throws InterruptedException {
    var begin = System.nanoTime();
    for (; ; ) {
      var hopeful = hope.getAsBoolean();
      var trouble = trouble(question);
      if (trouble.isEmpty() || !hopeful || System.nanoTime() - begin >= patience().toNanos()) {
        return trouble;
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
    }
  }

  // ---- telling

  private void tell(Finding finding) {
    console.err().print(finding.text());
  }

  private void export(String key) throws Refusal {
    console.say("export %s=%s".formatted(APP_KEY, ShellWord.of(key)));
    console.say("export YAGNA_API_URL=%s".formatted(ShellWord.of(machine.daemonUrl().toString())));
    if (console.outIsTerminal()) {
      tell(
          Finding.warning(
              "shell",
              "Your shell does not have these variables yet.",
              "eval \"$(golem-pipeline golem setup)\""));
    }
  }
}
