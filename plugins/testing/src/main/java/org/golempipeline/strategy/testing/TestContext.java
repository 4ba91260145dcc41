package org.golempipeline.strategy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Shell;

/**
 * What a split's and a merge's surroundings in a folder of a test have in common.
 *
 * @param <C> these surroundings
 */
abstract class TestContext<C extends TestContext<C>> {
  private final Path work;
  private final Options options;
  private final List<InputFile> inputs = new ArrayList<>();
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Set<String> warnings = new LinkedHashSet<>();

  TestContext(Path folder, Options options) {
    this.work = folder(folder, "work");
    this.options = options;
  }

  static Path folder(Path folder, String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  abstract C self();

  /** Adds a param that shell text may name. */
  public C variable(String name, String value) {
    variables.put(name, value);
    return self();
  }

  /** Adds a file to the input that is already there. */
  public C input(InputFile file) {
    inputs.add(file);
    return self();
  }

  public List<InputFile> inputs() {
    return List.copyOf(inputs);
  }

  public Options options() {
    return options;
  }

  public Path workingFolder() {
    return work;
  }

  public Map<String, String> variables() {
    return Map.copyOf(variables);
  }

  public Shell shell() {
    return new LocalShell();
  }

  public void warn(String sentence) {
    synchronized (warnings) {
      warnings.add(sentence);
    }
  }

  /** What the strategy warned of so far, in order: each sentence once. */
  public List<String> warnings() {
    synchronized (warnings) {
      return List.copyOf(warnings);
    }
  }
}
