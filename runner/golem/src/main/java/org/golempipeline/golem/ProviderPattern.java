package org.golempipeline.golem;

import java.util.Locale;

/**
 * Whom a list of providers means: a node id, or a name, in which {@code *} stands for any
 * characters.
 */
public record ProviderPattern(String text) {
  /** Whether it means the provider with that id and that name. */
  public boolean means(String id, String name) {
    return text.toLowerCase(Locale.ROOT).equals(id.toLowerCase(Locale.ROOT)) || isName(name);
  }

  private boolean isName(String name) {
    String[] parts = text.split("\\*", -1);
    if (parts.length == 1) {
      return name.equalsIgnoreCase(text);
    }
    int from = 0;
    String last = parts[parts.length - 1];
    for (int i = 0; i < parts.length - 1; i++) {
      int at = name.indexOf(parts[i], from);
      if (at < 0 || i == 0 && at > 0) {
        return false;
      }
      from = at + parts[i].length();
    }
    return name.length() - from >= last.length() && name.endsWith(last);
  }
}
