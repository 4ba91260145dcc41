package org.golempipeline.laws;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import org.golempipeline.image.Images;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.run.Daemons;
import org.golempipeline.strategy.SplitStrategy;

/**
 * How the laws are checked.
 *
 * @param id names the check
 * @param file the pipeline file as the user called it
 * @param sample bytes of a stage's input that are taken, about
 * @param home a folder for all that is written, which the caller removes
 * @param daemons a node on this machine with {@link LawsCheck#PROVIDERS} providers
 * @param duration how long agreements may last
 * @param images of the pipeline, on this machine
 * @param files the split that hands out whole files
 * @param say tells the user what happens now, a line
 */
public record LawsSettings(
    String id,
    String file,
    long sample,
    Path home,
    Daemons daemons,
    Duration duration,
    LocalShell shell,
    Images images,
    SplitStrategy files,
    Clock clock,
    Consumer<String> say) {}
