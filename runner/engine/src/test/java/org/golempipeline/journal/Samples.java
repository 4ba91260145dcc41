package org.golempipeline.journal;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;

/** A record of every type that the files of a run hold, with something in each component. */
final class Samples {
  static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");

  private Samples() {}

  static Object of(Class<?> type) throws ReflectiveOperationException {
    var components = type.getRecordComponents();
    var values = new Object[components.length];
    var types = new Class<?>[components.length];
    for (var i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(types[i], components[i].getGenericType().getTypeName());
    }
    var constructor = type.getDeclaredConstructor(types);
    constructor.setAccessible(true);
    return constructor.newInstance(values);
  }

  private static Object value(Class<?> type, String generic) {
    if (type == int.class || type == Integer.class) {
      return 3;
    } else if (type == long.class) {
      return 4_000_000_000L;
    } else if (type == boolean.class) {
      return true;
    } else if (type == String.class) {
      return "a \"quoted\" text\n\u0000\u001b[31m \ud83d\ude00";
    } else if (type == BigDecimal.class) {
      return new BigDecimal("0.0000000000000000120");
    } else if (type == Instant.class) {
      return AT;
    } else if (type == FragmentSet.class) {
      return FragmentSet.of(1, 2, 5);
    } else if (type == Failure.class) {
      return new Failure(FailureKind.MARKET, "nobody", "wait");
    } else if (type == RunEvent.Figures.class) {
      return new RunEvent.Figures(
          List.of(700, -1), List.of(20, -1), List.of(4_000_000_000L, 7L), List.of(-1L, 4096L));
    } else if (type == RunEvent.class) {
      return new RunEvent.RentalFailed(1, Failure.of(FailureKind.MARKET, "nobody"));
    } else if (type == Set.class) {
      return Set.of("x");
    } else if (generic.contains("Map<java.lang.Integer")) {
      return Map.of(1, 7, 2, 7, 5, 9);
    } else if (generic.contains("Map<java.lang.String")) {
      return Map.of("", FragmentSet.of(1), "0x1", FragmentSet.EMPTY);
    } else if (generic.contains("AttemptFailure")) {
      return List.of(
          new RunEvent.AttemptFailure(1, Failure.of(FailureKind.COMMAND, "m"), null, null),
          new RunEvent.AttemptFailure(
              2, Failure.of(FailureKind.COMMAND, "m"), 3, "logs/a/2.0.log"));
    } else if (generic.contains("OutputPublished")) {
      return List.of(new RunEvent.OutputPublished("s", "a b", 1, 5_000_000_000L));
    } else if (generic.contains("Param")) {
      return List.of(
          new RunEvent.Param("crf", "26", null),
          new RunEvent.Param("token", null, null),
          new RunEvent.Param("long", null, "ab12"));
    } else if (generic.contains("FragmentSet")) {
      return List.of(FragmentSet.of(0), FragmentSet.range(1, 5));
    } else if (type == List.class) {
      return List.of("y");
    }
    throw new AssertionError(generic);
  }
}
