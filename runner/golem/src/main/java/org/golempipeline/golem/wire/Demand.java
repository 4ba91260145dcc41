package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A demand as the daemon knows it; properties are flat. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Demand(
    Map<String, Object> properties,
    String constraints,
    String demandId,
    String requestorId,
    @Nullable Instant timestamp) {}
