package org.golempipeline.rehearse;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.golempipeline.batch.BatchPlace;
import org.golempipeline.batch.BatchRecipe;
import org.golempipeline.batch.BatchScript;
import org.golempipeline.batch.FragmentWork;
import org.golempipeline.batch.ReturnLimits;
import org.golempipeline.batch.ReturnedFragment.Ending;
import org.golempipeline.batch.SourceFiles;
import org.golempipeline.exeunit.RunningProgram;
import org.golempipeline.exeunit.VisibleFolder;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.Script;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.jspecify.annotations.Nullable;

/**
 * A fresh machine on which fragments of one stage are tried, and whose folders and processes can be
 * looked at. Its setup has run.
 */
final class ProbeMachine implements AutoCloseable {
  private static final ReturnLimits LIMITS = new ReturnLimits(1L << 40, 1_000_000);
  private static final int MOST_FILES = 100_000;
  private static final Duration GRACE = Duration.ofMinutes(1);
  private static final Duration CLOSING = Duration.ofSeconds(10);

  /** What ends by itself in this time is not called left behind. */
  private static final Duration LAST_BREATH = Duration.ofMillis(1500);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /** Where the driver and transfers keep their own things, below the work folder. */
  private static final Pattern OURS =
      Pattern.compile("(in|out|shared)-[0-9]+\\.tar(\\.sh)?|[bu][0-9]+|web-.*");

  private final EmbeddedNode node;
  private final Rental rental;
  private final Path archives;
  private final SourceFiles sources;
  private final BatchRecipe recipe;
  private final Duration idle;
  private final List<Place> atFirst;
  private int batches;

  /**
   * A folder in which fragments leave files, and what is in it.
   *
   * @param work the beginning of what lies in the work folder, below this one; null if that is
   *     elsewhere
   */
  private record Place(VisibleFolder folder, @Nullable String work, FolderState state) {
    boolean wasBelow(String name) {
      return folder
          .below()
          .filter(each -> Files.exists(each.resolve(name), NOFOLLOW_LINKS))
          .isPresent();
    }
  }

  /**
   * @param archives for what comes back
   * @throws ProbeException if setup fails
   */
  ProbeMachine(
      EmbeddedNode node,
      Rental rental,
      Path archives,
      SourceFiles sources,
      BatchRecipe recipe,
      Duration idle)
      throws IOException, InterruptedException, ProbeException {
    this.node = node;
    this.rental = rental;
    this.archives = archives;
    this.sources = sources;
    this.recipe = recipe;
    this.idle = idle;
    var setUp = execute(emptyHanded(), List.of(work()), true).get(0);
    if (setUp.returned().ending() == Ending.SETUP_FAILED) {
      throw new ProbeException("its `setup` exited with " + setUp.returned().status());
    }
    this.atFirst = look();
  }

  /** The stage's surroundings, with a command that does nothing. */
  private BatchRecipe emptyHanded() {
    return new BatchRecipe(
        recipe.stage(),
        recipe.shared(),
        recipe.setup(),
        recipe.setupVariables(),
        ": > \"$out\"",
        new OutSpec.One(""),
        false,
        false,
        recipe.limit());
  }

  private static FragmentWork work() {
    return new FragmentWork(List.of(), InputShape.NONE, "", Map.of(), List.of());
  }

  /** Runs fragments one after the other, in one script. */
  List<ProbeOutput> run(List<FragmentWork> fragments)
      throws IOException, InterruptedException, ProbeException {
    return execute(recipe, fragments, false);
  }

  private List<ProbeOutput> execute(BatchRecipe how, List<FragmentWork> fragments, boolean first)
      throws IOException, InterruptedException, ProbeException {
    var archive = Files.createTempFile(archives, "probe-", ".tar");
    var place = new BatchPlace(batches++, rental.folder(), first);
    var script = BatchScript.of(how, fragments, place, sources, archive, LIMITS);
    try (var returned = script.returned()) {
      var limit = how.limit().multipliedBy(fragments.size() + 1L).plus(GRACE);
      var outcome = rental.execute(new Script(script.commands(), limit, idle, line -> {})).get();
      if (!outcome.ok()) {
        var last = outcome.results().get(outcome.results().size() - 1);
        throw new ProbeException("its script failed: " + last.message());
      }
      // Nobody reads them here, and they may tell secrets.
      returned.blankLogs();
      return returned.fragments().stream().map(each -> new ProbeOutput(each, archive)).toList();
    } catch (ExecutionException e) {
      throw new ProbeException(
          String.valueOf(java.util.Objects.requireNonNull(e.getCause()).getMessage()));
    }
  }

  private List<Place> look() throws IOException {
    var places = new ArrayList<Place>();
    for (var folder : node.folders(rental.agreementId())) {
      var work = work(folder);
      var state =
          FolderState.of(
              folder.here(),
              MOST_FILES,
              name ->
                  !Path.of(name).endsWith("__pycache__")
                      && !(work != null
                          && name.startsWith(work)
                          && OURS.matcher(name.substring(work.length())).matches()));
      places.add(new Place(folder, work, state));
    }
    return places;
  }

  /** Programs of this machine see it where it is, those of an image under the folder's own name. */
  private @Nullable String work(VisibleFolder folder) {
    if (folder.name().equals(rental.folder() + "/")) {
      return "";
    }
    var path = Path.of(rental.folder());
    return path.startsWith(folder.here()) ? folder.here().relativize(path) + "/" : null;
  }

  /** What has changed in its folders since setup, in words. */
  List<String> changes() throws IOException {
    var found = new ArrayList<String>();
    var now = look();
    for (var i = 0; i < now.size(); i++) {
      var place = now.get(i);
      var shared = place.work == null ? null : place.work + "s" + recipe.stage();
      for (var change : atFirst.get(i).state.changes(place.state, place::wasBelow)) {
        if (shared != null && change.startsWith("`" + shared + "/")) {
          found.add("`" + change.substring(shared.length() + 2) + " in the folder it starts in");
        } else if (shared == null || !change.startsWith("`" + shared + "`")) {
          found.add("`" + place.folder.name() + change.substring(1));
        }
      }
    }
    return found;
  }

  /** What still runs although the scripts have ended. */
  List<String> processes() throws InterruptedException {
    var left = running();
    var rest = LAST_BREATH;
    while (!left.isEmpty() && !rest.isNegative()) {
      pause(LOOK_AGAIN);
      rest = rest.minus(LOOK_AGAIN);
      left = running();
    }
    return left.stream().map(RunningProgram::command).toList();
  }

  private List<RunningProgram> running() {
    return node.running(rental.agreementId());
  }

  static void pause(Duration time) throws InterruptedException {
    if (time.isNegative()) {
      return;
    }
    var waited = new CompletableFuture<Boolean>();
    waited.completeOnTimeout(true, time.toNanos(), TimeUnit.NANOSECONDS);
    try {
      waited.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** Kills what is left and gives the machine back. */
  @Override
  public void close() {
    var unused =
        rental
            .close(EndReason.success("The rehearsal is over."))
            .completeOnTimeout(null, CLOSING.toSeconds(), TimeUnit.SECONDS)
            .join();
  }
}
