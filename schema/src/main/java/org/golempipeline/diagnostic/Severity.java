package org.golempipeline.diagnostic;

/** Whether a diagnostic stops the pipeline from running. */
public enum Severity {
  ERROR,
  WARNING
}
