package org.golempipeline.laws;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.report.Words;
import org.golempipeline.spec.Command;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.StrategyUse;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/** Runs one stage in different ways and compares what comes out. */
final class StageTrial {
  /** Makes the plan of a stage that is cut in some way. */
  interface Plans {
    Plan plan(LawsCheck.Trial trial, StrategyUse use, StageFragments fragments, Path results);
  }

  /** Bytes of a file in which there is a zero if it is no text. */
  private static final int BEGINNING = 8192;

  private final LawsCheck.Trial trial;
  private final Sample sample;
  private final SampleRuns runs;
  private final Plans plans;
  private final Consumer<String> say;
  private final List<LawResult> laws = new ArrayList<>();
  private @Nullable Answer answer;

  StageTrial(LawsCheck.Trial trial, SampleRuns runs, Plans plans, Consumer<String> say) {
    this.trial = trial;
    this.sample = trial.sample();
    this.runs = runs;
    this.plans = plans;
    this.say = say;
  }

  StageLaws laws() throws IOException, InterruptedException {
    laws.add(cover());
    if (trial.last().merge().result() == Result.FIRST) {
      return allOthers("`merge: first` takes whichever output is there first", null);
    }
    say("once", sample.use());
    var first = run(sample.use(), sample.fragments(), LawsCheck.WORKERS);
    answer = first;
    if (first.failure() != null) {
      return allOthers("the stage fails on its sample", message(first));
    }
    var steady = twice(first);
    if (!steady) {
      var reason = "two runs that are alike differ already";
      laws.add(LawResult.doesNotApply(Law.ORDER, reason));
      laws.add(LawResult.doesNotApply(Law.WHOLE, reason));
      laws.add(LawResult.doesNotApply(Law.SIZE, reason));
      return report(null);
    }
    laws.add(order(first));
    var nature = nature();
    if (nature != null) {
      laws.add(LawResult.doesNotApply(Law.WHOLE, nature));
      laws.add(LawResult.doesNotApply(Law.SIZE, nature));
    } else {
      laws.add(whole(first));
      laws.add(size(first));
    }
    return report(null);
  }

  /** What the stage came to, once it was run. */
  @Nullable Answer answer() {
    return answer;
  }

  private StageLaws allOthers(String reason, @Nullable String failure) {
    for (var law : Law.values()) {
      if (law != Law.COVER) {
        laws.add(LawResult.doesNotApply(law, reason));
      }
    }
    return report(failure);
  }

  private StageLaws report(@Nullable String failure) {
    return new StageLaws(
        trial.stage().name().value(), sample.figures(trial.from()), failure, failure != null, laws);
  }

  private Answer run(StrategyUse use, StageFragments fragments, int workers)
      throws IOException, InterruptedException {
    var plan = plans.plan(trial, use, fragments, runs.results());
    return runs.run(plan, trial.last().name().value(), workers);
  }

  private void say(String how, StrategyUse use) {
    say.accept("%s: %s, %s …".formatted(trial.stage().name(), how, sample.written(use)));
  }

  private static String message(Answer answer) {
    return answer.failure() == null ? "" : Sampler.plain(answer.failure().message());
  }

  // ---- the laws

  private LawResult cover() throws IOException {
    var fragments = sample.fragments();
    if (!Coverage.isOf(sample.inputs(), fragments)) {
      return LawResult.doesNotApply(Law.COVER, "the split makes the files of its fragments itself");
    }
    try {
      var gap = Coverage.problem(sample.inputs(), fragments);
      var problem =
          gap == null || isOfPlugin()
              ? Coverage.difference(fragments, trial.cutter().cut(sample.use(), sample.inputs()))
              : gap;
      if (gap != null && problem == null) {
        return LawResult.doesNotApply(
            Law.COVER,
            "`%s` may leave out, repeat and replace: ".formatted(sample.use().name()) + gap);
      }
      return problem == null
          ? LawResult.ok(Law.COVER, "every byte of the sample is in one fragment, in order")
          : LawResult.broken(Law.COVER, problem, null, Cures.COVER);
    } catch (StrategyException e) {
      return LawResult.broken(
          Law.COVER,
          "split twice, the same input was refused: " + Sampler.plain(e.getMessage()),
          null,
          Cures.COVER);
    }
  }

  /** A plugin alone knows what its fragments should hold, such as windows that overlap. */
  private boolean isOfPlugin() {
    return sample.use().name().contains("/");
  }

  private boolean twice(Answer first) throws IOException, InterruptedException {
    say("again", sample.use());
    var result =
        compared(
            Law.TWICE,
            first,
            run(sample.use(), sample.fragments(), LawsCheck.WORKERS),
            byBytes(),
            "two runs give the same bytes",
            "a second run of the same",
            Cures.TWICE);
    laws.add(result);
    return result.verdict() == LawResult.Verdict.OK;
  }

  private LawResult order(Answer first) throws IOException, InterruptedException {
    if (sample.fragments().count() < 2) {
      return LawResult.doesNotApply(Law.ORDER, "the sample is one fragment");
    }
    say("with one provider", sample.use());
    return compared(
        Law.ORDER,
        first,
        run(sample.use(), sample.fragments(), 1),
        byBytes(),
        "one provider and %d give the same result".formatted(LawsCheck.WORKERS),
        "a run with one provider instead of %d".formatted(LawsCheck.WORKERS),
        Cures.ORDER);
  }

  /** Why the result depends on the cuts without anything being wrong; null if it should not. */
  private @Nullable String nature() {
    var stage = trial.stage();
    if (trial.last().merge().result() == Result.FILES) {
      return "`merge: %s` combines nothing: what comes out is a file for each fragment"
          .formatted(trial.last().spec().merge().name());
    }
    if (!isOfPlugin() && !Coverage.isOf(sample.inputs(), sample.fragments())) {
      return "the command of `split` decides what the fragments are";
    }
    if (sample.fragments().count() < 2) {
      return "the sample is one fragment";
    }
    var named = named();
    return named.isEmpty()
        ? null
        : "stage `%s` names `$%s`, which tells its fragments apart"
            .formatted(stage.name(), named.first());
  }

  /** What the stage names of that which changes with the cuts. */
  private TreeSet<String> named() {
    var spec = trial.stage().spec();
    var changing = new HashSet<>(List.of("index", "count"));
    if (sample.fragments().count() > 0) {
      changing.addAll(sample.fragments().get(0).fragment().variables().keySet());
    }
    var named = new TreeSet<String>();
    if (spec.run() instanceof Command.Shell shell) {
      named.addAll(shell.text().mentioned(changing));
    } else if (spec.run() instanceof Command.Argv argv) {
      argv.words().forEach(word -> named.addAll(word.names()));
    } else {
      throw new AssertionError(spec.run());
    }
    if (trial.last().spec().output() != null) {
      named.addAll(trial.last().spec().output().names());
    }
    named.retainAll(changing);
    return named;
  }

  private LawResult whole(Answer first) throws IOException, InterruptedException {
    if (sample.knob() == null && trial.stage().shape() != InputShape.FILE) {
      return LawResult.doesNotApply(Law.WHOLE, "a group of files is one thing to the command");
    }
    try {
      var use =
          sample.knob() == null
              ? sample.use()
              : sample.knob().coarsest(sample.use(), sample.bytes());
      var fragments =
          sample.knob() == null
              ? trial.cutter().files(use, sample.inputs())
              : trial.cutter().cut(use, sample.inputs());
      if (fragments.count() >= sample.fragments().count()) {
        return LawResult.doesNotApply(Law.WHOLE, "a fragment is a whole file already");
      }
      say.accept("%s: each file whole …".formatted(trial.stage().name()));
      var whole = run(use, fragments, LawsCheck.WORKERS);
      var fewer = Words.count(fragments.count(), "fragment");
      return withSizeCure(
          compared(
              Law.WHOLE,
              whole,
              first,
              byMerge(),
              "the sample in %s gives the same result".formatted(fewer),
              "the sample in %s instead of %d".formatted(fewer, sample.fragments().count()),
              ""),
          whole,
          first);
    } catch (StrategyException e) {
      return LawResult.doesNotApply(
          Law.WHOLE, "the sample cannot be one fragment: " + Sampler.plain(e.getMessage()));
    }
  }

  private LawResult size(Answer first) throws IOException, InterruptedException {
    if (sample.knob() == null) {
      return LawResult.doesNotApply(
          Law.SIZE, "`split: %s` has no size to change here".formatted(sample.use().name()));
    }
    var tried = new ArrayList<String>();
    for (var other : otherSizes().entrySet()) {
      var use = other.getKey();
      var finer = other.getValue().count() > sample.fragments().count();
      say("with %s fragments".formatted(finer ? "smaller" : "larger"), use);
      var answer = run(use, other.getValue(), LawsCheck.WORKERS);
      var result =
          compared(
              Law.SIZE,
              first,
              answer,
              byMerge(),
              "",
              "`%s` instead of `%s`".formatted(sample.written(use), sample.written(sample.use())),
              "");
      if (result.verdict() == LawResult.Verdict.BROKEN) {
        return laws.get(laws.size() - 1).verdict() == LawResult.Verdict.BROKEN
            ? withCure(result, Cures.SAME)
            : withSizeCure(result, finer ? first : answer, finer ? answer : first);
      }
      tried.add("`" + sample.written(use) + "`");
    }
    return tried.isEmpty()
        ? LawResult.doesNotApply(Law.SIZE, "the sample is too small to be cut in another way")
        : LawResult.ok(
            Law.SIZE,
            String.join(" and ", tried)
                + (tried.size() > 1 ? " give" : " gives")
                + " the same result");
  }

  /** About half and about double, where that makes other fragments. */
  private Map<StrategyUse, StageFragments> otherSizes() throws IOException {
    var knob = java.util.Objects.requireNonNull(sample.knob());
    var sizes = new LinkedHashMap<StrategyUse, StageFragments>();
    for (var use : List.of(knob.finer(sample.use(), 2), knob.coarser(sample.use(), 2))) {
      try {
        var fragments = trial.cutter().cut(use, sample.inputs());
        if (fragments.count() != sample.fragments().count()) {
          sizes.put(use, fragments);
        }
      } catch (StrategyException e) {
        // a size that this split does not take
      }
    }
    return sizes;
  }

  // ---- comparing

  private Comparison byBytes() {
    var verify = trial.stage().spec().verify();
    return verify == null ? Comparison.BYTES : verify.compare();
  }

  /** What a merge does not promise need not be the same. */
  private Comparison byMerge() {
    var asked = byBytes();
    if (!asked.equals(Comparison.BYTES)) {
      return asked;
    }
    return switch (trial.last().merge().name()) {
      case "json" -> new Comparison(Comparison.Form.JSON, BigDecimal.ZERO);
      case "csv" -> new Comparison(Comparison.Form.CSV, BigDecimal.ZERO);
      default -> asked;
    };
  }

  private LawResult compared(
      Law law,
      Answer expected,
      Answer found,
      Comparison how,
      String ok,
      String otherwise,
      String cure)
      throws IOException {
    var failed = expected.failure() != null ? expected : found.failure() != null ? found : null;
    if (failed != null) {
      return LawResult.broken(law, otherwise + " fails: " + message(failed), null, cure);
    }
    var difference = Difference.between(expected, found, how, trial.secrets());
    return difference == null
        ? LawResult.ok(law, ok)
        : LawResult.broken(law, otherwise + " gives another result", difference, cure);
  }

  private static boolean isBinary(@Nullable Path file) throws IOException {
    if (file == null) {
      return false;
    }
    try (var content = Files.newInputStream(file)) {
      for (var each : content.readNBytes(BEGINNING)) {
        if (each == 0) {
          return true;
        }
      }
      return false;
    }
  }

  private static LawResult withCure(LawResult result, String cure) {
    return LawResult.broken(result.law(), result.reason(), result.difference(), cure);
  }

  /** The cure for a result that depends on the cuts, of which {@code cut} has more. */
  private static LawResult withSizeCure(LawResult result, Answer whole, Answer cut)
      throws IOException {
    if (result.verdict() != LawResult.Verdict.BROKEN) {
      return result;
    }
    var path = result.difference() == null ? "" : result.difference().path();
    if (isBinary(whole.results().get(path))) {
      // An encoder that begins anew makes other bytes of the same pictures.
      return LawResult.doesNotApply(
          result.law(), "`%s` is no text, and other bytes may mean the same".formatted(path));
    }
    return withCure(result, Cures.of(whole.results().get(path), cut.results().get(path)));
  }
}
