package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;

/**
 * Asks for an agreement on a provider's draft.
 *
 * @param validTo until when the provider may approve it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AgreementRequest(String proposalId, Instant validTo) {}
