package org.golempipeline.image;

/** The ids of what is found wrong with the images of a plan. Permanent. */
public final class ImageDiagnosticIds {
  /** A stage without an image, where providers need one. */
  public static final String IMAGE_MISSING = "Image.Missing";

  /** An image that the registry does not know. */
  public static final String IMAGE_UNKNOWN = "Image.Unknown";

  /** The registry does not answer, or nothing that makes sense. */
  public static final String IMAGE_NO_ANSWER = "Image.NoAnswer";

  /** A local file that cannot be read or is no VM image. */
  public static final String IMAGE_BAD_FILE = "Image.BadFile";

  /** An image that is not on this machine, or cannot be entered, where the user insists on it. */
  public static final String IMAGE_NOT_HERE = "Image.NotHere";

  /** An image that cannot be made of what the file names. */
  public static final String IMAGE_NOT_MADE = "Image.NotMade";

  /** A program that a stage needs and its image has not. */
  public static final String IMAGE_LACKS_PROGRAM = "Image.LacksProgram";

  /** An image for another kind of processor than providers have. */
  public static final String IMAGE_OTHER_MACHINE = "Image.OtherMachine";

  /** An image whose programs providers run as somebody who is not root. */
  public static final String IMAGE_OTHER_USER = "Image.OtherUser";

  /** An image that has something where one of its volumes is. */
  public static final String IMAGE_HIDDEN_BY_VOLUME = "Image.HiddenByVolume";

  /** An image that would take long to get from this machine. */
  public static final String IMAGE_LARGE = "Image.Large";

  private ImageDiagnosticIds() {}
}
