package org.golempipeline.node;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.exeunit.ExeHost;
import org.golempipeline.exeunit.ExeUnit;
import org.golempipeline.exeunit.ExeUnits;
import org.golempipeline.exeunit.Limits;
import org.golempipeline.exeunit.TaskPackage;
import org.golempipeline.golem.wire.Demand;
import org.golempipeline.golem.wire.PropertyNames;
import org.jspecify.annotations.Nullable;

/** An exe-unit under an agreement, and what was billed for it. Guarded by the context's lock. */
final class Activity {
  private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);

  final String id;
  final AgreementEntry agreement;
  final ExeUnit unit;

  /** Completes when it has ended, none of its processes is left, and its last note is out. */
  final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** Asked for by the last debit note. */
  BigDecimal billed = BigDecimal.ZERO;

  @Nullable String lastNote;
  @Nullable Instant lastPayable;

  Activity(String id, AgreementEntry agreement, ExeUnits units, ExeHost host) {
    this.id = id;
    this.agreement = agreement;
    unit =
        units.start(
            id,
            counters(agreement),
            image(agreement),
            limits(agreement),
            host,
            new Persona(agreement));
  }

  /** What it names, if that is at hand; a node of this machine fetches nothing. */
  private static TaskPackage image(AgreementEntry agreement) {
    Object named = agreement.demand.properties().get(PropertyNames.TASK_PACKAGE);
    return new TaskPackage(named == null ? null : named.toString(), true, false);
  }

  /** What the demand asks a provider to have at least is what its programs may use at most. */
  private static Limits limits(AgreementEntry agreement) {
    Demand demand = agreement.demand;
    Constraints constraints = Constraints.parse(demand.constraints());
    Map<String, Object> cutOff = new HashMap<>(agreement.offer.properties());
    cutOff.put(PropertyNames.RUNTIME_CAPABILITIES, List.of());
    return new Limits(
        bytes(constraints.least(PropertyNames.STORAGE)),
        bytes(constraints.least(PropertyNames.MEMORY)),
        demand.properties().containsKey(PropertyNames.MANIFEST) || !constraints.matches(cutOff));
  }

  private static OptionalLong bytes(Optional<BigDecimal> gib) {
    return gib.isPresent()
        ? OptionalLong.of(gib.get().multiply(GIB).longValue())
        : OptionalLong.empty();
  }

  private static List<String> counters(AgreementEntry agreement) {
    return agreement.offer.properties().get(PropertyNames.USAGE_VECTOR) instanceof List<?> vector
        ? vector.stream().map(String::valueOf).toList()
        : List.of();
  }

  boolean over() {
    return unit.over();
  }

  boolean closed() {
    return closed.isDone();
  }

  List<Double> usage() {
    return unit.usage();
  }
}
