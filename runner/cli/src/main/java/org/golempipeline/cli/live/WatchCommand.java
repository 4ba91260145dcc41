package org.golempipeline.cli.live;

import java.io.IOException;
import java.net.BindException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import org.golempipeline.cli.history.RunChoice;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.html.LivePage;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.pipeline.Refusal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code watch}: a run that goes on elsewhere. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = {
      "Shows a run that goes on in another terminal, or in none, until it ends.",
      "Ctrl-C ends the watching and not the run. The exit code is that of the run."
    })
public final class WatchCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN",
      description = {RunChoice.RUN, "Default: last."})
  String run = RunChoice.LAST;

  @Option(
      names = "--web",
      description = {
        "Serves the run's page as well, which a browser of this machine shows and keeps up to date,"
            + " and prints its address.",
        "The page stays until Ctrl-C."
      })
  boolean web;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where `--web` serves it. Default: any that is free.")
  @Nullable Integer port;

  @Mixin RunChoice choice = new RunChoice();

  public WatchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException, InterruptedException {
    if (port != null && (!web || port < 0 || port > 65_535)) {
      throw Refusal.usage(
          web
              ? "There is no port %d.".formatted(port)
              : "`--port` says where `--web` serves a page, and that is not asked for.",
          web ? "Write a number from 1 to 65535." : "Write `--web` as well.");
    }
    var histories = choice.histories(console);
    var id = choice.resolve(histories, run);
    var folder = histories.folder(id);
    if (!web) {
      return follow(LiveRun.open(console, folder), histories, id);
    }
    var clock = new JournalClock(console.clock(), folder);
    var page = new LivePage(folder, ZoneId.systemDefault(), clock.withZone(ZoneOffset.UTC));
    try (var server = serve(page)) {
      console.out().println(server.url());
      var live = LiveRun.open(console, folder, clock, page::add);
      try (var interruption = ending(live)) {
        var exitCode = show(live, histories, id);
        page.end();
        live.awaitLeaving();
        return exitCode;
      }
    }
  }

  private PageServer serve(LivePage page) throws Refusal, IOException {
    try {
      return PageServer.start(page, port == null ? 0 : port);
    } catch (BindException e) {
      throw Refusal.usage(
          "Port %d is taken, or not for this user.".formatted(port),
          "Name another one, or none for any that is free.");
    }
  }

  private static Interruption ending(LiveRun live) {
    return new Interruption(live::leave);
  }

  private int follow(LiveRun live, RunHistories histories, String id)
      throws IOException, InterruptedException {
    try (var interruption = ending(live)) {
      return show(live, histories, id);
    }
  }

  /** Until it is over, or whoever watches goes. */
  private int show(LiveRun live, RunHistories histories, String id)
      throws IOException, InterruptedException {
    try (live) {
      while (true) {
        live.read();
        var end = live.finished();
        if (end != null) {
          return end.exitCode();
        }
        if (!live.lives()) {
          break;
        }
        if (!live.pause()) {
          live.end(List.of("Run %s goes on; `golem-pipeline stop` ends it.".formatted(id)));
          return ExitCodes.INTERRUPTED;
        }
      }
    }
    new Messages(console)
        .error(
            "Run %s is not finished: its process died.".formatted(id),
            histories.read(id).isUnsettled()
                ? "`golem-pipeline settle %s` ends and pays what it left on the network."
                    .formatted(id)
                : "Run it again: what is done is not computed again.");
    return ExitCodes.FAILED;
  }
}
