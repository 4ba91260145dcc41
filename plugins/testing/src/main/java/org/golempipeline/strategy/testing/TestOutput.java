package org.golempipeline.strategy.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.golempipeline.strategy.FragmentOutput;

/** An output in memory, which may be slow in the way of networks: a few bytes at a time. */
public final class TestOutput implements FragmentOutput {
  private final int index;
  private final byte[] content;
  private final Path folder;
  private final int most;
  private final Map<String, String> variables;

  private TestOutput(
      int index, byte[] content, Path folder, int most, Map<String, String> variables) {
    this.index = index;
    this.content = content.clone();
    this.folder = folder;
    this.most = most;
    this.variables = Map.copyOf(variables);
  }

  /**
   * The output of fragment {@code index}.
   *
   * @param folder where {@link #file} is made
   */
  public static TestOutput of(int index, byte[] content, Path folder) {
    return new TestOutput(index, content, folder, Integer.MAX_VALUE, Map.of());
  }

  /** The same output, whose stream answers with at most {@code most} bytes at once. */
  public TestOutput inSteps(int most) {
    return new TestOutput(index, content, folder, most, variables);
  }

  /** The same output of a fragment that has {@code variables}. */
  public TestOutput with(Map<String, String> variables) {
    return new TestOutput(index, content, folder, most, variables);
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public String label() {
    return "fragment " + index;
  }

  @Override
  public Map<String, String> variables() {
    return variables;
  }

  @Override
  public long size() {
    return content.length;
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(content) {
      @Override
      public synchronized int read(byte[] bytes, int offset, int length) {
        return super.read(bytes, offset, Math.min(length, most));
      }
    };
  }

  @Override
  public void copyTo(WritableByteChannel target) throws IOException {
    var bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      target.write(bytes);
    }
  }

  @Override
  public Path file() throws IOException {
    var file = Files.createDirectories(folder).resolve("output " + index);
    return Files.exists(file) ? file : Files.write(file, content);
  }
}
