package org.golempipeline.node;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.exeunit.ExeHost;
import org.golempipeline.exeunit.ExeUnit;
import org.golempipeline.exeunit.ExeUnits;
import org.golempipeline.golem.wire.PropertyNames;
import org.jspecify.annotations.Nullable;

/** An exe-unit under an agreement, and what was billed for it. Guarded by the context's lock. */
final class Activity {
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
    unit = units.start(id, counters(agreement), Optional.empty(), host, new Persona(agreement));
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
