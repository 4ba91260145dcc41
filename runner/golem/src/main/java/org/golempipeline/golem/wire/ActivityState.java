package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an activity stands.
 *
 * @param state the current state, and the next one or null while it does not change
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActivityState(
    List<@Nullable String> state, @Nullable String reason, @Nullable String errorMessage) {
  public ActivityState {
    state = Collections.unmodifiableList(new ArrayList<>(state));
  }

  public static ActivityState of(String current) {
    List<@Nullable String> pair = new ArrayList<>();
    pair.add(current);
    pair.add(null);
    return new ActivityState(pair, null, null);
  }

  /**
   * {@code New}, {@code Initialized}, {@code Deployed}, {@code Ready}, {@code Unresponsive} or
   * {@code Terminated}.
   */
  public String current() {
    String first = state.isEmpty() ? null : state.get(0);
    return first == null ? "" : first;
  }
}
