package org.golempipeline.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.golempipeline.event.RunEvent;
import org.golempipeline.image.Images;
import org.golempipeline.journal.GivenUp;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.report.Words;
import org.golempipeline.run.EarlierResults;
import org.golempipeline.run.EarlierResultsException;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.schedule.AuditBound;

/** What can be said of a run before it starts, beside its plan. */
final class PlanOutlook {
  /** Numbers of false results for which the chance is said that they go unnoticed. */
  private static final int FEW = 10;

  private static final int MANY = 50;

  /** A share of providers that somebody could own. */
  private static final double FRIENDS = 0.2;

  private final Plan plan;
  private final Target place;
  private final Images images;

  private final Predicate<StagePlan> reuses;

  /**
   * @param place where a run would go
   * @param images as it would find them
   * @param reuses whether a run would use what earlier runs left of a stage
   */
  PlanOutlook(Plan plan, Target place, Images images, Predicate<StagePlan> reuses) {
    this.plan = plan;
    this.place = place;
    this.images = images;
    this.reuses = reuses;
  }

  /**
   * A line for each thing worth saying.
   *
   * @param scratch a folder for what is made on the way
   */
  List<String> lines(Pipeline pipeline, Path scratch) throws IOException, InterruptedException {
    var lines = new ArrayList<String>();
    var kept = new HashMap<String, Integer>();
    if (Files.isDirectory(pipeline.cacheFolder())) {
      addKept(lines, kept, pipeline, scratch);
    }
    addAudits(lines);
    var only = plan.only();
    if (only != null && only.fragment() != null) {
      return lines;
    }
    lines.addAll(Estimate.lines(plan, place, kept, new RunHistories(pipeline.text().folder())));
    return lines;
  }

  /** What a run would take over, as far as it is known before. */
  private void addKept(
      List<String> lines, Map<String, Integer> reused, Pipeline pipeline, Path scratch)
      throws IOException, InterruptedException {
    try (var cache = pipeline.cache(scratch);
        var digests = pipeline.digests(false);
        var results =
            EarlierResults.open(
                plan,
                GivenUp.NOTHING,
                scratch,
                cache,
                digests,
                images,
                pipeline.shell(plan.spec()),
                pipeline.machine().clock())) {
      for (var stage : plan.stages()) {
        var kept = reuses.test(stage) ? results.kept(stage).orElse(null) : null;
        if (kept != null) {
          addKept(lines, stage, kept);
          reused.put(stage.name().value(), kept.reused());
        }
      }
    } catch (EarlierResultsException e) {
      lines.add("from earlier runs: " + e.getMessage());
    }
  }

  private static void addKept(List<String> lines, StagePlan stage, EarlierResults.Kept kept) {
    if (kept.reused() == 0 && kept.reasons().equals(List.of(RunEvent.StageReused.FIRST_RUN))) {
      return;
    }
    var text =
        kept.whole()
            ? "nothing to do, the result is "
                + (stage.spec().output() == null ? "kept" : "in its place")
            : "%s of %s kept"
                .formatted(Words.number(kept.reused()), Words.count(kept.fragments(), "fragment"));
    var why = kept.reasons().isEmpty() ? "" : ": " + String.join(", ", kept.reasons());
    lines.add("from earlier runs, " + stage.name() + ": " + text + why);
  }

  private void addAudits(List<String> lines) {
    for (var stage : plan.stages()) {
      var verify = stage.spec().verify();
      if (verify != null && verify.copies() == 1) {
        var share = verify.audit().doubleValue();
        var alone = new AuditBound(share, 0);
        var text =
            "audits, %s: who falsifies %d results goes unnoticed with a chance of %s, %d with %s"
                .formatted(
                    stage.name(),
                    FEW,
                    percent(alone.unnoticed(FEW)),
                    MANY,
                    percent(alone.unnoticed(MANY)));
        lines.add(
            verify.local()
                ? text
                : text
                    + "; %s if a fifth of the providers vouches for it"
                        .formatted(percent(new AuditBound(share, FRIENDS).unnoticed(MANY))));
      }
    }
  }

  /** The next whole percent above. */
  private static String percent(double chance) {
    return String.format(Locale.ROOT, "at most %.0f %%", Math.ceil(100 * chance));
  }
}
