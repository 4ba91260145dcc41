package org.golempipeline.cli.history;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.Words;
import org.golempipeline.settle.RunSettlement;
import org.golempipeline.strategy.Quantities;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code settle}: what an interrupted run left on the network. */
@Command(
    name = "settle",
    mixinStandardHelpOptions = true,
    description = {
      "Ends and pays what runs on the Golem Network left behind when their process died.",
      "Ends activities and agreements, accepts invoices that add up, and releases the allocation.",
      "Touches nothing else on the same key, and may be repeated.",
      "Exit code 5: something is still to come, so call it again later."
    })
public final class SettleCommand implements Callable<Integer> {
  private static final int SHOWN = 3;

  private final Console console;

  @Parameters(
      arity = "0..*",
      paramLabel = "RUN",
      description = "Ids of runs, their beginnings, or `last`.")
  List<String> runs = List.of();

  @Option(names = "--all", description = "Every run that left something behind.")
  boolean all;

  @Option(
      names = "--limit",
      paramLabel = "TIME",
      description = "How long to wait for providers: 30s, 10m. Default: 2m for each run.")
  String limit = "2m";

  @Mixin RunChoice choice = new RunChoice();

  public SettleCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException, InterruptedException {
    var patience = patience();
    var histories = choice.histories(console);
    var chosen = chosen(histories);
    if (chosen.isEmpty()) {
      return ExitCodes.DONE;
    }
    var connection = console.machine().daemon();
    var exitCode = ExitCodes.DONE;
    for (var run : chosen) {
      var code = settle(histories, run, connection, patience);
      exitCode =
          exitCode == ExitCodes.PLATFORM || code == ExitCodes.PLATFORM
              ? ExitCodes.PLATFORM
              : Math.max(exitCode, code);
    }
    return exitCode;
  }

  private Duration patience() throws Refusal {
    try {
      return Quantities.duration(limit);
    } catch (IllegalArgumentException e) {
      throw Refusal.usage(
          "`--limit %s` is not a time.".formatted(limit), "Write such as `--limit 90s` or `10m`.");
    }
  }

  private List<RunHistory> chosen(RunHistories histories) throws Refusal, IOException {
    if (all && !runs.isEmpty()) {
      throw Refusal.usage("`--all` and runs exclude each other.", "Leave one of them away.");
    }
    if (runs.isEmpty()) {
      var unsettled = histories.unsettled(Integer.MAX_VALUE, new Messages(console)::unreadable);
      if (!all && !unsettled.isEmpty()) {
        throw Refusal.usage("`settle` needs a run, or `--all`.", left(unsettled));
      }
      if (unsettled.isEmpty()) {
        say("Nothing to settle.");
      }
      return unsettled;
    }
    Set<String> ids = new LinkedHashSet<>();
    for (var run : runs) {
      ids.add(choice.resolve(histories, run));
    }
    var named = new ArrayList<RunHistory>();
    for (var id : ids) {
      var run = histories.read(id);
      if (run.started() == null || !run.started().target().equals("golem")) {
        say("%s: was not on the network, so there is nothing to settle.".formatted(id));
      } else {
        named.add(run);
      }
    }
    return named;
  }

  private static String left(List<RunHistory> unsettled) {
    var ids = unsettled.stream().limit(SHOWN).map(run -> "`" + run.id() + "`").toList();
    var more = unsettled.size() > SHOWN ? " and others" : "";
    return String.join(", ", ids) + more + " left something behind.";
  }

  private int settle(
      RunHistories histories, RunHistory run, GolemConnection connection, Duration patience)
      throws IOException, InterruptedException {
    try {
      var settled =
          RunSettlement.settle(
              histories.folder(run.id()),
              connection,
              patience,
              patience,
              stamped -> print(run.id(), stamped.event()),
              console.clock());
      if (settled.isEmpty()) {
        new Messages(console)
            .error(
                "Run %s is still running, or is being settled by another call.".formatted(run.id()),
                "Wait until that is over.");
        return ExitCodes.USAGE;
      }
      return settled.get().outstanding().isEmpty() ? ExitCodes.DONE : ExitCodes.OUTSTANDING;
    } catch (GolemException trouble) {
      new Messages(console)
          .error(String.valueOf(trouble.getMessage()), trouble.hint().orElse(null));
      return ExitCodes.PLATFORM;
    }
  }

  /** One line for each thing that is done. */
  private void print(String id, RunEvent event) {
    if (event instanceof RunEvent.ActivityDestroyed e) {
      say(id, "activity %s ended".formatted(e.activityId()));
    } else if (event instanceof RunEvent.AgreementTerminated e) {
      say(
          id,
          e.byProvider()
              ? "agreement %s was ended by its provider: %s".formatted(e.agreementId(), e.reason())
              : "agreement %s ended".formatted(e.agreementId()));
    } else if (event instanceof RunEvent.AgreementRejected e) {
      say(id, "agreement %s withdrawn".formatted(e.agreementId()));
    } else if (event instanceof RunEvent.DemandUnsubscribed e) {
      say(id, "demand %s withdrawn".formatted(e.demandId()));
    } else if (event instanceof RunEvent.DebitNoteAccepted e) {
      say(id, "debit note %s accepted: %s".formatted(e.debitNoteId(), Words.glm(e.totalAmount())));
    } else if (event instanceof RunEvent.InvoiceAccepted e) {
      say(id, "invoice %s accepted: %s".formatted(e.invoiceId(), Words.glm(e.amount())));
    } else if (event instanceof RunEvent.DocumentRefused e) {
      say(id, "document %s NOT accepted: %s".formatted(e.documentId(), e.reason()));
    } else if (event instanceof RunEvent.AllocationCreated e) {
      say(id, "allocation %s made: %s".formatted(e.allocationId(), Words.glm(e.amount())));
    } else if (event instanceof RunEvent.AllocationReleased e) {
      say(id, "allocation %s released".formatted(e.allocationId()));
    } else if (event instanceof RunEvent.SettlementFinished e) {
      e.outstanding().forEach(open -> say(id, "open: " + open));
      say(
          id,
          "%s, %s accepted in all"
              .formatted(
                  e.outstanding().isEmpty() ? "settled" : "not settled yet",
                  Words.glm(e.accepted())));
    }
  }

  private void say(String id, String line) {
    say(id + ": " + line);
  }

  private void say(String line) {
    console.say(line);
  }
}
