package org.golempipeline.spec;

import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.Range;

/**
 * Text for {@code /bin/sh}, handed over verbatim. A variable is exported to it if and only if the
 * variable's name occurs in the text as a word of its own.
 */
public record ShellText(String text, Range range) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  public ShellText {
    Objects.requireNonNull(text);
    Objects.requireNonNull(range);
  }

  /** The programs that it starts, by the names it gives them, as far as that can be seen. */
  public Set<String> programs() {
    return ShellPrograms.in(text);
  }

  /** Those of {@code names} that the text mentions, sorted. */
  public Set<String> mentioned(Collection<String> names) {
    var words = WORD.matcher(text);
    var found = new TreeSet<String>();
    while (words.find()) {
      if (names.contains(words.group())) {
        found.add(words.group());
      }
    }
    return found;
  }
}
