package org.golempipeline.rehearse;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.golempipeline.batch.SourceFiles;
import org.golempipeline.cache.FileDigests;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.session.Yagna;
import org.golempipeline.image.ServedImages;
import org.golempipeline.journal.GivenUp;
import org.golempipeline.journal.Journal;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.run.EarlierResults;
import org.golempipeline.run.EarlierResultsException;
import org.golempipeline.run.TrialRuns;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.StageSpec;
import org.jspecify.annotations.Nullable;

/**
 * Runs a pipeline twice on local networks, once in peace and once in chaos, and in between looks at
 * some of its fragments one by one. All of it happens in a folder of its own, with results and
 * cache of its own; inputs are read where they are.
 */
public final class Rehearsal {
  /** Fragments of a stage that are tried one by one. */
  private static final int PROBED = 3;

  /** Enough of them that one which is still being closed is not waited for. */
  private static final int PROBE_PROVIDERS = 8;

  /** Where the file sets no budget, what a rehearsal costs is only counted. */
  private static final BigDecimal FUNDS = BigDecimal.valueOf(1_000_000);

  private static final Duration RENTAL_LIMIT = Duration.ofSeconds(30);
  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(5);

  private final Plan plan;
  private final RehearsalSettings settings;
  private final List<String> notes = new ArrayList<>();
  private final TrialRuns trials;

  public Rehearsal(Plan plan, RehearsalSettings settings) {
    this.plan = plan;
    this.settings = settings;
    this.trials =
        new TrialRuns(
            settings.file(),
            settings.duration(),
            settings.shell(),
            settings.images(),
            settings.clock());
  }

  /** A run that ended, and where its results are. */
  private record Done(Plan plan, Path runFolder, RunWatch watch, RunFigures figures) {}

  /**
   * Does all of it; to be called once.
   *
   * @throws InterruptedException if {@link #stop} was called
   */
  public RehearsalResult run() throws IOException, InterruptedException {
    var chaos = settings.chaos();
    var cast = chaos.cast(settings.workers(), settings.seed());
    var honest = cast.stream().map(each -> Persona.HONEST).toList();
    settings.say().accept("Running it in peace …");
    var calm = run("calm", Chaos.CALM, honest);
    settings.say().accept("Trying fragments one by one …");
    var findings = probe(calm);
    if (!calm.figures().finished()) {
      return result(cast, calm.figures(), null, null, findings);
    }
    settings.say().accept("Running it again: %s, seed %d …".formatted(chaos, settings.seed()));
    var chaotic = run("chaos", chaos, cast);
    var difference = chaotic.figures().finished() ? difference(calm, chaotic) : null;
    return result(cast, calm.figures(), chaotic.figures(), difference, findings);
  }

  private RehearsalResult result(
      List<Persona> cast,
      RunFigures calm,
      @Nullable RunFigures chaotic,
      @Nullable String difference,
      List<Finding> findings) {
    return new RehearsalResult(
        settings.file(),
        settings.chaos(),
        settings.seed(),
        cast,
        calm,
        chaotic,
        difference,
        RehearsedPlan.isRace(plan),
        plan.spec().stages().stream().allMatch(stage -> stage.verify() != null),
        findings,
        notes);
  }

  /** Ends it early; may be called from any thread, more than once. */
  public void stop() {
    trials.stop();
  }

  // ---- whole runs

  private Done run(String name, Chaos chaos, List<Persona> cast)
      throws IOException, InterruptedException {
    trials.goOn();
    var results = Files.createDirectories(settings.home().resolve(name));
    var own = RehearsedPlan.of(plan, results, settings.sample());
    var id = settings.id() + "-" + name;
    var folder = TrialRuns.folder(own, id);
    var watch = new RunWatch(own);
    var budget = plan.spec().budget();
    try (var nodes =
            new LocalNodes(chaos, cast, settings.seed(), settings.scratch(), settings.store());
        var journal = Journal.create(folder.resolve("journal.ndjson"))) {
      trials.run(
          own,
          id,
          session(name),
          settings.workers(),
          budget == null ? FUNDS : budget,
          nodes,
          List.of(journal, watch));
    }
    return new Done(own, folder, watch, watch.figures());
  }

  /** The same one for the same seed, so that what the scheduler draws repeats as well. */
  private String session(String name) {
    var text = "%s %s %d".formatted(name, settings.chaos(), settings.seed());
    return UUID.nameUUIDFromBytes(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .toString();
  }

  // ---- results

  private static @Nullable String difference(Done calm, Done chaotic) throws IOException {
    var expected = TrialRuns.results(calm.plan());
    var found = TrialRuns.results(chaotic.plan());
    for (var name : expected.keySet()) {
      if (!found.containsKey(name)) {
        return "`%s` is missing".formatted(name);
      }
      var at = Files.mismatch(expected.get(name), found.get(name));
      if (at >= 0) {
        return "`%s` differs from byte %d on".formatted(name, at);
      }
    }
    var others = new TreeSet<>(found.keySet());
    others.removeAll(expected.keySet());
    if (!others.isEmpty()) {
      return "`%s` is one file too many".formatted(others.first());
    }
    for (var value : calm.watch().values().entrySet()) {
      var other = chaotic.watch().values().get(value.getKey());
      if (!value.getValue().equals(other)) {
        return "the value of stage `%s` is another".formatted(value.getKey());
      }
    }
    return null;
  }

  // ---- single fragments

  private List<Finding> probe(Done calm) throws IOException, InterruptedException {
    trials.goOn();
    var scratch = settings.scratch().get();
    var archives = Files.createDirectories(settings.home().resolve("probes"));
    var findings = new ArrayList<Finding>();
    try (var node =
            LocalNodes.start(scratch, PROBE_PROVIDERS, settings.seed(), true, settings.store());
        var sources = new SourceFiles()) {
      var network = open(node);
      try (var images = served(network)) {
        for (var stage : calm.plan().stages()) {
          findings.addAll(
              probe(
                  calm,
                  stage,
                  recipe ->
                      new ProbeMachine(
                          node,
                          rent(network, stage.spec(), images),
                          archives,
                          sources,
                          recipe,
                          stage.spec().timeouts().idle())));
        }
      } finally {
        var unused =
            network
                .settle(SETTLE_LIMIT)
                .completeOnTimeout(null, 2 * SETTLE_LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
        network.close();
      }
    }
    return findings;
  }

  private List<Finding> probe(Done calm, StagePlan stage, StageProbe.Machines machines)
      throws IOException, InterruptedException {
    var name = stage.name().value();
    var chosen = chosen(calm.watch().done(name));
    if (chosen.isEmpty()) {
      notes.add("Stage `%s` was not looked at: nothing of it was done in peace.".formatted(name));
      return List.of();
    }
    var folder = settings.home().resolve("probes").resolve("earlier-" + stage.number());
    var kept = TrialRuns.cacheFolder(calm.plan());
    try (var cache = ResultCache.open(kept, calm.runFolder().resolve("work"), settings.clock());
        var digests = FileDigests.open(kept, kept, settings.clock(), false);
        var earlier =
            EarlierResults.open(
                calm.plan(),
                GivenUp.read(calm.runFolder()),
                folder,
                cache,
                digests,
                settings.images(),
                settings.shell(),
                settings.clock())) {
      var probe =
          new StageProbe(
              earlier.fragments(stage, chosen),
              Secrets.of(plan.spec().params()),
              machines,
              plan.folder(),
              path -> !path.equals(".golem-pipeline") && !path.equals(".git"),
              settings.clock());
      return probe.findings();
    } catch (EarlierResultsException | ProbeException e) {
      trials.goOn();
      notes.add("Stage `%s` was not looked at: %s.".formatted(name, plain(e)));
      return List.of();
    }
  }

  private String plain(Exception e) {
    return Secrets.of(plan.spec().params())
        .hide(String.valueOf(e.getMessage()))
        .replaceFirst("\\.$", "");
  }

  /** The first, the last and one between. */
  private static List<Integer> chosen(BitSet done) {
    var all = done.stream().boxed().toList();
    if (all.size() <= PROBED) {
      return all;
    }
    return List.of(all.get(0), all.get(all.size() / 2), all.get(all.size() - 1));
  }

  private GolemNetwork open(EmbeddedNode node) throws IOException, InterruptedException {
    var now = settings.clock().instant();
    var terms =
        new SessionTerms(
            session("probes"),
            settings.id() + "-probes",
            BigDecimal.ONE,
            Instant.ofEpochMilli(now.plus(settings.duration()).toEpochMilli()),
            "erc20-hoodi-tglm",
            "public");
    try {
      return get(Yagna.open(LocalNodes.connection(node), terms, event -> {}));
    } catch (ProbeException e) {
      throw new IOException("the node on this machine does not answer: " + e.getMessage(), e);
    }
  }

  private ServedImages served(GolemNetwork network) throws IOException, InterruptedException {
    try {
      return get(settings.images().serve(network));
    } catch (ProbeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private Rental rent(GolemNetwork network, StageSpec stage, ServedImages images)
      throws InterruptedException, ProbeException {
    trials.goOn();
    var image = images.get(stage.image());
    var resources = stage.resources();
    var capabilities = new ArrayList<>(resources.capabilities());
    if (!plan.spec().golem().outbound().isEmpty()) {
      capabilities.add("inet");
    }
    return get(
        network.rent(
            new RentalTerms(
                image.sha3(),
                image.url(),
                resources.threads(),
                resources.memory(),
                resources.storage(),
                capabilities,
                settings.clock().instant().plus(settings.duration()),
                null,
                null,
                null,
                Set.of(),
                Set.of(),
                RENTAL_LIMIT,
                RENTAL_LIMIT)));
  }

  private static <T> T get(CompletableFuture<T> future)
      throws InterruptedException, ProbeException {
    try {
      return future.get(3 * RENTAL_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new ProbeException(String.valueOf(Objects.requireNonNull(e.getCause()).getMessage()));
    } catch (TimeoutException e) {
      throw new ProbeException("no machine answered in time");
    }
  }
}
