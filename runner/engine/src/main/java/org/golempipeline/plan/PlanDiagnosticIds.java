package org.golempipeline.plan;

/** The ids of what is found wrong once the input of a pipeline is looked at. Permanent. */
public final class PlanDiagnosticIds {
  /** No file where one must be. */
  public static final String INPUT_NO_MATCH = "Input.NoMatch";

  /** A pattern that cannot be read. */
  public static final String INPUT_BAD_GLOB = "Input.BadGlob";

  /** A file or folder that cannot be read. */
  public static final String INPUT_UNREADABLE = "Input.Unreadable";

  /** Two files, shared or of one fragment, with one name in the same folder of the provider. */
  public static final String FILES_SAME_NAME = "Files.SameName";

  /** An input that its split cannot cut. */
  public static final String SPLIT_REFUSED = "Split.Refused";

  /** Something that a split leaves out or alters. */
  public static final String SPLIT_WARNED = "Split.Warned";

  /** A value that makes a path out of {@code output} that is none. */
  public static final String OUTPUT_BAD_PATH = "Output.BadPath";

  /** An output that the next run would read. */
  public static final String OUTPUT_IS_INPUT = "Output.IsInput";

  /** A place where a result cannot be written, or would replace what is not the pipeline's own. */
  public static final String OUTPUT_NO_PLACE = "Output.NoPlace";

  /** Something that providers of the network do not do. */
  public static final String GOLEM_OUTBOUND = "Golem.Outbound";

  private PlanDiagnosticIds() {}
}
