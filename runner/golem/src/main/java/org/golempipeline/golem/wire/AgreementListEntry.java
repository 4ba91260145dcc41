package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An agreement in a list. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record AgreementListEntry(
    String id, @Nullable Instant timestamp, @Nullable Instant approvedDate, String role) {}
