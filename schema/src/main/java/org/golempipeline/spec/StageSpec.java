package org.golempipeline.spec;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.golempipeline.diagnostic.Range;
import org.jspecify.annotations.Nullable;

/**
 * One stage, with every default filled in.
 *
 * @param range of its name in the file, or of {@code run} in a file without {@code stages}
 * @param input empty without {@code input}
 * @param from empty without {@code from}
 * @param needs every stage that must finish first, those in {@code from} and {@code files} included
 * @param setup run once per provider
 * @param accept run on this machine for every output
 * @param output null when nothing is published
 * @param speculate whether stragglers get a second copy; null for what is usual where it runs
 * @param verify null when outputs are taken on trust
 * @param enough null when every fragment is needed
 */
public record StageSpec(
    StageName name,
    Range range,
    @Nullable ImageRef image,
    @Nullable Range imageRange,
    List<InputSource> input,
    List<StageName> from,
    Set<StageName> needs,
    List<SharedFile> files,
    @Nullable ShellText setup,
    StrategyUse split,
    List<MatrixAxis> matrix,
    Command run,
    OutSpec out,
    @Nullable ShellText accept,
    StrategyUse merge,
    @Nullable Template output,
    @Nullable Range outputRange,
    Resources resources,
    Retry retry,
    Timeouts timeouts,
    @Nullable Boolean speculate,
    @Nullable Verify verify,
    @Nullable Enough enough) {
  public StageSpec {
    Objects.requireNonNull(name);
    input = List.copyOf(input);
    from = List.copyOf(from);
    needs = Collections.unmodifiableSet(new LinkedHashSet<>(needs));
    files = List.copyOf(files);
    matrix = List.copyOf(matrix);
  }
}
