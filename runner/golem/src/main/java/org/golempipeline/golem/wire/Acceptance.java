package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;

/** Accepts a document, which only works for its whole amount. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Acceptance(BigDecimal totalAmountAccepted, String allocationId) {}
