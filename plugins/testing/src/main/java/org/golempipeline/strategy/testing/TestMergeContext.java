package org.golempipeline.strategy.testing;

import java.nio.file.Path;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Options;

/** A merge's surroundings in a folder of a test: {@code result/target} and {@code work}. */
public final class TestMergeContext extends TestContext<TestMergeContext> implements MergeContext {
  private final Path target;

  /** Surroundings in {@code folder}, which is empty or not there. */
  public TestMergeContext(Path folder, Options options) {
    super(folder, options);
    this.target = folder(folder, "result").resolve("target");
  }

  @Override
  TestMergeContext self() {
    return this;
  }

  @Override
  public Path target() {
    return target;
  }
}
