package org.golempipeline.spec;

import java.util.Objects;

/** The name of a stage, unique in its pipeline. */
public record StageName(String value) implements Comparable<StageName> {
  public StageName {
    Objects.requireNonNull(value);
  }

  /** By hand, as the next: a record's own need more of the JVM to start than all stages do. */
  @Override
  public boolean equals(Object other) {
    return other instanceof StageName name && name.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
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
