package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** GLM reserved for documents that will be accepted. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Allocation(
    String allocationId,
    String address,
    String paymentPlatform,
    BigDecimal totalAmount,
    BigDecimal spentAmount,
    BigDecimal remainingAmount,
    @Nullable Instant timestamp,
    @Nullable Instant timeout,
    @Nullable Instant createdTs,
    @Nullable Instant updatedTs,
    boolean makeDeposit) {}
