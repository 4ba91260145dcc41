package org.golempipeline.golem.wire;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a provider is asked to do about an activity; stays in the daemon's log.
 *
 * @param eventType an object whose only key is {@link #CREATE} or {@link #DESTROY}
 */
public record ActivityEvent(
    String activityId,
    String agreementId,
    Map<String, @Nullable Object> eventType,
    Instant eventDate) {
  public static final String CREATE = "CreateActivity";
  public static final String DESTROY = "DestroyActivity";

  /** Whether it is of this type. */
  public boolean is(String type) {
    return eventType.containsKey(type);
  }
}
