package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A provider's offer; properties are flat. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Offer(
    Map<String, Object> properties,
    String constraints,
    String offerId,
    String providerId,
    @Nullable Instant timestamp) {}
