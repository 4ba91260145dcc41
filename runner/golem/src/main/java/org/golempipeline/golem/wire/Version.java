package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** Which daemon this is, and which one it could be updated to. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Version(Release current, @Nullable Release pending) {
  /** Times are without a zone. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Release(
      String version,
      @Nullable String name,
      boolean seen,
      @Nullable String releaseTs,
      @Nullable String insertionTs,
      @Nullable String updateTs) {}
}
