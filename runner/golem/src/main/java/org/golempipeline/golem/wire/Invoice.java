package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A provider's final claim for an agreement. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Invoice(
    String invoiceId,
    String issuerId,
    String recipientId,
    @Nullable String payeeAddr,
    @Nullable String payerAddr,
    @Nullable String paymentPlatform,
    @Nullable Instant timestamp,
    String agreementId,
    @Nullable List<String> activityIds,
    BigDecimal amount,
    @Nullable Instant paymentDueDate,
    String status) {}
