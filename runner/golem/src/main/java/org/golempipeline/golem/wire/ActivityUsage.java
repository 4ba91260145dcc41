package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counters of an activity, in the order of the agreement's usage vector.
 *
 * @param timestamp epoch seconds
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActivityUsage(@Nullable List<Double> currentUsage, long timestamp) {}
