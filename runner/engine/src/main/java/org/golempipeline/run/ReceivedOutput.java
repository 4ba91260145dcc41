package org.golempipeline.run;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.apache.commons.io.input.BoundedInputStream;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.plan.FragmentPlan;
import org.golempipeline.strategy.FragmentOutput;

/** An output as merges see it: a range of an archive that came back. */
record ReceivedOutput(
    FragmentPlan fragment, StageOutputs.Part part, ArchiveReader reader, Path workingFolder)
    implements FragmentOutput {

  private static final int SMALL = 64 * 1024;

  @Override
  public int index() {
    return fragment.index();
  }

  @Override
  public String label() {
    return fragment.label();
  }

  @Override
  public Map<String, String> variables() {
    return fragment.variables();
  }

  @Override
  public long size() {
    return part.size();
  }

  @Override
  public InputStream open() throws IOException {
    return open(part, reader);
  }

  static InputStream open(StageOutputs.Part part, ArchiveReader reader) throws IOException {
    if (part.size() <= SMALL) {
      var bytes = ByteBuffer.allocate((int) part.size());
      reader.read(part.archive(), part.offset(), bytes);
      return new ByteArrayInputStream(bytes.array());
    }
    var channel = PlainFile.open(part.archive());
    channel.position(part.offset());
    return BoundedInputStream.builder()
        .setInputStream(new BufferedInputStream(Channels.newInputStream(channel), SMALL))
        .setMaxCount(part.size())
        .get();
  }

  @Override
  public void copyTo(WritableByteChannel target) throws IOException {
    reader.copy(part.archive(), part.offset(), part.size(), target);
  }

  @Override
  public Path file() throws IOException {
    var file = workingFolder.resolve(Integer.toString(index()) + "-" + part.offset());
    if (!Files.exists(file)) {
      var made = Files.createTempFile(workingFolder, "out-", null);
      try (var channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
        copyTo(channel);
      }
      Files.move(made, file);
    }
    return file;
  }
}
