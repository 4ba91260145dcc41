package org.golempipeline.cli.market;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.golempipeline.cli.pipeline.PipelineOptions;
import org.golempipeline.cli.terminal.Columns;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.market.MarketOffer;
import org.golempipeline.golem.market.MarketView;
import org.golempipeline.golem.market.Relaxation;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.Words;
import org.golempipeline.run.BannedProviders;
import org.golempipeline.run.NetworkTerms;
import org.golempipeline.run.RunDefaults;
import org.golempipeline.run.RunSettings;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.strategy.Quantities;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code providers market}: what is offered at the moment. */
@Command(
    name = "market",
    mixinStandardHelpOptions = true,
    description = {
      "Asks the network what providers offer for a pipeline at the moment, the cheapest first.",
      "Each with name, id, threads, memory, storage, and prices: for a start, for an hour of one",
      "thread, for an hour. Spends nothing; needs the yagna daemon as `run --on golem` does."
    })
final class MarketCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Console console;

  @Mixin PipelineOptions options = new PipelineOptions();

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "How long to wait for offers. Default: 15s.")
  String limit = "15s";

  @Option(names = "--all", description = "Also offers that a run would not take, and why not.")
  boolean all;

  @Option(names = "--json", description = "Prints every offer as a line of JSON.")
  boolean json;

  MarketCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException {
    var pipeline = options.open(console);
    var spec = new Messages(console).require(pipeline.spec());
    var time = time();
    var daemon = console.machine().daemon();
    var terms =
        NetworkTerms.toLook(
            spec,
            console.machine().newRunId(),
            new BannedProviders(pipeline.own()).all().keySet(),
            console.clock());
    var looking = Thread.currentThread();
    List<MarketOffer> offers;
    try (var interruption = new Interruption(looking::interrupt)) {
      offers = MarketView.look(daemon, terms, time);
    } catch (GolemException trouble) {
      throw Messages.refusal(trouble);
    } catch (InterruptedException e) {
      throw new Refusal(ExitCodes.INTERRUPTED, "Interrupted.", null);
    }
    if (json) {
      offers.forEach(offer -> console.out().println(json(offer)));
    } else {
      print(offers);
      if (offers.isEmpty()) {
        explainSilence(spec);
      } else {
        advise(offers, RunDefaults.workers(spec, RunSettings.Target.GOLEM));
        new ListedProviders(spec.golem()).unmatched(offers).forEach(console::say);
      }
    }
    return ExitCodes.DONE;
  }

  private Duration time() throws Refusal {
    try {
      var time = Quantities.duration(limit);
      if (!time.isZero()) {
        return time;
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw Refusal.usage(
        "`--for %s` is no length of time.".formatted(limit), "Write it as `15s` or `2m`.");
  }

  private void print(List<MarketOffer> offers) {
    var rows = new ArrayList<List<String>>();
    var objections = new TreeMap<String, Integer>();
    for (var offer : offers) {
      offer.objections().stream()
          .findFirst()
          .ifPresent(first -> objections.merge(first, 1, Integer::sum));
      if (all || offer.isSuitable()) {
        rows.add(row(offer));
      }
    }
    Columns.print(console.out(), rows);
    var others = objections.values().stream().mapToInt(Integer::intValue).sum();
    console.say(
        "%s, %s of them for this pipeline%s"
            .formatted(
                Words.count(offers.size(), "offer"),
                Words.number(offers.size() - others),
                others == 0
                    ? ""
                    : objections.entrySet().stream()
                        .map(each -> Words.number(each.getValue()) + " " + each.getKey())
                        .collect(Collectors.joining(", ", "; not those ", ""))));
  }

  /** Why nobody may have been heard of, and what can be done about it. */
  private void explainSilence(PipelineSpec spec) {
    var out = console.out();
    out.println(
        "nobody was heard of in subnet `%s` within %s: a daemon hears of everybody within some minutes of the first time that it is asked, so look again then, or now with `--for 5m`; else check `golem.subnet`, and `golem-pipeline doctor --on golem`"
            .formatted(spec.golem().subnet(), limit));
    var capabilities =
        spec.stages().stream()
            .flatMap(stage -> stage.resources().capabilities().stream())
            .distinct()
            .map(each -> "`" + each + "`")
            .toList();
    if (!capabilities.isEmpty()) {
      out.println(
          "%s is not the reason: who lacks it would be seen too"
              .formatted(String.join(", ", capabilities)));
    }
  }

  /** What a file would have to say to find its workers. */
  private void advise(List<MarketOffer> offers, int workers) {
    var more =
        Relaxation.of(offers, workers).stream()
            .map(each -> Words.number(each.offers()) + " more with `" + MarketTerms.say(each) + "`")
            .collect(Collectors.joining(", "));
    if (!more.isEmpty()) {
      console.say("of " + Words.count(workers, "worker") + " wanted: " + more);
    }
  }

  private static List<String> row(MarketOffer offer) {
    return List.of(
        offer.name(),
        offer.providerId(),
        offer.threads() == null ? "?" : Words.count(offer.threads(), "thread"),
        gibibytes(offer.memory()),
        gibibytes(offer.storage()),
        price(offer.startPrice()) + " a start",
        price(offer.cpuHourPrice()) + " an hour of a thread",
        price(offer.envHourPrice()) + " an hour",
        String.join(", ", offer.objections()));
  }

  private static String gibibytes(@Nullable BigDecimal size) {
    return size == null ? "?" : size.toPlainString() + " GiB";
  }

  private static String price(@Nullable BigDecimal price) {
    return price == null ? "?" : Words.glm(price);
  }

  private static String json(MarketOffer offer) {
    var json = JSON.createObjectNode();
    json.put("id", offer.providerId());
    json.put("name", offer.name());
    json.put("threads", offer.threads());
    json.put("memoryGib", offer.memory());
    json.put("storageGib", offer.storage());
    json.put("startPrice", offer.startPrice());
    json.put("cpuHourPrice", offer.cpuHourPrice());
    json.put("envHourPrice", offer.envHourPrice());
    json.put("runtime", offer.runtime());
    json.put("runtimeVersion", offer.runtimeVersion());
    offer.objections().forEach(json.putArray("objections")::add);
    return json.toString();
  }
}
