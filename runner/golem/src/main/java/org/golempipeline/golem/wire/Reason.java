package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why something was refused or ended: a message and whatever else the sender adds, as one flat
 * object.
 */
public record Reason(Map<String, Object> fields) {
  public static final String REQUESTOR_CODE = "golem.requestor.code";
  public static final String PROVIDER_CODE = "golem.provider.code";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Reason {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  public static Reason of(String message) {
    return new Reason(Map.of("message", message));
  }

  /** With a further field; {@code value} is any JSON value. */
  public Reason with(String key, Object value) {
    Map<String, Object> extended = new LinkedHashMap<>(fields);
    extended.put(key, value);
    return new Reason(extended);
  }

  /** The sender's words, empty if there are none. */
  public String message() {
    Object message = fields.get("message");
    return message == null ? "" : message.toString();
  }

  @JsonValue
  Map<String, Object> json() {
    return fields;
  }
}
