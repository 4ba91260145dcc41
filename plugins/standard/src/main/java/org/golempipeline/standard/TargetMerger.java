package org.golempipeline.standard;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.StrategyException;

/** A merger that writes its target from front to back: creates, completes and closes the file. */
abstract class TargetMerger implements Merger {
  private final TargetStream stream;

  TargetMerger(MergeContext context) throws IOException {
    this.stream = new TargetStream(context.target());
  }

  /** The target, buffered. */
  final OutputStream stream() {
    return stream;
  }

  /** The target without the buffer: whatever was written to {@link #stream} is before it. */
  final FileChannel channel() throws IOException {
    return stream.channel();
  }

  /** Writes what is left; called once, before the target is closed. */
  void complete() throws IOException, StrategyException {}

  @Override
  public final void finish() throws IOException, StrategyException {
    complete();
    stream.close();
  }

  /** Closes the target as it is. */
  @Override
  public void close() throws IOException {
    stream.abandon();
  }
}
