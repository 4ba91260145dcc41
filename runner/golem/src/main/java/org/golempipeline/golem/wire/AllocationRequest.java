package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Asks for an allocation.
 *
 * @param paymentPlatform its name, or an object with any of {@code driver}, {@code network} and
 *     {@code token}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AllocationRequest(
    BigDecimal totalAmount,
    @Nullable JsonNode paymentPlatform,
    @Nullable String address,
    @Nullable Instant timeout,
    @Nullable Boolean makeDeposit) {}
