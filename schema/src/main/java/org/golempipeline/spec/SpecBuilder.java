package org.golempipeline.spec;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Source;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.jspecify.annotations.Nullable;

/** A file that passed every check to the records the engine works with. */
final class SpecBuilder {
  /** Keys that stand for all stages when they stand beside {@code stages}. */
  private static final Set<String> DEFAULTS =
      Set.of("image", "setup", "resources", "retry", "timeout", "speculate", "verify");

  private final FileUnderCheck file;
  private final Mapping root;
  private final Values values;
  private final Sources sources;
  private final Guarantees guarantees;

  private SpecBuilder(FileUnderCheck file) {
    this.file = file;
    this.root = file.tree().root();
    this.values = new Values(file.problems());
    this.sources = new Sources(file.problems());
    this.guarantees = new Guarantees(file.problems());
  }

  /** The pipeline; meaningless if it adds an error to the file's problems. */
  static PipelineSpec build(
      FileUnderCheck file, List<StageOutline> order, String displayName, List<Source> included) {
    var builder = new SpecBuilder(file);
    var root = builder.root;
    var budget = builder.values.glm(root.get("budget"));
    if (budget != null && budget.signum() == 0) {
      file.problems()
          .error(
              DiagnosticIds.SCHEMA_LIMIT,
              Objects.requireNonNull(root.get("budget")).range(),
              "`budget` must be more than nothing.");
    }
    return new PipelineSpec(
        file.problems().source(),
        included,
        file.overrides().profiles(),
        StageOutline.pipelineName(root, displayName),
        Values.text(root, "description"),
        file.params().values(),
        order.stream().map(builder::stage).toList(),
        budget,
        root.get("workers") == null ? null : Values.whole(root, "workers", 1),
        builder.golem());
  }

  private StageSpec stage(StageOutline outline) {
    var body = outline.body();
    var output = body.get("output");
    var image = effective(body, "image");
    return new StageSpec(
        new StageName(outline.name()),
        outline.range(),
        sources.image(image),
        image == null ? null : image.range(),
        sources.inputs(body.get("input")),
        names(outline.references("from")),
        new LinkedHashSet<>(names(outline.dependencies())),
        sources.files(outline.files()),
        shell(effective(body, "setup")),
        use(outline, "split", Objects.requireNonNull(outline.splitName())),
        matrix(body.get("matrix")),
        command(Objects.requireNonNull(body.get("run"))),
        sources.out(body.get("out")),
        shell(body.get("accept")),
        use(outline, "merge", Objects.requireNonNull(outline.mergeName())),
        output == null ? null : template((Scalar) output),
        output == null ? null : output.range(),
        resources(effective(body, "resources")),
        retry(effective(body, "retry")),
        timeouts(effective(body, "timeout")),
        flag(effective(body, "speculate")),
        guarantees.verify(effective(body, "verify")),
        guarantees.enough(body.get("enough")));
  }

  /** What stands in the stage, else what stands for all stages. */
  private @Nullable Node effective(Mapping body, String key) {
    var own = body.get(key);
    return own == null && DEFAULTS.contains(key) ? root.get(key) : own;
  }

  private static List<StageName> names(List<Scalar> references) {
    return references.stream().map(each -> new StageName(each.text())).toList();
  }

  private static @Nullable Boolean flag(@Nullable Node node) {
    return node instanceof Scalar scalar && scalar.value() instanceof Boolean flag ? flag : null;
  }

  private static @Nullable ShellText shell(@Nullable Node node) {
    return node instanceof Scalar scalar && scalar.string() != null
        ? new ShellText(scalar.text(), scalar.range())
        : null;
  }

  private StrategyUse use(StageOutline outline, String key, String name) {
    return new StrategyUse(
        name, OptionTree.of(outline.options(key), file.tree().open()), outline.strategyRange(key));
  }

  private Command command(Node node) {
    if (node instanceof Sequence argv) {
      return new Command.Argv(argv.items().stream().map(word -> template((Scalar) word)).toList());
    }
    return new Command.Shell(Objects.requireNonNull(shell(node)));
  }

  private Template template(Scalar scalar) {
    var open = file.tree().open().get(scalar);
    return open == null ? Template.literal(scalar.text()) : open;
  }

  private List<MatrixAxis> matrix(@Nullable Node node) {
    var axes = new ArrayList<MatrixAxis>();
    if (node instanceof Mapping matrix) {
      var combinations = 1L;
      for (var entry : matrix.entries()) {
        var axis =
            entry.value() instanceof Sequence
                ? new MatrixAxis.Listed(Values.texts(entry.value()))
                : stepped(entry.name(), (Scalar) entry.value());
        axes.add(new MatrixAxis(entry.name(), axis));
        combinations *= axis.count();
        if (combinations > Integer.MAX_VALUE) {
          matrixError(
              entry.key(), "The matrix has more combinations than a pipeline can have.", null);
          break;
        }
      }
    }
    return axes;
  }

  private MatrixAxis.Values stepped(String name, Scalar scalar) {
    var parts = scalar.text().split("\\.\\.(?=-?[0-9])", -1);
    var from = new BigDecimal(parts[0]);
    var to = new BigDecimal(parts[1]);
    var step = parts.length > 2 ? new BigDecimal(parts[2]) : BigDecimal.ONE;
    var nothing = new MatrixAxis.Stepped(from, from, BigDecimal.ONE);
    if (step.signum() == 0 || to.compareTo(from) * step.signum() < 0) {
      matrixError(
          scalar,
          "The range of `%s` never reaches its end.".formatted(name),
          step.signum() == 0
              ? "The step must not be zero."
              : "%s: `%s..%s..%s`."
                  .formatted(
                      step.signum() > 0
                          ? "Downwards the step is negative"
                          : "Upwards the step is positive",
                      from.toPlainString(),
                      to.toPlainString(),
                      step.negate().toPlainString()));
      return nothing;
    }
    var last = to.subtract(from).divideToIntegralValue(step);
    if (last.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE - 1L)) > 0) {
      matrixError(scalar, "The range of `%s` has too many values.".formatted(name), null);
      return nothing;
    }
    return new MatrixAxis.Stepped(from, to, step);
  }

  private void matrixError(Scalar at, String message, @Nullable String hint) {
    file.problems().error(DiagnosticIds.MATRIX_RANGE, at.range(), message, hint);
  }

  private Resources resources(@Nullable Node node) {
    if (!(node instanceof Mapping map)) {
      return Resources.DEFAULT;
    }
    return new Resources(
        Values.whole(map, "threads", Resources.DEFAULT.threads()),
        values.size(map, "memory", Resources.DEFAULT.memory()),
        values.size(map, "storage", Resources.DEFAULT.storage()),
        Values.texts(map.get("capabilities")));
  }

  private Retry retry(@Nullable Node node) {
    if (!(node instanceof Mapping map)) {
      return Retry.DEFAULT;
    }
    Integer failCount = null;
    BigDecimal failShare = null;
    if (map.get("fail") instanceof Scalar fail) {
      if (Values.isShare(fail)) {
        failShare = Values.share(fail);
        if (failShare.compareTo(BigDecimal.ONE) > 0) {
          file.problems()
              .error(DiagnosticIds.SCHEMA_LIMIT, fail.range(), "`fail` must be at most `100%`.");
        }
      } else {
        failCount = Values.whole(map, "fail", 0);
      }
    }
    var keepGoing = Boolean.TRUE.equals(flag(map.get("keep_going")));
    if (keepGoing && map.get("fail") != null) {
      file.problems()
          .error(
              DiagnosticIds.SCHEMA_EXCLUSIVE,
              Objects.requireNonNull(map.entry("keep_going")).key().range(),
              "`keep_going` tolerates every failed fragment, and `fail` says how many.",
              "Keep one of the two.");
    }
    return new Retry(
        Values.whole(map, "attempts", Retry.DEFAULT.attempts()),
        values.duration(map, "backoff", Retry.DEFAULT.backoff()),
        failCount,
        failShare,
        keepGoing);
  }

  private Timeouts timeouts(@Nullable Node node) {
    var defaults = Timeouts.DEFAULT;
    if (node instanceof Scalar scalar) {
      return new Timeouts(
          defaults.negotiate(),
          defaults.deploy(),
          defaults.transfer(),
          values.duration(scalar, "timeout"),
          null,
          defaults.idle());
    }
    if (!(node instanceof Mapping map)) {
      return defaults;
    }
    var run = map.get("run");
    var share = run != null && Values.isShare(run) ? Values.share((Scalar) run) : null;
    return new Timeouts(
        values.duration(map, "negotiate", defaults.negotiate()),
        values.duration(map, "deploy", defaults.deploy()),
        values.duration(map, "transfer", defaults.transfer()),
        share == null ? values.duration(map, "run", defaults.run()) : defaults.run(),
        share,
        values.duration(map, "idle", defaults.idle()));
  }

  private GolemTerms golem() {
    if (!(root.get("golem") instanceof Mapping map)) {
      return GolemTerms.DEFAULT;
    }
    var price = map.get("price") instanceof Mapping block ? block : null;
    var providers = map.get("providers") instanceof Mapping block ? block : null;
    var outbound = Values.texts(map.get("outbound"));
    return new GolemTerms(
        Objects.requireNonNullElse(Values.text(map, "subnet"), GolemTerms.DEFAULT.subnet()),
        Objects.requireNonNullElse(Values.text(map, "network"), GolemTerms.DEFAULT.network()),
        Objects.requireNonNullElse(Values.text(map, "driver"), GolemTerms.DEFAULT.driver()),
        price == null ? null : values.glm(price.get("start")),
        price == null ? null : values.glm(price.get("cpu")),
        price == null ? null : values.glm(price.get("env")),
        providers == null ? List.of() : Values.texts(providers.get("allow")),
        providers == null ? List.of() : Values.texts(providers.get("deny")),
        outbound,
        outbound.isEmpty() ? null : Objects.requireNonNull(map.entry("outbound")).key().range());
  }
}
