package org.golempipeline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline on a page of the documentation. Blocks in front of it with the line {@code Input,
 * `name`:} are its files; those behind it with {@code Result, `name`:} or {@code Printed:} say what
 * comes out, all of it. They belong together up to the next heading or input.
 *
 * @param name of the page, with the number of the pipeline
 * @param text of the pipeline
 * @param runnable whether the comment {@code check only} is missing in front of it
 * @param printed what is on standard output, null if the page does not say
 */
record DocsExample(
    String name,
    String text,
    boolean runnable,
    Map<String, String> inputs,
    Map<String, String> results,
    @Nullable String printed) {
  private static final Pattern PART =
      Pattern.compile(
          "^(?<heading>#+ [^\n]+)$"
              + "|^((?<kind>Input|Result), `(?<file>[^`]+)`:|(?<printed>Printed:)"
              + "|(?<checked><!-- check only -->))?\\R*"
              + "^```(?<language>\\w*)\\R(?<block>.*?)^```$",
          Pattern.MULTILINE | Pattern.DOTALL);

  /** Those of a page, in order. */
  static List<DocsExample> of(Path page) throws IOException {
    var found = new ArrayList<DocsExample>();
    var inputs = new LinkedHashMap<String, String>();
    var parts = PART.matcher(Files.readString(page));
    var name = Workspace.project().relativize(page).toString();
    var open = false;
    while (parts.find()) {
      var block = parts.group("block");
      var file = parts.group("file");
      if (block == null) {
        inputs.clear();
        open = false;
      } else if ("Input".equals(parts.group("kind"))) {
        if (open) {
          inputs.clear();
        }
        inputs.put(file, block);
        open = false;
      } else if (file != null || parts.group("printed") != null) {
        if (!open) {
          throw new AssertionError("a result without a pipeline in " + name + ": " + block);
        }
        var last = found.size() - 1;
        found.set(last, found.get(last).with(file, block));
      } else if (block.contains("version:") && parts.group("language").matches("ya?ml")) {
        var runnable = parts.group("checked") == null;
        var title = name + " " + found.size();
        found.add(new DocsExample(title, block, runnable, Map.copyOf(inputs), Map.of(), null));
        open = true;
      }
    }
    return found;
  }

  /** How many blocks {@code page} has. */
  static long blocks(Path page) throws IOException {
    return PART.matcher(Files.readString(page))
        .results()
        .filter(part -> !part.group().startsWith("#"))
        .count();
  }

  /** How many blocks it is made of. */
  long blocks() {
    return 1 + inputs.size() + results.size() + (printed == null ? 0 : 1);
  }

  @Override
  public String toString() {
    return name;
  }

  /** Expects {@code block} in {@code file}, or on standard output if that is null. */
  private DocsExample with(@Nullable String file, String block) {
    if (file == null) {
      return new DocsExample(name, text, runnable, inputs, results, block);
    }
    var more = new LinkedHashMap<>(results);
    more.put(file, block);
    return new DocsExample(name, text, runnable, inputs, more, printed);
  }
}
