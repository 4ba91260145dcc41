package org.golempipeline.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.plan.FragmentPlan;
import org.golempipeline.plan.OutputNames;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.plan.Warnings;
import org.golempipeline.spec.Archive;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Shell;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Turns the outputs of one stage into its result. A result that all fragments share is made while
 * they still arrive, in fragment order; several results are made one after the other at the end.
 * What is to be published waits in the run's folder. Used by one thread at a time.
 */
final class StageMerge implements AutoCloseable {
  private static final int LONGEST_VALUE = 64 * 1024;

  private final StageRuntime runtime;
  private final StagePlan stage;
  private final StageFragments fragments;
  private final StageOutputs outputs;
  private final List<InputFile> inputs;
  private final OutputNames names;
  private final Map<String, String> values;
  private final Shell shell;
  private final Warnings warnings;
  private final Path staged;
  private final Path work;
  private final ArchiveReader reader = new ArchiveReader();
  private final BitSet done = new BitSet();
  private final BitSet gone = new BitSet();
  private final List<ResultFile> results = new ArrayList<>();
  private final Set<String> taken = new HashSet<>();
  private int next;
  private @Nullable Merger merger;
  private @Nullable PackedOutput packed;
  private @Nullable Path target;

  /**
   * A file of the result.
   *
   * @param path where it is to be published, relative to the pipeline file; empty if it is not
   * @param file where it is
   * @param inPlace whether that is its place, where an earlier run published it
   */
  record ResultFile(String path, Path file, boolean inPlace, long size) {
    /** One that was just made. */
    ResultFile(String path, Path file, long size) {
      this(path, file, false, size);
    }
  }

  /**
   * The result of a stage.
   *
   * @param key what it depends on, null if that is not known
   */
  record StageResult(List<ResultFile> files, @Nullable String key) {
    static final StageResult NONE = new StageResult(List.of(), null);
  }

  StageMerge(
      StageRuntime runtime,
      List<InputFile> inputs,
      Map<String, String> values,
      Shell shell,
      RunFolder folder,
      Warnings warnings) {
    this.runtime = runtime;
    this.stage = runtime.plan();
    this.fragments = runtime.fragments();
    this.outputs = runtime.outputs();
    this.inputs = List.copyOf(inputs);
    this.names = new OutputNames(stage.spec(), values);
    this.values = values;
    this.shell = shell;
    this.warnings = warnings;
    this.staged = folder.staged().resolve(stage.name().value());
    this.work = folder.work().resolve("merge-" + stage.name());
  }

  /** Takes outputs that have arrived, and fragments that will leave none. */
  void feed(FragmentSet arrived, FragmentSet missing) throws IOException, StrategyException {
    arrived.forEach(done::set);
    missing.forEach(gone::set);
    if (runtime.earlier().isPresent() || atTheEnd()) {
      return;
    }
    while (done.get(next) || gone.get(next)) {
      if (done.get(next)) {
        if (collects()) {
          collect(next);
        } else {
          addTo(merger(), next);
        }
      }
      next++;
    }
  }

  /** Whether nothing is made before the last output is there. */
  private boolean atTheEnd() {
    return switch (stage.merge().result()) {
      case FIRST, TREE -> true;
      case FILES -> packs() && !oneResult();
      case FILE, VALUE -> !oneResult();
    };
  }

  /** Whether the output of a fragment is part of the result. */
  boolean counts(int fragment) {
    return done.get(fragment);
  }

  /**
   * Completes the result.
   *
   * @param winner the only fragment that counts, or -1
   */
  StageResult finish(int winner) throws IOException, StrategyException {
    if (winner >= 0) {
      done.clear();
      done.set(winner);
    }
    if (runtime.earlier().isPresent()) {
      results.addAll(runtime.earlier().get());
      return new StageResult(List.copyOf(results), runtime.fingerprint());
    }
    if (winner >= 0) {
      collectWinner(winner);
    } else if (stage.merge().result() == Result.TREE) {
      collectRoots();
    } else if (packs()) {
      finishPacks();
    } else if (!collects() && oneResult()) {
      close(merger(), path());
    } else if (!collects()) {
      finishGroups();
    }
    return new StageResult(List.copyOf(results), key(winner));
  }

  /** Of a search that has a winner it does not matter what others did not come to. */
  private @Nullable String key(int winner) {
    var print = runtime.fingerprint();
    if (print != null && winner >= 0) {
      return print + " of " + winner;
    }
    return gone.isEmpty() ? print : null;
  }

  /** The result lies elsewhere from now on. */
  void moved(ResultFile to) {
    results.set(0, to);
  }

  /**
   * The result that {@code some} fragments whose outputs are here would have, in a file that the
   * caller removes; empty if there are none.
   */
  Optional<Path> soFar(FragmentSet some) throws IOException, StrategyException {
    if (some.isEmpty()) {
      return Optional.empty();
    }
    var file = work.resolve("so-far");
    Files.createDirectories(work);
    Files.deleteIfExists(file);
    try (var merging = open(file)) {
      for (var index : some.toArray()) {
        addTo(merging, index);
      }
      finish(merging, file);
    }
    return Optional.of(file);
  }

  /** The single line that a {@code value} merge made, without its end. */
  String value() throws IOException {
    var file = results.get(0).file();
    if (Files.size(file) > LONGEST_VALUE) {
      throw new IOException("a value of more than 64 KiB");
    }
    var text = Files.readString(file, StandardCharsets.UTF_8);
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  /** The result as later stages read it. */
  List<InputFile> asInput() {
    if (!collects()) {
      return results.stream()
          .map(
              result ->
                  new InputFile(result.file(), 0, result.size(), names.downstream(result.path())))
          .toList();
    }
    var files = new ArrayList<InputFile>();
    done.stream()
        .forEach(index -> outputs.get(index).forEach(part -> files.add(inputOf(index, part))));
    return files;
  }

  /**
   * The single output of a fragment as a stage that follows it reads it; an empty file of the right
   * name while it is not there.
   */
  InputFile asInput(int fragment) {
    var parts = outputs.get(fragment);
    return inputOf(
        fragment, parts.isEmpty() ? new StageOutputs.Part("", Path.of(""), 0, 0) : parts.get(0));
  }

  /**
   * The single output of a fragment as a tree combines it, which is not yet a result; empty if it
   * left none.
   */
  Optional<InputFile> output(int fragment) {
    return outputs.get(fragment).stream()
        .findFirst()
        .map(part -> file(part, names.collected(fragments.get(fragment), part.name())));
  }

  private InputFile inputOf(int fragment, StageOutputs.Part part) {
    return file(part, names.downstream(fragments.get(fragment), part.name()));
  }

  private static InputFile file(StageOutputs.Part part, String name) {
    return new InputFile(part.archive(), part.offset(), part.size(), name);
  }

  private boolean collects() {
    return stage.merge().result() == Result.FILES;
  }

  private boolean packs() {
    return collects()
        && stage.spec().output() != null
        && Archive.named(stage.spec().output().toString()).isPresent();
  }

  private boolean oneResult() {
    return names.samePathForAll();
  }

  private String path() throws StrategyException {
    return fragments.count() == 0 ? names.pathForAll() : names.path(fragments.get(0));
  }

  private String valueOf(String name) {
    return values.getOrDefault(name, "");
  }

  private Merger merger() throws IOException, StrategyException {
    if (merger == null) {
      Files.createDirectories(staged);
      Files.createDirectories(work);
      target = staged.resolve(Integer.toString(results.size()));
      merger = open(target);
    }
    return merger;
  }

  private Merger open(Path file) throws IOException, StrategyException {
    var options = new Options(stage.spec().merge().bind(this::valueOf).value());
    return stage.merge().open(new Context(options, file, work, inputs, values, shell, warnings));
  }

  private void addTo(Merger to, int fragment) throws IOException, StrategyException {
    var plan = fragments.get(fragment);
    for (var part : outputs.get(fragment)) {
      to.add(new ReceivedOutput(plan, part, reader, work));
    }
  }

  private void close(Merger finished, String path) throws IOException, StrategyException {
    var file = java.util.Objects.requireNonNull(target);
    finish(finished, file);
    finished.close();
    merger = null;
    results.add(new ResultFile(path, file, Files.size(file)));
  }

  private void finish(Merger merging, Path file) throws IOException, StrategyException {
    merging.finish();
    if (!stays(file)) {
      throw new StrategyException(
          "`merge: %s` left no plain file as its result.".formatted(stage.merge().name()),
          "Let it write the file itself: a link to an output is no result.");
    }
  }

  /** Whether it is a file, or a link to one that does not go with the run. */
  private boolean stays(Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        || Files.isRegularFile(file) && !file.toRealPath().startsWith(work.toRealPath());
  }

  private Map<String, List<Integer>> groups() throws StrategyException {
    var groups = new LinkedHashMap<String, List<Integer>>();
    for (var index = done.nextSetBit(0); index >= 0; index = done.nextSetBit(index + 1)) {
      groups
          .computeIfAbsent(names.path(fragments.get(index)), path -> new ArrayList<>())
          .add(index);
    }
    return groups;
  }

  private void finishGroups() throws IOException, StrategyException {
    for (var group : groups().entrySet()) {
      var merging = merger();
      for (var index : group.getValue()) {
        addTo(merging, index);
      }
      close(merging, group.getKey());
    }
  }

  private void collect(int fragment) throws IOException, StrategyException {
    if (stage.spec().output() == null) {
      return;
    }
    var plan = fragments.get(fragment);
    if (packs()) {
      pack(names.path(plan), plan, fragment);
      return;
    }
    for (var part : outputs.get(fragment)) {
      var file = names.file(plan, part.name());
      if (!taken.add(file)) {
        throw new StrategyException(
            "Two outputs of `%s` are called `%s`.".formatted(stage.name(), file), names.cure());
      }
      stage(file, part);
    }
  }

  private void pack(String path, FragmentPlan plan, int fragment)
      throws IOException, StrategyException {
    if (packed == null) {
      Files.createDirectories(staged);
      target = staged.resolve(Integer.toString(results.size()));
      packed = PackedOutput.open(Archive.named(path).orElseThrow(), target);
      taken.clear();
    }
    for (var part : outputs.get(fragment)) {
      var name = names.collected(plan, part.name());
      if (!taken.add(name)) {
        throw new StrategyException(
            "Two outputs of `%s` are called `%s` in `%s`.".formatted(stage.name(), name, path),
            names.cure());
      }
      try (var content = reader.stream(part)) {
        packed.add(name, part.size(), content);
      }
    }
  }

  private void finishPacks() throws IOException, StrategyException {
    if (oneResult()) {
      closePack(path());
      return;
    }
    for (var group : groups().entrySet()) {
      for (var index : group.getValue()) {
        pack(group.getKey(), fragments.get(index), index);
      }
      closePack(group.getKey());
    }
  }

  private void closePack(String path) throws IOException {
    if (packed == null) {
      Files.createDirectories(staged);
      target = staged.resolve(Integer.toString(results.size()));
      packed = PackedOutput.open(Archive.named(path).orElseThrow(), target);
    }
    packed.close();
    packed = null;
    var file = java.util.Objects.requireNonNull(target);
    results.add(new ResultFile(path, file, Files.size(file)));
  }

  /** Nobody knows what the user's command makes of nothing. */
  private void collectRoots() throws IOException, StrategyException {
    var paths = runtime.tree().paths();
    for (var group = 0; group < paths.size(); group++) {
      for (var part : outputs.get(runtime.tree().layout().root(group))) {
        stage(paths.get(group), part);
      }
    }
    if (results.isEmpty() && oneResult()) {
      throw new StrategyException(
          "There is nothing to combine, since no fragment left an output.",
          "See to it that the split finds something; `concat` makes an empty file of nothing.");
    }
  }

  private void collectWinner(int fragment) throws IOException, StrategyException {
    if (stage.spec().output() != null) {
      collect(fragment);
      return;
    }
    for (var part : outputs.get(fragment)) {
      stage("", part);
    }
  }

  private void stage(String path, StageOutputs.Part part) throws IOException {
    Files.createDirectories(staged);
    var file = staged.resolve(Integer.toString(results.size()));
    reader.copy(part, file);
    results.add(new ResultFile(path, file, part.size()));
  }

  @Override
  public void close() throws IOException {
    if (merger != null) {
      merger.close();
    }
    if (packed != null) {
      packed.close();
    }
    reader.close();
  }

  private record Context(
      Options options,
      Path target,
      Path workingFolder,
      List<InputFile> inputs,
      Map<String, String> variables,
      Shell shell,
      Warnings warnings)
      implements MergeContext {
    @Override
    public void warn(String sentence) {
      warnings.say(sentence);
    }
  }
}
