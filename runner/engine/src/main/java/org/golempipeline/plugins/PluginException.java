package org.golempipeline.plugins;

import java.util.Objects;

/** A jar cannot be used as a plugin. The message is one sentence for the user. */
public final class PluginException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String id;
  private final String hint;

  PluginException(String id, String message, String hint) {
    super(message);
    this.id = id;
    this.hint = hint;
  }

  /** One of {@link PluginDiagnosticIds}. */
  public String id() {
    return id;
  }

  /** What the user can do about it. */
  public String hint() {
    return hint;
  }

  /** The message, which is never absent. */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
