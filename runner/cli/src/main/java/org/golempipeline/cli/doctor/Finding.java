package org.golempipeline.cli.doctor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.golempipeline.report.TerminalText;
import org.jspecify.annotations.Nullable;

/**
 * What {@code doctor} found out about one thing.
 *
 * @param check which thing: a permanent word
 * @param cure what to do about it; null if all is well
 * @param platform whether the network cannot be used because of it
 */
record Finding(String check, State state, String message, @Nullable String cure, boolean platform) {
  /** How it is. */
  enum State {
    OK("ok"),
    /** It works, but not for long or not well. */
    WARNING("warning"),
    /** It does not work. */
    PROBLEM("problem");

    private final String word;

    State(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  static Finding ok(String check, String message) {
    return new Finding(check, State.OK, message, null, false);
  }

  static Finding warning(String check, String message, String cure) {
    return new Finding(check, State.WARNING, message, cure, false);
  }

  static Finding problem(String check, String message, String cure) {
    return new Finding(check, State.PROBLEM, message, cure, false);
  }

  /** A problem that keeps every run from the network. */
  static Finding unusable(String check, String message, String cure) {
    return new Finding(check, State.PROBLEM, message, cure, true);
  }

  /** For people: a line, and the cure in the next one; each with its end. */
  String text() {
    var line = "%-8s %-9s %s\n".formatted(state, check, TerminalText.safe(message));
    return cure == null ? line : line + "%8s %s\n".formatted("cure:", TerminalText.safe(cure));
  }

  /** For tools: an object without a line end. Fields are only ever added. */
  String json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("check", check)
        .put("state", state.toString())
        .put("message", message)
        .put("cure", cure)
        .toString();
  }
}
