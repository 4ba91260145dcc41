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
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Shell;

/** A merge's surroundings in a folder of a test: {@code result/target} and {@code work}. */
public final class TestMergeContext implements MergeContext {
  private final Path target;
  private final Path work;
  private final Options options;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Set<String> warnings = new LinkedHashSet<>();
  private final List<InputFile> inputs = new ArrayList<>();

  /** Surroundings in {@code folder}, which is empty or not there. */
  public TestMergeContext(Path folder, Options options) {
    try {
      this.target = Files.createDirectories(folder.resolve("result")).resolve("target");
      this.work = Files.createDirectories(folder.resolve("work"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.options = options;
  }

  /** Adds a param that shell text may name. */
  public TestMergeContext variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /** Adds a file that the stage reads. */
  public TestMergeContext input(InputFile file) {
    inputs.add(file);
    return this;
  }

  @Override
  public List<InputFile> inputs() {
    return List.copyOf(inputs);
  }

  @Override
  public Options options() {
    return options;
  }

  @Override
  public Path target() {
    return target;
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
