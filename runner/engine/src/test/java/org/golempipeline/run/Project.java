package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.golempipeline.cache.FileDigests;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.image.ImageRegistry;
import org.golempipeline.golem.wire.NearDaemon;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.image.Images;
import org.golempipeline.image.Inside;
import org.golempipeline.image.Workshop;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.Faults;
import org.golempipeline.node.NodeOptions;
import org.golempipeline.oci.RegistryLogins;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.Planner;
import org.golempipeline.spec.Overrides;
import org.golempipeline.spec.PipelineFiles;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.StageName;
import org.golempipeline.spec.Strategies;
import org.golempipeline.standard.StandardStrategies;
import org.golempipeline.workplace.NodeOnDemand;
import org.jspecify.annotations.Nullable;

/** A folder with a pipeline file, run for real: on an embedded node, with real processes. */
final class Project {
  private static final Strategies STRATEGIES =
      new Strategies(StandardStrategies.splits(), StandardStrategies.merges());

  /** What pipeline files may name. */
  Strategies strategies = STRATEGIES;

  final Path folder;
  final List<RunEvent> events = new ArrayList<>();
  final Map<String, String> params = new HashMap<>();
  final Map<String, String> environment = new HashMap<>();
  int workers = 2;
  boolean overwrite;
  boolean allowOutside;
  Function<Plan, Images> images = plan -> Images.none();
  Consumer<RunEvent> listener = event -> {};
  Consumer<Faults> faults = faults -> {};

  /** When the run asks for the daemon of the network. */
  Runnable starting = () -> {};

  private @Nullable EmbeddedNode node;

  private int runs;

  /** Agreements that the node still knew as approved when the last run was over. */
  int openAgreements = -1;

  /** What the cache calls now. */
  Clock clock = Clock.systemUTC();

  boolean reuse;
  Set<StageName> fresh = Set.of();

  /** What of the pipeline is asked for; null for all of it. */
  Plan.Only only;

  boolean rehash;

  /** How many fragments a stage has at the most. */
  int mostFragments = Integer.MAX_VALUE;

  /** How often the last run asked for a daemon. */
  int daemonsAsked;

  Project(Path folder) {
    this.folder = folder;
  }

  private Images fetched(Plan plan) {
    try {
      var store = new ImageStore(folder.resolve("images"), Clock.systemUTC());
      var nobody = new ImageRegistry(URI.create("http://127.0.0.1:1"));
      return Images.onNetwork(
              plan.spec(),
              plan.folder(),
              nobody,
              new Workshop(store, RegistryLogins.NONE, null),
              new Inside(Inside.Choice.WHERE_POSSIBLE, Optional.empty()))
          .value()
          .orElseThrow();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Providers fetch {@code ./my.gvmi} from now on, as strangers do. */
  void fetchImages() throws IOException {
    images = this::fetched;
    var json = "{}".getBytes(StandardCharsets.UTF_8);
    var checksum = new CRC32();
    checksum.update(json);
    Files.write(
        folder.resolve("my.gvmi"),
        ByteBuffer.allocate(17)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put("img".getBytes(StandardCharsets.UTF_8))
            .putInt((int) checksum.getValue())
            .put(json)
            .put("00000002".getBytes(StandardCharsets.UTF_8))
            .array());
  }

  Project file(String path, String content) {
    try {
      var file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The content of a file, or null if there is none. */
  String read(String path) throws IOException {
    var file = folder.resolve(path);
    return Files.exists(file) ? Files.readString(file) : null;
  }

  /** All files below {@code path}, by relative path, with their contents. */
  Map<String, String> tree(String path) throws IOException {
    var root = folder.resolve(path);
    var files = new TreeMap<String, String>();
    if (Files.isDirectory(root)) {
      try (var all = Files.walk(root)) {
        for (var file : all.filter(Files::isRegularFile).toList()) {
          files.put(root.relativize(file).toString(), Files.readString(file));
        }
      }
    }
    return files;
  }

  Checked<Plan> plan(String yaml) {
    return PipelineFiles.load(
            yaml.getBytes(StandardCharsets.UTF_8),
            "pipeline.yaml",
            strategies,
            new Overrides(params, name -> Optional.ofNullable(environment.get(name)), false))
        .then(spec -> Planner.plan(spec, strategies, folder, folder.resolve(".work"), shell(spec)));
  }

  /** What {@link OutputCheck} says of the plan. */
  List<String> obstacles(String yaml) {
    var plan = plan(yaml).value().orElseThrow();
    return messages(OutputCheck.of(plan, overwrite, allowOutside));
  }

  private static List<String> messages(Checked<?> checked) {
    return checked.diagnostics().stream().map(Diagnostic::message).toList();
  }

  private static LocalShell shell(PipelineSpec spec) {
    return new LocalShell(true, Secrets.of(spec.params()));
  }

  /** Runs it as it should go, with everything given back. */
  void succeed(String yaml) throws Exception {
    succeed(yaml, 0);
  }

  /** The same where fragments fail that its result may be without. */
  void succeedInPart(String yaml) throws Exception {
    succeed(yaml, RunEvent.RunFinished.IN_PART);
  }

  private void succeed(String yaml, int exitCode) throws Exception {
    var end = run(yaml);
    assertThat(end.failure()).isNull();
    assertThat(end.exitCode()).isEqualTo(exitCode);
    assertThat(openAgreements).isZero();
  }

  RunEvent.RunFinished run(String yaml) throws Exception {
    var checked = plan(yaml);
    var whole =
        checked
            .value()
            .orElseThrow(
                () ->
                    new AssertionError(
                        checked.diagnostics().stream().map(Diagnostic::message).toList()));
    var sampled =
        new Plan(whole.spec(), whole.folder(), whole.stages(), whole.results(), mostFragments);
    var plan = only == null ? sampled : sampled.only(only.stage(), only.fragment());
    events.clear();
    daemonsAsked = 0;
    var options =
        new NodeOptions(0, "key", workers + 3, folder.resolve(".golem-pipeline/node"), 1, true)
            .near();
    try (var node = EmbeddedNode.start(options);
        var daemons = new Nodes(node)) {
      faults.accept(node.faults());
      this.node = node;
      var id = "run-" + runs++;
      var kept = folder.resolve(".golem-pipeline/cache");
      Files.createDirectories(kept);
      try (var cache = ResultCache.open(kept, folder.resolve(".scratch"), clock);
          var digests = FileDigests.open(kept, kept, clock, rehash)) {
        var settings =
            new RunSettings(
                id,
                "session-" + id,
                "pipeline.yaml",
                RunSettings.Target.LOCAL,
                workers,
                BigDecimal.ONE,
                folder.resolve(".golem-pipeline/runs/" + id),
                daemons,
                Duration.ofHours(3),
                cache,
                digests,
                reuse,
                fresh,
                overwrite,
                allowOutside,
                images.apply(plan));
        var running = new PipelineRun[1];
        EventSink sink =
            stamped -> {
              events.add(stamped.event());
              listener.accept(stamped.event());
            };
        running[0] =
            new PipelineRun(plan, settings, shell(plan.spec()), List.of(sink), Clock.systemUTC());
        stopper = () -> running[0].stop("stopped by the test");
        before.run();
        try {
          return running[0].run();
        } finally {
          openAgreements = ask("/market-api/v1/agreements?state=Approved").size();
        }
      }
    }
  }

  /** This machine is another node, where nobody misbehaves, and there once it is asked for. */
  private final class Nodes implements Daemons, AutoCloseable {
    private final EmbeddedNode network;
    private @Nullable EmbeddedNode thisMachine;

    Nodes(EmbeddedNode network) {
      this.network = network;
    }

    @Override
    public GolemConnection network() {
      daemonsAsked++;
      starting.run();
      return NodeOnDemand.connection(network);
    }

    @Override
    public synchronized GolemConnection thisMachine() throws IOException {
      daemonsAsked++;
      var place = folder.resolve(".golem-pipeline/auditor");
      thisMachine = EmbeddedNode.start(new NodeOptions(0, "key", 1, place, 2, true).near());
      return NodeOnDemand.connection(thisMachine);
    }

    @Override
    public synchronized void close() {
      if (thisMachine != null) {
        thisMachine.close();
      }
    }
  }

  /** Agreements whose end was not told, though it was told that they were approved. */
  Set<String> unendedAgreements() {
    var agreements = new HashSet<String>();
    for (var each : events(RunEvent.AgreementApproved.class)) {
      agreements.add(each.agreementId());
    }
    for (var each : events(RunEvent.AgreementTerminated.class)) {
      // One may be let go before anybody hears that it was approved.
      agreements.remove(each.agreementId());
    }
    return agreements;
  }

  /** What the node of the run that is under way answers at {@code path}. */
  JsonNode ask(String path) {
    var daemon = Objects.requireNonNull(node).near().orElseThrow();
    var request = new NearDaemon.Request("GET", path, "key", "application/json", new byte[0]);
    try {
      return new ObjectMapper().readTree(daemon.call(request).join().body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Runnable stopper = () -> {};

  /** Done once {@link #stop} works, before the run begins. */
  Runnable before = () -> {};

  void stop() {
    stopper.run();
  }

  /** Fragments of a stage that were sent to a machine, each once. */
  FragmentSet sent(String stage) {
    var sent = FragmentSet.EMPTY;
    for (var batch : events(RunEvent.BatchStarted.class)) {
      sent = batch.stage().equals(stage) ? sent.union(batch.fragments()) : sent;
    }
    return sent;
  }

  /** What the run said of the results that earlier ones left of a stage. */
  RunEvent.StageReused reused(String stage) {
    return events(RunEvent.StageReused.class).stream()
        .filter(event -> event.stage().equals(stage))
        .findFirst()
        .orElseThrow();
  }

  <E extends RunEvent> List<E> events(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
