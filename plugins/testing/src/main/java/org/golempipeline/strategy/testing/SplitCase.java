package org.golempipeline.strategy.testing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.Options;

/**
 * Something to split.
 *
 * @param name says what it shows
 * @param inputs content by path, in order
 * @param beside content by path of other files in the pipeline's folder
 * @param warnings what the split tells the user of it
 */
public record SplitCase(
    String name,
    Options options,
    Map<String, String> inputs,
    Map<String, String> beside,
    Laws.Coverage coverage,
    List<String> warnings) {
  public SplitCase {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    beside = Collections.unmodifiableMap(new LinkedHashMap<>(beside));
    warnings = List.copyOf(warnings);
  }

  /** A case that is nothing to warn of. */
  public SplitCase(
      String name,
      Options options,
      Map<String, String> inputs,
      Map<String, String> beside,
      Laws.Coverage coverage) {
    this(name, options, inputs, beside, coverage, List.of());
  }

  /** A case without input, whose options are written in JSON. */
  public static SplitCase of(String name, String options) {
    return new SplitCase(
        name, JsonText.options(options), Map.of(), Map.of(), Laws.Coverage.ONCE_IN_ORDER);
  }

  /** With one more input file. */
  public SplitCase input(String path, String content) {
    var more = new LinkedHashMap<>(inputs);
    more.put(path, content);
    return new SplitCase(name, options, more, beside, coverage, warnings);
  }

  /** With a file in the pipeline's folder that is not input. */
  public SplitCase beside(String path, String content) {
    var more = new LinkedHashMap<>(beside);
    more.put(path, content);
    return new SplitCase(name, options, inputs, more, coverage, warnings);
  }

  /** With another promise about what the fragments hold. */
  public SplitCase covering(Laws.Coverage other) {
    return new SplitCase(name, options, inputs, beside, other, warnings);
  }

  /** With what the split must tell the user of it. */
  public SplitCase warning(String... sentences) {
    return new SplitCase(name, options, inputs, beside, coverage, List.of(sentences));
  }

  /** Its surroundings in {@code folder}. */
  TestSplitContext open(Path folder) {
    var context = new TestSplitContext(folder, options);
    beside.forEach((path, content) -> context.beside(path, utf8(content)));
    inputs.forEach((path, content) -> context.input(path, utf8(content)));
    return context;
  }

  /** The same with every input as a range within a larger file. */
  TestSplitContext openWithin(Path folder) {
    var context = new TestSplitContext(folder, options);
    beside.forEach((path, content) -> context.beside(path, utf8(content)));
    inputs.forEach(
        (path, content) ->
            context.inputWithin(path, utf8(content), utf8("before\n\"[{"), utf8("\nafter\n")));
    return context;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
