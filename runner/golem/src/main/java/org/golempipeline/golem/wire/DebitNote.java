package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A provider's interim claim for an activity; the amount is cumulative. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DebitNote(
    String debitNoteId,
    String issuerId,
    String recipientId,
    @Nullable String payeeAddr,
    @Nullable String payerAddr,
    @Nullable String paymentPlatform,
    @Nullable String previousDebitNoteId,
    @Nullable Instant timestamp,
    String agreementId,
    String activityId,
    BigDecimal totalAmountDue,
    @Nullable List<Double> usageCounterVector,
    @Nullable Instant paymentDueDate,
    String status) {}
