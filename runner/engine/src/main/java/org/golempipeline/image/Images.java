package org.golempipeline.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.ImageRegistry;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.plan.Plan;
import org.golempipeline.spec.ImageRef;
import org.jspecify.annotations.Nullable;

/**
 * Every image of a plan, found and fixed before anything is spent: a map from what the file says to
 * what providers fetch. Made by {@link #resolve}, which may take a while; a run then offers the
 * files of this machine with {@link #serve}.
 */
public final class Images {
  /** The embedded node unpacks no image. */
  static final Image NOT_FETCHED = new Image("0".repeat(56), "file:///dev/null");

  /** Null where nobody fetches any. */
  private final @Nullable Map<ImageRef, Image> remote;

  private final Map<ImageRef, GvmiFile> local;

  Images(@Nullable Map<ImageRef, Image> remote, Map<ImageRef, GvmiFile> local) {
    this.remote = remote == null ? null : Map.copyOf(remote);
    this.local = Map.copyOf(local);
  }

  /** For runs on this machine, where its own programs run: nothing is looked for. */
  public static Images notFetched() {
    return new Images(null, Map.of());
  }

  /**
   * Finds the images of all stages. Tags come from the lock file beside the pipeline file; those
   * that it lacks are asked for at the registry and written into it, those that the plan no longer
   * names are dropped from it. Files of this machine are checked and hashed. Blocks until all is
   * done, or until everything that is wrong is known; the lock file is not touched then.
   */
  public static Checked<Images> resolve(Plan plan, ImageRegistry registry) {
    return new ImageSearch(plan, registry).resolve();
  }

  /** Whether providers fetch them; else all that runs are the programs of this machine. */
  public boolean areFetched() {
    return remote != null;
  }

  /**
   * What stands for the content of {@code image} in content keys: its hash, or that this machine's
   * own programs run. The same text means the same programs.
   */
  public String content(@Nullable ImageRef image) {
    if (remote == null) {
      return "this machine";
    }
    var file = image == null ? null : local.get(image);
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
    if (remote == null) {
      return CompletableFuture.completedFuture(new ServedImages(null, List.of()));
    }
    var images = new HashMap<>(remote);
    var open = new ArrayList<GvmiFile.Content>();
    var serving = new HashMap<ImageRef, CompletableFuture<String>>();
    for (var each : local.entrySet()) {
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
                          new Image(Objects.requireNonNull(local.get(ref)).sha3(), url.join())));
              return new ServedImages(images, open);
            })
        .whenComplete(
            (served, thrown) -> {
              if (thrown != null) {
                new ServedImages(null, open).close();
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
