package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** Asks for an activity under an agreement. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActivityRequest(String agreementId, @Nullable String requestorPubKey) {}
