package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The contract; both sides' properties are those of the last proposals.
 *
 * @param state {@code Proposal}, {@code Pending}, {@code Cancelled}, {@code Rejected}, {@code
 *     Approved}, {@code Expired} or {@code Terminated}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Agreement(
    String agreementId,
    Demand demand,
    Offer offer,
    @Nullable Instant validTo,
    @Nullable Instant approvedDate,
    String state,
    @Nullable Instant timestamp,
    @Nullable String appSessionId,
    @Nullable String proposedSignature,
    @Nullable String approvedSignature,
    @Nullable String committedSignature) {}
