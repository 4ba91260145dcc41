package org.golempipeline.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.image.ImageRegistry;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.spec.ImageRef;
import org.golempipeline.spec.PipelineSpec;
import org.jspecify.annotations.Nullable;

/**
 * Every image of a pipeline, found and fixed before anything is spent: a map from what the file
 * says to what providers fetch. Made by {@link #onNetwork} or {@link #onThisMachine}, which may
 * take a while; a run then offers the files of this machine with {@link #serve}.
 */
public final class Images {
  /** The embedded node runs programs of its machine for it. */
  static final Image NOT_FETCHED = new Image("0".repeat(56), "file:///dev/null");

  private static final String HERE = "this machine";

  private final boolean onNetwork;
  private final Map<ImageRef, Image> remote;
  private final Map<ImageRef, GvmiFile> files;
  private final List<RunEvent.ProgramsChosen> choices;
  private final List<ImageRef> unmade;

  Images(
      boolean onNetwork,
      Map<ImageRef, Image> remote,
      Map<ImageRef, GvmiFile> files,
      List<RunEvent.ProgramsChosen> choices,
      List<ImageRef> unmade) {
    this.onNetwork = onNetwork;
    this.remote = Map.copyOf(remote);
    this.files = Map.copyOf(files);
    this.choices = List.copyOf(choices);
    this.unmade = List.copyOf(unmade);
  }

  /** For runs with the programs of this machine: nothing is looked for. */
  public static Images none() {
    return new Images(false, Map.of(), Map.of(), List.of(), List.of());
  }

  /** As a run on this machine chose, for those who look for its results. */
  public static Images asChosen(List<RunEvent.ProgramsChosen> choices) {
    return new Images(false, Map.of(), Map.of(), choices, List.of());
  }

  /**
   * Finds the images of all stages for providers on the network. Tags come from the lock file
   * beside the pipeline file; those that it lacks are asked for at the registry and written into
   * it, those that the plan no longer names are dropped from it. Files of this machine are checked
   * and hashed, or made if they are named by what they are made of. Blocks until all is done, or
   * until everything that is wrong is known; the lock file is not touched then.
   *
   * @param audits whether results that are computed once more on this machine are computed inside
   */
  public static Checked<Images> onNetwork(
      PipelineSpec spec, Path folder, ImageRegistry registry, Workshop workshop, Inside audits)
      throws InterruptedException {
    return new ImageSearch(spec, folder, workshop).onNetwork(registry, audits);
  }

  /**
   * Finds those images that are on this machine: files, what the user's store has of what the lock
   * file or a pull says a tag means, and what can be made here. Blocks as {@link #onNetwork} does.
   */
  public static Checked<Images> onThisMachine(
      PipelineSpec spec, Path folder, Workshop workshop, Inside inside)
      throws InterruptedException {
    return new ImageSearch(spec, folder, workshop).onThisMachine(inside);
  }

  /** The same for what is computed on this machine beside the network, to check it. */
  public Images forAudits() {
    return onNetwork ? new Images(false, Map.of(), files, List.of(), List.of()) : this;
  }

  /** Whether strangers fetch them and compute. */
  public boolean areOnNetwork() {
    return onNetwork;
  }

  /**
   * For each image of the pipeline, in which programs a run on this machine executes fragments; on
   * the network, in which programs it audits them on this machine.
   */
  public List<RunEvent.ProgramsChosen> choices() {
    return choices;
  }

  /** Images that a run would make. */
  public List<ImageRef> unmade() {
    return unmade;
  }

  /**
   * Those that are at hand on this machine, in which its programs can run; on the network, some of
   * them are fetched from elsewhere nevertheless.
   */
  public Map<ImageRef, GvmiFile> files() {
    return files;
  }

  /** Those that providers fetch from this machine. */
  public Map<ImageRef, GvmiFile> served() {
    var served = new HashMap<>(files);
    served.keySet().removeAll(remote.keySet());
    return served;
  }

  /**
   * What stands for the content of {@code image} in content keys: its hash, or that this machine's
   * own programs run. The same text means the same programs.
   */
  public String content(@Nullable ImageRef image) {
    if (!onNetwork) {
      return choices.stream()
          .filter(each -> image != null && each.image().equals(image.toString()))
          .map(RunEvent.ProgramsChosen::sha3)
          .filter(Objects::nonNull)
          .findFirst()
          .map(sha3 -> HERE + ", " + sha3)
          .orElse(HERE);
    }
    var file = image == null ? null : files.get(image);
    if (file != null) {
      return file.sha3();
    }
    var found = image == null ? null : remote.get(image);
    return found == null ? "" : found.sha3();
  }

  /**
   * Makes the files of this machine readable for providers; completes at once if there are none.
   * Fails with {@link GolemException}.
   */
  public CompletableFuture<ServedImages> serve(GolemNetwork network) {
    var images = new HashMap<>(remote);
    var open = new ArrayList<GvmiFile.Content>();
    var serving = new HashMap<ImageRef, CompletableFuture<String>>();
    for (var each : served().entrySet()) {
      try {
        var content = each.getValue().open();
        open.add(content);
        serving.put(each.getKey(), network.serve(bytes(content)));
      } catch (IOException e) {
        var why = "Could not read the image `%s`: %s.".formatted(each.getKey(), Trouble.reason(e));
        var failure = new GolemException(GolemException.Kind.MARKET, why, null, e);
        serving.put(each.getKey(), CompletableFuture.failedFuture(failure));
      }
    }
    return CompletableFuture.allOf(serving.values().toArray(CompletableFuture[]::new))
        .thenApply(
            all -> {
              serving.forEach(
                  (ref, url) ->
                      images.put(
                          ref,
                          new Image(Objects.requireNonNull(files.get(ref)).sha3(), url.join())));
              return new ServedImages(onNetwork, images, open);
            })
        .whenComplete(
            (served, thrown) -> {
              if (thrown != null) {
                new ServedImages(onNetwork, Map.of(), open).close();
              }
            });
  }

  private static ByteSource bytes(GvmiFile.Content content) {
    return new ByteSource() {
      @Override
      public long size() {
        return content.size();
      }

      @Override
      public void read(long offset, ByteBuffer target) throws IOException {
        content.read(offset, target);
      }
    };
  }
}
