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
import org.golempipeline.strategy.SplitContext;

/**
 * A split's surroundings in a folder of a test: the pipeline's folder {@code base} with the input
 * files, and the working folder {@code work}.
 */
public final class TestSplitContext implements SplitContext {
  private final Path base;
  private final Path work;
  private final Options options;
  private final List<InputFile> inputs = new ArrayList<>();
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Set<String> warnings = new LinkedHashSet<>();

  /** Surroundings in {@code folder}, which is empty or not there. */
  public TestSplitContext(Path folder, Options options) {
    try {
      this.base = Files.createDirectories(folder.resolve("base"));
      this.work = Files.createDirectories(folder.resolve("work"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.options = options;
  }

  /** Adds a file to the input. */
  public TestSplitContext input(String path, byte[] content) {
    var file = beside(path, content);
    inputs.add(new InputFile(file, 0, content.length, path));
    return this;
  }

  /** Adds a file to the input that is already there. */
  public TestSplitContext input(InputFile file) {
    inputs.add(file);
    return this;
  }

  /** Adds content to the input that is a range within a larger file, as earlier outputs are. */
  public TestSplitContext inputWithin(String path, byte[] content, byte[] before, byte[] after) {
    var all = new byte[before.length + content.length + after.length];
    System.arraycopy(before, 0, all, 0, before.length);
    System.arraycopy(content, 0, all, before.length, content.length);
    System.arraycopy(after, 0, all, before.length + content.length, after.length);
    inputs.add(new InputFile(beside(path, all), before.length, content.length, path));
    return this;
  }

  /** Writes a file into the pipeline's folder that is not part of the input. */
  public Path beside(String path, byte[] content) {
    try {
      var file = base.resolve(path);
      Files.createDirectories(file.getParent());
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a param that shell text may name. */
  public TestSplitContext variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  @Override
  public Options options() {
    return options;
  }

  @Override
  public List<InputFile> inputs() {
    return List.copyOf(inputs);
  }

  @Override
  public Path base() {
    return base;
  }

  @Override
  public Path workingFolder() {
    return work;
  }

  @Override
  public Map<String, String> variables() {
    return Map.copyOf(variables);
  }

  @Override
  public Shell shell() {
    return new LocalShell();
  }

  @Override
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
