package org.golempipeline.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.golempipeline.cache.ChangedInputException;
import org.golempipeline.cache.ContentKeys;
import org.golempipeline.cache.Digest;
import org.golempipeline.cache.FileDigests;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.cache.ResultCache.Found;
import org.golempipeline.cache.ResultCache.Kept;
import org.golempipeline.cache.StageContent;
import org.golempipeline.cache.StageFingerprint;
import org.golempipeline.cache.StageMemory;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.run.StageMerge.ResultFile;
import org.golempipeline.schedule.Message;
import org.golempipeline.spec.Command;
import org.golempipeline.spec.Verify;
import org.golempipeline.strategy.InputFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What a run takes over from earlier ones and leaves for later ones: results of fragments by their
 * content keys, what stages depended on, and who gave false results. Safe for use by several
 * threads.
 */
final class Reuse {
  private final Plan plan;
  private final RunSettings settings;
  private final ResultCache cache;
  private final FileDigests digests;
  private final Path folder;
  private final BannedProviders bans;
  private final Set<String> banned;

  /** By stage number, why results that are there were not verified well enough. */
  private final Map<Integer, Set<String>> doubts = new ConcurrentHashMap<>();

  Reuse(Plan plan, RunSettings settings) {
    this.plan = plan;
    this.settings = settings;
    this.cache = settings.cache();
    this.digests = settings.digests();
    this.folder = plan.results().resolve(".golem-pipeline");
    this.bans = new BannedProviders(folder);
    this.banned = new ConcurrentSkipListSet<>(bannedBefore());
  }

  private Set<String> bannedBefore() {
    try {
      return bans.all().keySet();
    } catch (IOException e) {
      LoggerFactory.getLogger(Reuse.class).debug("bans cannot be read", e);
      return Set.of();
    }
  }

  /** The content keys of a stage's fragments. */
  ContentKeys keys(StageRuntime stage) throws IOException {
    var spec = stage.plan().spec();
    return new ContentKeys(
        new StageContent(
            stage.recipe(spec.timeouts().run()),
            settings.images().content(spec.image()),
            spec.run(),
            new StageContent.Split(
                stage.plan().split().name(),
                stage.plan().split().version(),
                spec.split().options()),
            spec.accept(),
            plan.spec().params(),
            stage.earlierValues(),
            hasTwin(stage.plan()) ? name(stage.plan()) : ""),
        digests);
  }

  /** Whether a stage before this one gives its fragments the same command to run. */
  private boolean hasTwin(StagePlan stage) {
    return plan.stages().stream()
        .anyMatch(
            other ->
                other.number() < stage.number()
                    && text(other.spec().run()).equals(text(stage.spec().run())));
  }

  private static String text(Command run) {
    return run instanceof Command.Shell shell ? shell.text().text() : run.toString();
  }

  /**
   * What the result of a stage depends on, null if that cannot be told.
   *
   * @param upstream what the results of the stages that it reads depend on
   */
  @Nullable String fingerprint(
      StageRuntime stage, List<InputFile> inputs, List<@Nullable String> upstream)
      throws IOException {
    var spec = stage.plan().spec();
    var print = new StageFingerprint(stage.keys(), stage.atStart());
    print.text("split", String.valueOf(spec.split().options().value()));
    print.text("matrix", spec.matrix().toString());
    print.text("merge", stage.plan().merge().name() + " " + stage.plan().merge().version());
    print.text("options", String.valueOf(spec.merge().options().value()));
    print.text("output", String.valueOf(spec.output()));
    print.text("verify", String.valueOf(spec.verify()));
    print.text("banned", String.join(" ", banned));
    print.text("most fragments", String.valueOf(plan.mostFragments()));
    new TreeMap<>(stage.earlierValues()).forEach(print::text);
    upstream.forEach(print::upstream);
    if (upstream.isEmpty()) {
      print.inputs(inputs).fragments(stage.fragments().ofSplit());
    }
    return print.end().orElse(null);
  }

  /** Whether results of whole stages are used, which are known by what the system says of files. */
  boolean knowsStages() {
    return settings.reuse() && !digests.rehashes();
  }

  /** Looks for results of earlier runs, and makes those that are whole the stage's outputs. */
  Message.LookedUp lookUp(StageRuntime stage, FragmentSet asked, boolean last) throws IOException {
    if (stage.earlier().isPresent()) {
      return new Message.LookedUp(
          stage.plan().number(), asked, asked, FragmentSet.EMPTY, Map.of(), List.of());
    }
    var reused = new BitSet();
    var winners = new BitSet();
    var makers = new TreeMap<String, BitSet>();
    for (var index : asked.toArray()) {
      var found = find(stage, index);
      if (found.isPresent()) {
        stage.outputs().put(index, parts(found.get()));
        reused.set(index);
        winners.set(index, found.get().parts().stream().anyMatch(part -> part.size() > 0));
        makers.computeIfAbsent(found.get().provider(), each -> new BitSet()).set(index);
      }
    }
    var sets = new TreeMap<String, FragmentSet>();
    if (stage.plan().spec().verify() != null) {
      makers.forEach((maker, made) -> sets.put(maker, FragmentSet.of(made)));
    }
    return new Message.LookedUp(
        stage.plan().number(),
        asked,
        FragmentSet.of(reused),
        FragmentSet.of(winners),
        sets,
        last ? reasons(stage) : List.of());
  }

  /** What was verified also serves a stage that asks for less, and not the other way round. */
  private Optional<Found> find(StageRuntime stage, int index) throws IOException {
    var key = stage.fragmentKeys().get(index);
    var verify = askedOfStrangers(stage);
    if (verify == null) {
      var found = cache.find(key).filter(this::usable);
      return found.isPresent() ? found : cache.find(ContentKeys.verified(key)).filter(this::usable);
    }
    var found = cache.find(ContentKeys.verified(key));
    if (found.isPresent() && covers(found.get(), verify)) {
      return found.filter(this::usable);
    }
    if (found.isPresent()) {
      doubt(
          stage,
          found.get().verified() == null
              ? "how it was verified is unknown"
              : "verify asks for more");
    } else if (cache.find(key).isPresent()) {
      doubt(stage, "verify added");
    }
    return Optional.empty();
  }

  /** How results must have been verified; what this machine computed it need not doubt. */
  private @Nullable Verify askedOfStrangers(StageRuntime stage) {
    return settings.images().areOnNetwork() ? stage.plan().spec().verify() : null;
  }

  private static boolean covers(Found found, Verify asked) {
    return found.verified() != null && found.verified().covers(asked);
  }

  private void doubt(StageRuntime stage, String why) {
    doubts.computeIfAbsent(stage.plan().number(), number -> new ConcurrentSkipListSet<>()).add(why);
  }

  private boolean usable(Found found) {
    if (banned.contains(found.provider()) || !cache.intact(found)) {
      cache.remove(found);
      return false;
    }
    return true;
  }

  private List<StageOutputs.Part> parts(Found found) {
    var parts = new ArrayList<StageOutputs.Part>(found.parts().size());
    for (var part : found.parts()) {
      digests.know(found.pack(), part.offset(), part.size(), part.digest());
      parts.add(new StageOutputs.Part(part.name(), found.pack(), part.offset(), part.size()));
    }
    return parts;
  }

  private List<String> reasons(StageRuntime stage) {
    var changes =
        StageMemory.reasons(
            StageMemory.read(folder, plan.spec().name(), name(stage.plan())),
            stage.keys().memory().awaiting(stage.awaited()));
    var reasons = new ArrayList<>(doubts.getOrDefault(stage.plan().number(), Set.of()));
    if (reasons.isEmpty() || !changes.equals(List.of(RunEvent.StageReused.FIRST_RUN))) {
      reasons.addAll(changes);
    }
    return reasons;
  }

  /** A path for an archive that is to come back. */
  Path newPack() throws IOException {
    return cache.newPack();
  }

  /**
   * Keeps the outputs of fragments for later runs, but for those whose input changed while they
   * were computed.
   *
   * @param provider who left them; empty if a stage with copies takes several at their word
   * @param parts by fragment, ranges of {@code pack}
   * @return the same outputs where they lie now
   * @throws ChangedInputException if such an input changed; the others are kept
   */
  Map<Integer, List<StageOutputs.Part>> keep(
      StageRuntime stage, String provider, Path pack, Map<Integer, List<StageOutputs.Part>> parts)
      throws IOException {
    var verify = stage.plan().spec().verify();
    var kept = new ArrayList<Kept>();
    var changed = -1;
    for (var each : new TreeMap<>(parts).entrySet()) {
      var key = stage.fragmentKeys().get(each.getKey());
      if (stage.fragmentKeys().stillHolds(each.getKey())) {
        var under = verify == null ? key : ContentKeys.verified(key);
        forgetWorse(under, askedOfStrangers(stage));
        kept.add(new Kept(under, provider, verify, ranges(each.getValue())));
      } else {
        changed = each.getKey();
      }
    }
    var now = cache.keep(pack, kept);
    now.kept()
        .forEach(
            found ->
                found
                    .parts()
                    .forEach(p -> digests.know(now.file(), p.offset(), p.size(), p.digest())));
    if (changed >= 0) {
      throw stage.changed(changed);
    }
    if (now.file().equals(pack)) {
      return parts;
    }
    var moved = new HashMap<Integer, List<StageOutputs.Part>>();
    parts.forEach(
        (index, list) -> moved.put(index, list.stream().map(part -> part.in(now.file())).toList()));
    return moved;
  }

  /** The merged file that an earlier run kept of a stage with this fingerprint, if it is whole. */
  Optional<ResultFile> merged(String fingerprint) {
    return cache
        .find(StageFingerprint.merged(fingerprint))
        .filter(this::usable)
        .map(found -> parts(found).get(0))
        .map(part -> new ResultFile("", part.archive(), part.size()));
  }

  /**
   * Keeps the merged file of a stage for later runs.
   *
   * @return where it lies now
   */
  ResultFile keepMerged(String fingerprint, ResultFile merged) throws IOException {
    var file = merged.file();
    if (!isOurs(file)) {
      return merged;
    }
    var key = StageFingerprint.merged(fingerprint);
    var pack = newPack();
    Files.move(file, pack);
    var range = new ResultCache.Range("", 0, merged.size());
    var now = cache.keep(pack, List.of(new Kept(key, "", List.of(range))));
    now.kept().forEach(this::parts);
    return new ResultFile(merged.path(), now.file(), merged.size());
  }

  /** A local command may have left a link to a file that is somebody else's. */
  private static boolean isOurs(Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.getAttribute(file, "unix:nlink").equals(1);
  }

  /** What the user is told when a run cannot go on because of a file. */
  Failure failure(ChangedInputException e) {
    var file = e.file().startsWith(plan.folder()) ? plan.folder().relativize(e.file()) : e.file();
    return new Failure(
        FailureKind.COMMAND,
        "`%s` changed while the run was going on.".formatted(file),
        "Run it again: what is unchanged is kept.");
  }

  /** What a liar left, or what was checked less, would stand in the way of what is kept now. */
  private void forgetWorse(Digest key, @Nullable Verify asked) {
    if (asked != null || !banned.isEmpty()) {
      cache
          .find(key)
          .filter(
              found -> banned.contains(found.provider()) || asked != null && !covers(found, asked))
          .ifPresent(cache::remove);
    }
  }

  /**
   * Keeps the answers of {@code batch} that count, in a pack of their own: who else answered, and
   * what is not settled yet, is nothing for later runs.
   */
  void keepAnswers(StageRuntime stage, int batch, FragmentSet fragments) throws IOException {
    var answers = stage.answers().orElseThrow();
    var pack = newPack();
    var moved = new TreeMap<Integer, List<StageOutputs.Part>>();
    var provider = "";
    try (var reader = new ArchiveReader();
        var channel =
            FileChannel.open(pack, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (var index : fragments.toArray()) {
        var answer = answers.get(index, batch);
        var parts = new ArrayList<StageOutputs.Part>(answer.parts().size());
        for (var part : answer.parts()) {
          parts.add(new StageOutputs.Part(part.name(), pack, channel.position(), part.size()));
          reader.copy(part, channel);
        }
        moved.put(index, parts);
        provider = stage.confirms() ? "" : answer.provider();
      }
    }
    keep(stage, provider, pack, moved);
  }

  private static List<ResultCache.Range> ranges(List<StageOutputs.Part> parts) {
    return parts.stream()
        .map(part -> new ResultCache.Range(part.name(), part.offset(), part.size()))
        .toList();
  }

  /**
   * The stage is complete: the next run can say what has changed since. Of a result that an earlier
   * run left nothing was looked at, and what is remembered of it still holds.
   *
   * @param failed fragments that it is complete without
   */
  void remember(StageRuntime stage, int failed) {
    if (stage.earlier().isPresent()) {
      return;
    }
    stage.keys().memory().without(failed).write(folder, plan.spec().name(), name(stage.plan()));
  }

  private static String name(StagePlan stage) {
    return stage.name().value();
  }

  /** Providers that gave false results, in this run or before. */
  Set<String> banned() {
    return Set.copyOf(banned);
  }

  /** Nothing of a provider is used again in this run. */
  void ban(String provider) {
    banned.add(provider);
  }

  /** Nor in any other run of this folder. */
  void rememberBanned(String provider) throws IOException {
    bans.add(provider, "gave false results in run " + settings.runId());
  }
}
