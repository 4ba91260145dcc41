package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** Who the app-key stands for. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Identity(String identity, @Nullable String name, @Nullable String role) {}
