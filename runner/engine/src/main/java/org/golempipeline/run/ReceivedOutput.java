package org.golempipeline.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.golempipeline.plan.FragmentPlan;
import org.golempipeline.strategy.FragmentOutput;

/** An output as merges see it: a range of an archive that came back. */
record ReceivedOutput(
    FragmentPlan fragment, StageOutputs.Part part, ArchiveReader reader, Path workingFolder)
    implements FragmentOutput {

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
    return reader.stream(part);
  }

  @Override
  public void copyTo(WritableByteChannel target) throws IOException {
    reader.copy(part, target);
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
