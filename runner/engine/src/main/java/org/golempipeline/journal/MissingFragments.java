package org.golempipeline.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.event.RunEvent;

/** What the results of a run are without, by its journal. */
public final class MissingFragments {
  private MissingFragments() {}

  /** Stages whose results are parts, in the order in which they were made. */
  public static List<RunEvent.PartMade> read(Path runFolder) throws IOException {
    var parts = new ArrayList<RunEvent.PartMade>();
    new JournalReader(runFolder)
        .scan(
            stamped -> {
              if (stamped.event() instanceof RunEvent.PartMade part) {
                parts.add(part);
              }
            },
            RunEvent.PartMade.class);
    return parts;
  }
}
