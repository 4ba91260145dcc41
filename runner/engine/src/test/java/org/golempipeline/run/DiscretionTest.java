package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.schedule.Message;
import org.golempipeline.spec.ParamValue;
import org.golempipeline.spec.Secrets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DiscretionTest {
  private static final String SECRET = "hunter22";
  private static final Failure FAILURE =
      new Failure(FailureKind.COMMAND, "It said " + SECRET + ".", "Try " + SECRET + ".");

  private final Discretion discretion =
      new Discretion(Secrets.of(Map.of("token", new ParamValue(SECRET, true))));

  static Stream<Class<?>> withFailure() {
    return Arrays.stream(Message.class.getPermittedSubclasses())
        .filter(
            type ->
                Arrays.stream(type.getRecordComponents())
                    .anyMatch(part -> part.getType() == Failure.class));
  }

  @ParameterizedTest
  @MethodSource("withFailure")
  void noFailureTellsASecret(Class<?> type) throws Exception {
    var message = make(type);
    assertThat(message.toString()).contains(SECRET);
    assertThat(discretion.hide(message).toString())
        .doesNotContain(SECRET)
        .contains("[secret token]");
  }

  @Test
  void norDoWarningsValuesReasonsAndAttempts() {
    var failed = List.of(new RunEvent.AttemptFailure(3, FAILURE, 1, "logs/a/3.1.log"));
    var messages = new ArrayList<Message>();
    messages.add(new Message.Noted(new RunEvent.Warned("Oh " + SECRET)));
    messages.add(new Message.Noted(new RunEvent.StrategyWarned("a", "sum", "Oh " + SECRET, false)));
    messages.add(new Message.Noted(new RunEvent.AgreementTerminated("a", true, SECRET)));
    messages.add(new Message.Merged(0, 1, 8, SECRET));
    messages.add(new Message.RentalLost(1, SECRET));
    messages.add(
        new Message.BatchReturned(
            1, FragmentSet.EMPTY, FragmentSet.EMPTY, Map.of(), failed, 1, 2, null));
    for (var message : messages) {
      assertThat(message.toString()).contains(SECRET);
      assertThat(discretion.hide(message).toString())
          .doesNotContain(SECRET)
          .contains("[secret token]");
    }
  }

  @Test
  void whatThingsAreFoundByStays() {
    var event = new RunEvent.StrategyWarned(SECRET, SECRET, "fine", false);
    assertThat(discretion.hide(new Message.Noted(event))).isEqualTo(new Message.Noted(event));
  }

  private static Message make(Class<?> type) throws Exception {
    var parts = type.getRecordComponents();
    var constructor =
        type.getDeclaredConstructor(
            Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new));
    constructor.setAccessible(true);
    return (Message)
        constructor.newInstance(
            Arrays.stream(parts).map(part -> any(part.getType())).toArray(Object[]::new));
  }

  private static Object any(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "int" -> 7;
      case "long" -> 7L;
      case "boolean" -> true;
      case "String" -> "text";
      case "BigDecimal" -> BigDecimal.ONE;
      case "FragmentSet" -> FragmentSet.EMPTY;
      case "List" -> List.of();
      case "Map" -> Map.of();
      case "Failure" -> FAILURE;
      default -> throw new AssertionError("make one of " + type);
    };
  }
}
