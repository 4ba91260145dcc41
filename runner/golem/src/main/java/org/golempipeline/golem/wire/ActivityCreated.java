package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;

/** The answer to an {@link ActivityRequest}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActivityCreated(String activityId) {}
