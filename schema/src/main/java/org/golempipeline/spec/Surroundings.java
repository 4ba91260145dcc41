package org.golempipeline.spec;

import java.util.List;
import java.util.Optional;

/**
 * What a pipeline file has around it, asked while it is checked. An answer may be of no use a
 * moment later, so that nothing but warnings comes of it.
 */
public interface Surroundings {
  /** Knows nothing, so that nothing is wrong with it. */
  Surroundings NONE =
      new Surroundings() {
        @Override
        public boolean isFile(String path) {
          return false;
        }

        @Override
        public List<Optional<Complaint>> syntax(List<String> texts) {
          return texts.stream().map(text -> Optional.<Complaint>empty()).toList();
        }
      };

  /** Whether that path, relative to the folder of the file, is a file. */
  boolean isFile(String path);

  /**
   * What {@code /bin/sh} says when it reads each of these texts without running it: as many answers
   * as texts, empty for one that it can read or was not asked about.
   */
  List<Optional<Complaint>> syntax(List<String> texts);

  /**
   * What a shell cannot read.
   *
   * @param line of the text, from 1; 0 if it does not say
   * @param message in its words, without a full stop
   */
  record Complaint(int line, String message) {}
}
