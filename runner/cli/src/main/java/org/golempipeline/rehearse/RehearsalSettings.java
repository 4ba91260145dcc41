package org.golempipeline.rehearse;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.image.Images;
import org.golempipeline.plan.LocalShell;

/**
 * How a pipeline is rehearsed.
 *
 * @param id names the rehearsal
 * @param file the pipeline file as the user called it
 * @param seed decides about everything that goes wrong
 * @param sample most fragments of a stage
 * @param workers most providers at a time
 * @param home the rehearsal's own folder, which is not there yet
 * @param scratch a new folder for providers, each time it is asked
 * @param images of the plan, and where activities find those
 * @param duration how long agreements may last
 * @param say tells the user what happens now, a line
 */
public record RehearsalSettings(
    String id,
    String file,
    Chaos chaos,
    long seed,
    int sample,
    int workers,
    Path home,
    Supplier<Path> scratch,
    Images images,
    ImageStore store,
    Duration duration,
    LocalShell shell,
    Clock clock,
    Consumer<String> say) {}
