package org.golempipeline.cli.market;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.golempipeline.cli.history.RunChoice;
import org.golempipeline.cli.terminal.Columns;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.journal.ProviderRecord;
import org.golempipeline.journal.ProviderRecords;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.Words;
import org.golempipeline.run.BannedProviders;
import org.golempipeline.spec.Nearest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code providers}: what earlier runs have seen of them, and whom later ones do not rent from. */
@Command(
    name = "providers",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the providers that earlier runs on the network worked with, who did most first.",
      "Each with name, id, runs, fragments, how long one took, GLM spent, and when it was seen"
          + " last.",
      "Whoever gave false results is banned from all runs of the folder."
    })
public final class ProvidersCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT);

  private final Console console;

  @Mixin RunChoice place = new RunChoice();

  @Option(names = "--json", description = "Prints each provider as a line of JSON.")
  boolean json;

  private ProvidersCommand(Console console) {
    this.console = console;
  }

  /** The command with its own commands. */
  public static CommandLine line(Console console) {
    return new CommandLine(new ProvidersCommand(console))
        .addSubcommand("market", new MarketCommand(console));
  }

  @Override
  public Integer call() throws Refusal, IOException {
    var records = records(place);
    var bans = bans(place).all();
    var rows = new ArrayList<List<String>>();
    for (var record : records) {
      var ban = bans.remove(record.id());
      if (json) {
        console.out().println(json(record.id(), record, ban));
      } else {
        rows.add(row(record, ban));
      }
    }
    for (var ban : bans.entrySet()) {
      if (json) {
        console.out().println(json(ban.getKey(), null, ban.getValue()));
      } else {
        rows.add(List.of("?", ban.getKey(), "never seen", "", "", "", banned(ban.getValue())));
      }
    }
    if (rows.isEmpty() && !json) {
      new Messages(console).line("No run on the network has worked with a provider yet.");
    }
    Columns.print(console.out(), rows);
    return ExitCodes.DONE;
  }

  private static List<String> row(ProviderRecord record, @Nullable String ban) {
    return List.of(
        record.name(),
        record.id(),
        Words.count(record.runs(), "run"),
        fragments(record),
        record.done() == 0 ? "" : Words.duration(record.busy().dividedBy(record.done())) + " each",
        Words.glm(record.spent()),
        DAY.format(record.last().atZone(ZoneId.systemDefault()))
            + (record.lies() > 0 && ban == null ? "; has given false results" : "")
            + (ban == null ? "" : "; " + banned(ban)));
  }

  private static String fragments(ProviderRecord record) {
    var text = new StringBuilder(Words.number(record.done())).append(" done");
    if (record.failed() > 0) {
      text.append(", ").append(Words.number(record.failed())).append(" failed");
    }
    if (record.lost() > 0) {
      text.append(", ").append(Words.count(record.lost(), "script")).append(" lost");
    }
    if (record.failedRentals() > 0) {
      text.append(", ").append(Words.number(record.failedRentals())).append(" times not ready");
    }
    return text.toString();
  }

  private static String banned(String reason) {
    return reason.isEmpty() ? "banned" : "banned: " + reason;
  }

  private static String json(String id, @Nullable ProviderRecord record, @Nullable String ban) {
    var json = JSON.createObjectNode().put("id", id);
    if (record != null) {
      json.put("name", record.name());
      json.put("last", record.last().toString());
      json.put("runs", record.runs());
      json.put("rentals", record.rentals());
      json.put("failedRentals", record.failedRentals());
      json.put("fragmentsDone", record.done());
      json.put("attemptsFailed", record.failed());
      json.put("scriptsLost", record.lost());
      json.put("busyMilliseconds", record.busy().toMillis());
      json.put("spent", record.spent().toPlainString());
      json.put("lies", record.lies());
    }
    return json.put("banned", ban).toString();
  }

  @Command(
      name = "ban",
      mixinStandardHelpOptions = true,
      description = {
        "Never rents from a provider again in the runs of a folder.",
        "What it left is computed again."
      })
  int ban(
      @Parameters(paramLabel = "PROVIDER", description = "Its name or id.") String provider,
      @Mixin RunChoice place)
      throws Refusal, IOException {
    var id = id(provider, place, Map.of());
    bans(place).add(id, "by hand");
    return say("Banned %s.".formatted(id));
  }

  @Command(
      name = "allow",
      mixinStandardHelpOptions = true,
      description = "Rents from a provider again that was banned.")
  int allow(
      @Parameters(paramLabel = "PROVIDER", description = "Its name or id.") String provider,
      @Mixin RunChoice place)
      throws Refusal, IOException {
    var bans = bans(place);
    var id = id(provider, place, bans.all());
    if (!bans.remove(id)) {
      throw Refusal.usage(
          "`%s` is not banned.".formatted(provider), "`golem-pipeline providers` says who is.");
    }
    return say("Allowed %s.".formatted(id));
  }

  private int say(String sentence) {
    console.out().println(sentence);
    return ExitCodes.DONE;
  }

  /** The id that {@code provider} stands for: of somebody known, by name, or an address. */
  private String id(String provider, RunChoice place, Map<String, String> bans)
      throws Refusal, IOException {
    if (bans.containsKey(provider)) {
      return provider;
    }
    var records = records(place);
    var meant =
        records.stream()
            .filter(each -> each.id().equals(provider) || each.name().equals(provider))
            .map(ProviderRecord::id)
            .toList();
    if (meant.size() == 1) {
      return meant.get(0);
    }
    if (meant.size() > 1) {
      throw Refusal.usage(
          "%d providers call themselves `%s`.".formatted(meant.size(), provider),
          "Use an id: `%s`.".formatted(String.join("`, `", meant)));
    }
    if (provider.startsWith("0x") && BannedProviders.isId(provider)) {
      return provider;
    }
    throw Refusal.usage(
        "No run has worked with a provider `%s`.".formatted(provider),
        Nearest.to(provider, records.stream().map(ProviderRecord::name).toList())
            .map("Did you mean `%s`?"::formatted)
            .orElse("Use its id, which begins with `0x`."));
  }

  private BannedProviders bans(RunChoice place) throws Refusal {
    return new BannedProviders(RunChoice.folder(console, place.place).resolve(".golem-pipeline"));
  }

  private List<ProviderRecord> records(RunChoice place) throws Refusal, IOException {
    var histories = place.histories(console);
    var records = new ProviderRecords();
    for (var run : histories.ids()) {
      try {
        records.add(histories.folder(run));
      } catch (IOException e) {
        new Messages(console).unreadable(run, e);
      }
    }
    return records.list();
  }
}
