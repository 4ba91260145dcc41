package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of a negotiation.
 *
 * @param state {@code Initial}, {@code Draft}, {@code Rejected}, {@code Accepted} or {@code
 *     Expired}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Proposal(
    Map<String, Object> properties,
    String constraints,
    String proposalId,
    String issuerId,
    String state,
    @Nullable Instant timestamp,
    @Nullable String prevProposalId) {}
