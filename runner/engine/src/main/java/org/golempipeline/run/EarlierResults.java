package org.golempipeline.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.golempipeline.cache.FileDigests;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.image.Images;
import org.golempipeline.journal.GivenUp;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.schedule.Action;
import org.golempipeline.schedule.Message;
import org.golempipeline.spec.Command;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.SharedFile;
import org.golempipeline.spec.ShellText;
import org.golempipeline.spec.StageName;
import org.golempipeline.strategy.MergeStrategy.Result;

/**
 * A plan as far as the results of earlier runs reach: it is split, looked up and merged as in a
 * run, but nothing is sent anywhere. For a look at one fragment after a run. What {@link #fragment}
 * answers may name files that {@link #close} removes.
 */
public final class EarlierResults implements AutoCloseable {
  private static final Daemons NOBODY =
      new Daemons() {
        @Override
        public GolemConnection network() throws IOException {
          throw new IOException("nothing is rented");
        }

        @Override
        public GolemConnection thisMachine() throws IOException {
          throw new IOException("nothing is rented");
        }
      };

  /** More fragments are not looked for only to say how many there are. */
  private static final int LOOKED_UP = 20_000;

  private final Plan plan;
  private final GivenUp run;
  private final RunFolder folder;
  private final Stages stages;
  private final BlockingQueue<Message> answers = new LinkedBlockingQueue<>();

  /** By stage number: fragments whose outputs are here, and that never had one in the run. */
  private final Map<Integer, BitSet> found = new HashMap<>();

  private final Map<Integer, BitSet> gone = new HashMap<>();

  private EarlierResults(
      Plan plan, GivenUp run, RunSettings settings, LocalShell shell, Clock clock) {
    this.plan = plan;
    this.run = run;
    this.folder = new RunFolder(settings.runFolder());
    var discretion = new Discretion(Secrets.of(plan.spec().params()));
    this.stages =
        new Stages(
            plan,
            settings,
            folder,
            new Reuse(plan, settings),
            shell,
            message -> answers.add(discretion.hide(message)));
  }

  /**
   * @param run what the run that is looked at left out
   * @param folder for files that are needed while this is open; removed by {@link #close}
   */
  public static EarlierResults open(
      Plan plan,
      GivenUp run,
      Path folder,
      ResultCache cache,
      FileDigests digests,
      Images images,
      LocalShell shell,
      Clock clock)
      throws IOException {
    var settings =
        new RunSettings(
            "",
            "",
            "",
            Target.LOCAL,
            1,
            BigDecimal.ZERO,
            folder,
            NOBODY,
            Duration.ZERO,
            cache,
            digests,
            true,
            Set.of(),
            false,
            false,
            images);
    var results = new EarlierResults(plan, run, settings, shell, clock);
    results.folder.create();
    return results;
  }

  /**
   * What a provider gets for fragment {@code index} of {@code stage}, but for secrets. To be called
   * once.
   *
   * @throws EarlierResultsException if there is no such fragment, or an output that it needs is not
   *     in the cache
   */
  public PlannedFragment fragment(StagePlan stage, int index)
      throws EarlierResultsException, IOException, InterruptedException {
    return fragments(stage, List.of(index), secrets()).get(0);
  }

  /** The same for several fragments of a stage, with secrets: for programs, not for a folder. */
  public List<PlannedFragment> fragments(StagePlan stage, List<Integer> indexes)
      throws EarlierResultsException, IOException, InterruptedException {
    return fragments(stage, indexes, Set.of());
  }

  private List<PlannedFragment> fragments(
      StagePlan stage, List<Integer> indexes, Set<String> withheld)
      throws EarlierResultsException, IOException, InterruptedException {
    var needed = needed(stage);
    for (var earlier : plan.stages()) {
      if (needed.contains(earlier.name())) {
        settle(earlier, isNeededWhole(earlier, stage, needed));
      }
    }
    expand(stage);
    var runtime = stages.runtime(stage.number());
    var count = runtime.fragments().count();
    for (var index : indexes) {
      if (index < 0 || index >= count) {
        throw new EarlierResultsException(
            "Stage `%s` has no fragment %d.".formatted(stage.name(), index),
            count == 0 ? null : "Its fragments are numbered from 0 to %d.".formatted(count - 1));
      }
    }
    if (stage.flow() == StagePlan.Flow.TREE) {
      lookUpTree(stage, indexes.stream().mapToInt(Integer::intValue).max().orElse(0));
    }
    var planned = new ArrayList<PlannedFragment>();
    for (var index : indexes) {
      for (var each : sources(stage, index)) {
        if (isLost(each)) {
          throw missing(plan.stages().get(each.stage()), FragmentSet.of(each.fragment()));
        }
      }
      planned.add(planned(runtime, index, withheld));
    }
    return planned;
  }

  /**
   * What earlier runs left of a stage.
   *
   * @param whole whether its result itself is there and nothing has changed since
   * @param reasons what has changed, in words
   */
  public record Kept(int fragments, int reused, boolean whole, List<String> reasons) {
    public Kept {
      reasons = List.copyOf(reasons);
    }
  }

  /**
   * What a run would take over of {@code stage}; empty if that is known only during a run, or takes
   * long to find out.
   */
  public Optional<Kept> kept(StagePlan stage) throws EarlierResultsException, InterruptedException {
    var count = stage.fragments().map(StageFragments::count).orElse(0);
    if (count == 0 || stage.flow() != StagePlan.Flow.WHOLE || !stage.needed().isEmpty()) {
      return Optional.empty();
    }
    expand(stage);
    if (stages.runtime(stage.number()).earlier().isPresent()) {
      return Optional.of(new Kept(count, count, true, List.of()));
    }
    if (count > LOOKED_UP) {
      return Optional.empty();
    }
    stages.perform(new Action.LookUp(stage.number(), FragmentSet.range(0, count)));
    var looked = await(Message.LookedUp.class);
    var reused = looked.reused().size();
    var reasons = reused == count ? List.<String>of() : looked.reasons();
    return Optional.of(new Kept(count, reused, false, reasons));
  }

  private PlannedFragment planned(StageRuntime runtime, int index, Set<String> withheld) {
    var stage = runtime.plan();
    var mentioned = new TreeSet<String>();
    var spec = stage.spec();
    if (spec.run() instanceof Command.Shell shell) {
      mentioned.addAll(shell.text().mentioned(withheld));
    } else if (spec.run() instanceof Command.Argv argv) {
      argv.words().forEach(word -> mentioned.addAll(word.names()));
      mentioned.retainAll(withheld);
    }
    for (var text : new ShellText[] {spec.setup(), spec.accept()}) {
      if (text != null) {
        mentioned.addAll(text.mentioned(withheld));
      }
    }
    var accept = new HashMap<>(runtime.judged(index));
    accept.keySet().removeAll(withheld);
    return new PlannedFragment(
        stage,
        index,
        runtime.fragments().get(index).label(),
        runtime.recipe(spec.timeouts().run(), withheld),
        runtime.work(index, withheld),
        accept,
        mentioned);
  }

  private Set<String> secrets() {
    var secrets = new HashSet<String>();
    plan.spec()
        .params()
        .forEach(
            (name, value) -> {
              if (value.secret()) {
                secrets.add(name);
              }
            });
    return secrets;
  }

  // ---- stages before it

  private Set<StageName> needed(StagePlan stage) {
    var needed = new HashSet<StageName>();
    var next = new ArrayDeque<>(List.of(stage));
    while (!next.isEmpty()) {
      var each = next.remove();
      for (var earlier : each.needed()) {
        if (needed.add(earlier)) {
          next.add(plan.stage(earlier));
        }
      }
    }
    return needed;
  }

  /** Whether the result of {@code stage} is read, and not only what single fragments left. */
  private boolean isNeededWhole(StagePlan stage, StagePlan target, Set<StageName> needed) {
    for (var reader : plan.stages()) {
      if (!reader.equals(target) && !needed.contains(reader.name())) {
        continue;
      }
      var single =
          reader.flow() != StagePlan.Flow.WHOLE
              && reader.spec().from().contains(stage.name())
              && reader.spec().files().stream()
                  .noneMatch(
                      file ->
                          file.origin() instanceof SharedFile.Origin.Stage from
                              && from.stage().equals(stage.name()));
      if (!single && reader.needed().contains(stage.name())) {
        return true;
      }
    }
    return false;
  }

  private void settle(StagePlan stage, boolean whole)
      throws EarlierResultsException, InterruptedException {
    expand(stage);
    var count = stages.runtime(stage.number()).fragments().count();
    var winners =
        stage.flow() == StagePlan.Flow.TREE
            ? lookUpTree(stage, count)
            : lookUp(stage, ready(stage, count));
    if (!whole) {
      return;
    }
    var first = stage.merge().result() == Result.FIRST;
    var winner = first ? run.winner(stage.name().value()).orElse(lowest(winners)) : -1;
    var done = found(stage.number());
    var lost = FragmentSet.range(0, count).toBitSet();
    lost.andNot(done);
    lost.andNot(gone(stage.number()));
    if (winner >= 0 ? !done.get(winner) : !lost.isEmpty()) {
      throw missing(stage, winner >= 0 ? FragmentSet.of(winner) : FragmentSet.of(lost));
    }
    if (winner >= 0) {
      done = FragmentSet.of(winner).toBitSet();
    }
    var absent = FragmentSet.range(0, count).toBitSet();
    absent.andNot(done);
    stages.perform(new Action.Feed(stage.number(), FragmentSet.of(done), FragmentSet.of(absent)));
    stages.perform(new Action.FinishMerge(stage.number(), winner, 0));
    await(Message.Merged.class);
  }

  private static int lowest(FragmentSet winners) {
    return winners.isEmpty() ? -1 : winners.toArray()[0];
  }

  private static EarlierResultsException missing(StagePlan stage, FragmentSet fragments) {
    var several = fragments.size() > 1;
    return new EarlierResultsException(
        "The %s of stage `%s` %s needed, and no run left %s here: fragment%s %s."
            .formatted(
                several ? "outputs" : "output",
                stage.name(),
                several ? "are" : "is",
                several ? "them" : "it",
                several ? "s" : "",
                shortened(fragments)),
        "Run the pipeline first, with the same params and on the same place: what succeeds is kept"
            + " for `repro`.");
  }

  private static String shortened(FragmentSet fragments) {
    var text = fragments.toString();
    return text.length() <= 60 ? text : text.substring(0, text.lastIndexOf(',', 60) + 1) + "…";
  }

  // ---- fragments

  /** A fragment whose output another one reads. */
  private record Source(int stage, int fragment) {}

  private List<Source> sources(StagePlan stage, int index) {
    var runtime = stages.runtime(stage.number());
    if (stage.flow() == StagePlan.Flow.TREE) {
      var leaves = plan.stage(stage.spec().from().get(0)).number();
      var layout = runtime.tree().layout();
      return java.util.stream.IntStream.range(0, layout.childCount(index))
          .map(position -> layout.child(index, position))
          .mapToObj(
              child ->
                  layout.isLeaf(child)
                      ? new Source(leaves, child)
                      : new Source(stage.number(), layout.asNode(child)))
          .toList();
    }
    if (stage.flow() == StagePlan.Flow.FOLLOWING) {
      var followed =
          StageRuntime.followed(stages.followed(stage), index / runtime.fragments().combinations());
      return List.of(new Source(followed.stage().plan().number(), followed.fragment()));
    }
    return List.of();
  }

  private boolean isLost(Source source) {
    return !found(source.stage()).get(source.fragment())
        && !gone(source.stage()).get(source.fragment());
  }

  /** Whether anything it reads is here, and nothing of it is lost. */
  private boolean isReady(StagePlan stage, int index) {
    var sources = sources(stage, index);
    return sources.stream().noneMatch(this::isLost)
        && (sources.isEmpty()
            || sources.stream().anyMatch(each -> found(each.stage()).get(each.fragment())));
  }

  private FragmentSet ready(StagePlan stage, int count) {
    var ready = new BitSet();
    for (var index = 0; index < count; index++) {
      noteGone(stage, index);
      ready.set(index, isReady(stage, index));
    }
    return FragmentSet.of(ready);
  }

  /** Who reads only what is gone leaves nothing either. */
  private void noteGone(StagePlan stage, int index) {
    var sources = sources(stage, index);
    if (!sources.isEmpty()
        && sources.stream().allMatch(each -> gone(each.stage()).get(each.fragment()))) {
      gone(stage.number()).set(index);
    }
  }

  /** Nodes before {@code end}, one after the other: each may read what one before it left. */
  private FragmentSet lookUpTree(StagePlan stage, int end)
      throws EarlierResultsException, InterruptedException {
    for (var index = 0; index < end; index++) {
      noteGone(stage, index);
      if (isReady(stage, index)) {
        lookUp(stage, FragmentSet.of(index));
      }
    }
    return FragmentSet.EMPTY;
  }

  private FragmentSet lookUp(StagePlan stage, FragmentSet fragments)
      throws EarlierResultsException, InterruptedException {
    stages.perform(new Action.LookUp(stage.number(), fragments));
    var looked = await(Message.LookedUp.class);
    found(stage.number()).or(looked.reused().toBitSet());
    return looked.winners();
  }

  private void expand(StagePlan stage) throws EarlierResultsException, InterruptedException {
    stages.perform(new Action.Expand(stage.number()));
    await(Message.Expanded.class);
    gone(stage.number()).or(run.of(stage.name().value()).toBitSet());
  }

  private BitSet found(int stage) {
    return found.computeIfAbsent(stage, number -> new BitSet());
  }

  private BitSet gone(int stage) {
    return gone.computeIfAbsent(stage, number -> new BitSet());
  }

  private <M extends Message> M await(Class<M> type)
      throws EarlierResultsException, InterruptedException {
    while (true) {
      var answer = answers.take();
      if (answer instanceof Message.StageBroken broken) {
        throw EarlierResultsException.of(broken.failure());
      }
      if (type.isInstance(answer)) {
        return type.cast(answer);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      stages.close();
    } finally {
      folder.clean();
      Files.deleteIfExists(folder.root());
    }
  }
}
