package org.golempipeline.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.event.RunEvent;

/** In which programs a run on this machine executed fragments, by its journal. */
public final class ProgramChoices {
  private ProgramChoices() {}

  /** One for each image of the pipeline; none for a run on the network. */
  public static List<RunEvent.ProgramsChosen> read(Path runFolder) throws IOException {
    var found = new ArrayList<RunEvent.ProgramsChosen>();
    new JournalReader(runFolder)
        .scan(
            stamped -> {
              if (stamped.event() instanceof RunEvent.ProgramsChosen chosen) {
                found.add(chosen);
              }
            },
            RunEvent.ProgramsChosen.class);
    return found;
  }
}
