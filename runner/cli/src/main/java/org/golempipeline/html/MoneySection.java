package org.golempipeline.html;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.golempipeline.event.RunEvent;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.report.Words;

/** What it cost, agreement by agreement, and what became of the market's offers. */
final class MoneySection {
  private static final int ROWS = 100;
  private static final int OPEN_UP_TO = 12;
  private static final int REFUSALS = 20;
  private static final int LONGEST_REASON = 500;
  private static final int LONGEST_NAME = 60;
  private static final BigDecimal HOUR = BigDecimal.valueOf(3600);

  private final Html html;
  private final RunFacts facts;
  private final RunHistory run;
  private final boolean golem;
  private final Map<String, String> names = new HashMap<>();

  MoneySection(Html html, RunFacts facts, RunHistory run, boolean golem) {
    this.golem = golem;
    this.html = html;
    this.facts = facts;
    this.run = run;
    facts.fleet.providers().forEach(provider -> names.put(provider.id, provider.name));
  }

  void write() {
    market();
    cost();
  }

  private void market() {
    var market = facts.market;
    if (market.isEmpty() || !golem) {
      return;
    }
    html.open("section").element("h2", "The market");
    html.open("p").text(Words.count(market.offers, "offer")).text(" seen, ");
    html.text(Words.count(market.answers, "answer")).text(", ");
    html.text(Words.number(market.refusedByUs)).text(" refused by the run, ");
    html.text(Words.number(market.refusedByProviders)).text(" by providers; ");
    html.text(Words.number(market.approved)).text(" of ");
    html.text(Words.count(market.agreements, "agreement")).text(" approved.").close();
    market.reasons.write(html, "Reasons given most often for refusing");
    html.close();
  }

  private void cost() {
    var agreements =
        facts.money.agreements().stream()
            .filter(each -> each.approved || each.refusals > 0 || each.accepted().signum() > 0)
            .sorted(
                Comparator.comparingInt((AgreementFacts each) -> -each.refusals)
                    .thenComparing(AgreementFacts::accepted, Comparator.reverseOrder()))
            .toList();
    var free = run.spent().signum() == 0 && facts.money.refusals == 0 && !golem;
    if (agreements.isEmpty() || free) {
      return;
    }
    html.open("section").element("h2", "Cost");
    budget();
    refused(agreements);
    html.open("details", "open", agreements.size() <= OPEN_UP_TO ? "" : null);
    html.element("summary", Words.count(agreements.size(), "agreement"));
    table(agreements);
    html.close().close();
  }

  private void budget() {
    html.open("dl", "class", "facts");
    var allocated = facts.money.allocated;
    var accepted = run.spent();
    html.element("dt", "accepted").open("dd").text(Words.glm(accepted));
    if (allocated != null && allocated.signum() > 0) {
      var share = Text.share(accepted.doubleValue(), allocated.doubleValue());
      html.text(", " + share + " of the " + Words.glm(allocated) + " that were reserved");
    }
    html.close();
    if (facts.money.platform != null) {
      html.fact("paid with", facts.money.platform);
    }
    for (var open : run.outstanding().stream().limit(20).toList()) {
      html.fact("open", Words.beginning(open, 300));
    }
    html.close();
    overTime();
  }

  private void overTime() {
    var spent = facts.money.spent;
    if (spent.moments().length < 2) {
      return;
    }
    html.element("h3", "Accepted over time");
    var all = run.spent().doubleValue();
    new Drawing(html)
        .growth(
            spent,
            facts.length(),
            all,
            "GLM accepted over time, " + Words.glm(run.spent()) + " in the end");
    html.axis("0", Text.time(facts.length()));
  }

  /** What did not add up, with the arithmetic. */
  private void refused(List<AgreementFacts> agreements) {
    var refused = agreements.stream().filter(each -> each.refusal != null).toList();
    for (var agreement : refused.stream().limit(REFUSALS).toList()) {
      html.open("p", "class", "note warn").element("span", "refused", "class", "pill bad");
      html.text(" what ").foreign(name(agreement)).text(" asked for: ");
      html.foreign(Words.beginning(Objects.requireNonNull(agreement.refusal), LONGEST_REASON));
      var more = agreement.refusals - 1;
      html.text(more == 0 ? "" : " (and " + Words.number(more) + " more of this agreement)");
      html.close();
    }
    if (refused.size() > REFUSALS) {
      var more = Words.count(refused.size() - REFUSALS, "agreement");
      html.soft(more + " more with refused documents.");
    }
  }

  private String name(AgreementFacts agreement) {
    var name = names.getOrDefault(agreement.provider, Text.shortId(agreement.provider));
    return Words.beginning(name, LONGEST_NAME);
  }

  private void table(List<AgreementFacts> agreements) {
    var table =
        new Table(
            html,
            "Agreements: those with refused documents first, then by amount",
            "Provider",
            "Invoice",
            "#Accepted, GLM",
            "#Notes",
            "#Activity",
            "At most, by our clock",
            "Prices",
            "Agreement",
            "Ended by");
    var shown = agreements.subList(0, Math.min(ROWS, agreements.size()));
    for (var agreement : shown) {
      row(table, agreement);
    }
    table.close();
    if (agreements.size() > ROWS) {
      var rest = agreements.subList(ROWS, agreements.size());
      var sum =
          rest.stream().map(AgreementFacts::accepted).reduce(BigDecimal.ZERO, BigDecimal::add);
      html.soft(
          "%s more: %s accepted.".formatted(Words.count(rest.size(), "agreement"), Words.glm(sum)));
    }
  }

  private void row(Table table, AgreementFacts agreement) {
    table.row(name(agreement), "");
    if (agreement.invoiced != null) {
      table.pill("accepted", "good");
    } else if (agreement.refusal != null) {
      table.pill("refused", "bad");
    } else {
      table.cell("none yet");
    }
    table.number(Text.about(agreement.accepted())).count(agreement.notes);
    var terms = agreement.terms;
    var known = agreement.activityFrom >= 0 && agreement.activityTo >= 0;
    var lasted = agreement.activityTo - agreement.activityFrom;
    table.number(known ? Text.time(lasted) : "–");
    table.cell(known && terms != null ? most(terms, lasted) : "–");
    table.cell(terms == null ? "–" : prices(terms));
    table.id(agreement.id);
    var end = agreement.terminated;
    table.cell(
        end == null
            ? "–"
            : (end.byProvider() ? "provider: " : "run: ") + Words.beginning(end.reason(), 120));
    table.end();
  }

  private static String prices(RunEvent.RentalOpened terms) {
    return "%s to start, %s/h, and %s/h for each busy thread"
        .formatted(
            Text.about(terms.startPrice()),
            Text.about(terms.envSecondPrice().multiply(HOUR)),
            Text.about(terms.cpuSecondPrice().multiply(HOUR)));
  }

  /** What it can have cost at the most: {@code 0.001 + 0.0017 + 4 × 0.0069 = 0.0303}. */
  private static String most(RunEvent.RentalOpened terms, long milliseconds) {
    var seconds = BigDecimal.valueOf(milliseconds, 3);
    var thread = terms.cpuSecondPrice().multiply(seconds);
    var env = terms.envSecondPrice().multiply(seconds);
    var threads = BigDecimal.valueOf(terms.threads());
    return "%s + %s + %d × %s = %s"
        .formatted(
            Text.about(terms.startPrice()),
            Text.about(env),
            terms.threads(),
            Text.about(thread),
            Text.about(terms.startPrice().add(env).add(thread.multiply(threads))));
  }
}
