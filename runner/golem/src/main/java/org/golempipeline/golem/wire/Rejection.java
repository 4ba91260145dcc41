package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a document.
 *
 * @param rejectionReason {@code UNSOLICITED_SERVICE}, {@code BAD_SERVICE} or {@code
 *     INCORRECT_AMOUNT}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Rejection(
    String rejectionReason, BigDecimal totalAmountAccepted, @Nullable String message) {}
