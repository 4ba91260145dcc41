package org.golempipeline.laws;

import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.golempipeline.event.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What a run of a stage came to.
 *
 * @param failure null if it came to something
 * @param results by the path they would be published under
 */
record Answer(@Nullable Failure failure, SortedMap<String, Path> results) {
  Answer {
    results = Collections.unmodifiableSortedMap(new TreeMap<>(results));
  }
}
