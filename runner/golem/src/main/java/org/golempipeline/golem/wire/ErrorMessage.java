package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** The body of most errors. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ErrorMessage(@Nullable String message) {}
