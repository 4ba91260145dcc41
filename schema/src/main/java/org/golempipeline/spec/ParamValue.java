package org.golempipeline.spec;

/**
 * The value a parameter has in this run.
 *
 * @param secret whether it must never be shown or stored
 */
public record ParamValue(String value, boolean secret) {
  @Override
  public String toString() {
    return secret ? "•••" : value;
  }
}
