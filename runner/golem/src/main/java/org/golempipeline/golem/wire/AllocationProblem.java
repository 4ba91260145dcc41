package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Why an allocation was refused: an RFC 7807 document; {@code instance} ends in the kind of
 * problem.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AllocationProblem(
    @Nullable String type,
    @Nullable String instance,
    @Nullable String title,
    @Nullable String detail,
    @Nullable String requestedFunds,
    @Nullable String availableFunds,
    @Nullable String reservedFunds,
    @Nullable String paymentPlatform,
    @Nullable String address) {}
