package org.golempipeline.standard;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.StrategyException;

/** A merger that writes its target from front to back: creates, completes and closes the file. */
abstract class TargetMerger implements Merger {
  private static final int BUFFER = 1 << 18;

  private final FileChannel channel;
  private final OutputStream stream;

  TargetMerger(MergeContext context) throws IOException {
    this.channel =
        FileChannel.open(context.target(), StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    this.stream = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
  }

  /** The target, buffered. */
  final OutputStream stream() {
    return stream;
  }

  /** The target without the buffer: whatever was written to {@link #stream} is before it. */
  final FileChannel channel() throws IOException {
    stream.flush();
    return channel;
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
    channel.close();
  }
}
