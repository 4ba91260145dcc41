package org.golempipeline.run;

import java.io.IOException;
import java.nio.file.Files;
import org.golempipeline.event.RunEvent;
import org.golempipeline.spec.OutSpec;

/** Puts what one fragment left into the run's folder, where the user can look at it. */
final class SingleOutput {
  private SingleOutput() {}

  static RunEvent.OutputLeft leave(RunFolder folder, StageRuntime stage, int fragment)
      throws IOException {
    var out = stage.plan().spec().out();
    var name = stage.plan().name() + "-" + fragment;
    var path =
        "outputs/"
            + (out instanceof OutSpec.One one
                ? name + one.suffix()
                : out instanceof OutSpec.Named named ? name + "/" + named.name() : name);
    var parts = stage.outputs().get(fragment);
    var bytes = 0L;
    try (var reader = new ArchiveReader()) {
      for (var part : parts) {
        var file = folder.root().resolve(path).resolve(part.name());
        Files.createDirectories(file.getParent());
        reader.copy(part, file);
        bytes += part.size();
      }
    }
    return new RunEvent.OutputLeft(
        stage.plan().name().value(), fragment, path, parts.size(), bytes);
  }
}
