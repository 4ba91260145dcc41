package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code deploy} writes to its standard output: the folders that files can be transferred to.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeployResult(
    @Nullable Map<String, Object> valid, @Nullable List<Volume> vols, @Nullable String startMode) {
  /** A folder on the provider, seen at {@code path} by the programs. */
  public record Volume(String name, String path) {}
}
