package org.golempipeline.strategy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitContext;

/**
 * A split's surroundings in a folder of a test: the pipeline's folder {@code base} with the input
 * files, and the working folder {@code work}.
 */
public final class TestSplitContext extends TestContext<TestSplitContext> implements SplitContext {
  private final Path base;

  /** Surroundings in {@code folder}, which is empty or not there. */
  public TestSplitContext(Path folder, Options options) {
    super(folder, options);
    this.base = folder(folder, "base");
  }

  @Override
  TestSplitContext self() {
    return this;
  }

  /** Adds a file to the input. */
  public TestSplitContext input(String path, byte[] content) {
    var file = beside(path, content);
    return input(new InputFile(file, 0, content.length, path));
  }

  /** Adds content to the input that is a range within a larger file, as earlier outputs are. */
  public TestSplitContext inputWithin(String path, byte[] content, byte[] before, byte[] after) {
    var all = new byte[before.length + content.length + after.length];
    System.arraycopy(before, 0, all, 0, before.length);
    System.arraycopy(content, 0, all, before.length, content.length);
    System.arraycopy(after, 0, all, before.length + content.length, after.length);
    return input(new InputFile(beside(path, all), before.length, content.length, path));
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

  @Override
  public Path base() {
    return base;
  }
}
