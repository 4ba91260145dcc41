package org.golempipeline.spec;

import java.util.Objects;

/** The name of a stage, unique in its pipeline. */
public record StageName(String value) implements Comparable<StageName> {
  public StageName {
    Objects.requireNonNull(value);
  }

  @Override
  public int compareTo(StageName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
