package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The content of a demand or of a counter-proposal.
 *
 * @param properties nested or flat, as the sender likes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DemandRequest(Map<String, Object> properties, String constraints) {
  public DemandRequest {
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }
}
