package org.golempipeline.image;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.ImageRegistry;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.NotAnImageException;
import org.golempipeline.lock.LockDiagnosticIds;
import org.golempipeline.lock.LockFile;
import org.golempipeline.lock.LockedImage;
import org.golempipeline.plan.Plan;
import org.golempipeline.spec.ImageRef;
import org.golempipeline.spec.StageSpec;
import org.jspecify.annotations.Nullable;

/** Finds what the images of one plan are, and all that is wrong with them. */
final class ImageSearch {
  private final Plan plan;
  private final ImageRegistry registry;
  private final Problems problems;
  private final Map<ImageRef, List<StageSpec>> wanted = new LinkedHashMap<>();
  private final List<StageSpec> without = new ArrayList<>();
  private final Map<ImageRef, Image> remote = new HashMap<>();
  private final Map<ImageRef, GvmiFile> local = new HashMap<>();

  ImageSearch(Plan plan, ImageRegistry registry) {
    this.plan = plan;
    this.registry = registry;
    this.problems = new Problems(plan.spec().source());
    for (var stage : plan.spec().stages()) {
      if (stage.image() == null) {
        without.add(stage);
      } else {
        wanted.computeIfAbsent(stage.image(), image -> new ArrayList<>()).add(stage);
      }
    }
  }

  Checked<Images> resolve() {
    if (!without.isEmpty()) {
      missing();
    }
    var lock = lock();
    if (lock != null) {
      find(lock);
    }
    if (!problems.hasErrors()) {
      write(Objects.requireNonNull(lock));
    }
    return new Checked<>(problems.hasErrors() ? null : new Images(remote, local), problems.all());
  }

  private void missing() {
    problems.error(
        ImageDiagnosticIds.IMAGE_MISSING,
        without.get(0).range(),
        "%s no `image`, and providers need one.".formatted(said(without, "names", "name")),
        "Add one for all stages at the top level, such as `image: golem/alpine:latest`.");
  }

  // ---- the lock file

  private Path lockPath() {
    var name = Objects.requireNonNull(Path.of(plan.spec().source().name()).getFileName());
    return LockFile.beside(plan.folder().resolve(name));
  }

  private String lockName() {
    return plan.spec().source().name() + ".lock";
  }

  private @Nullable LockFile lock() {
    var read = LockFile.read(lockPath(), lockName());
    read.diagnostics().forEach(problems::add);
    return read.orNull();
  }

  private void write(LockFile lock) {
    var tags = new TreeMap<String, LockedImage>();
    remote.forEach(
        (ref, image) -> {
          if (ref instanceof ImageRef.Tag tag) {
            tags.put(tag.tag(), new LockedImage(image.sha3(), image.url()));
          }
        });
    try {
      lock.writeImages(tags);
    } catch (IOException e) {
      problems.error(
          LockDiagnosticIds.LOCK_UNWRITABLE,
          Range.START,
          "Could not write `%s`, which keeps what the image tags mean: %s."
              .formatted(lockName(), e.getMessage()),
          "Check that the folder of the pipeline file can be written and is not full.");
    }
  }

  // ---- the images

  private void find(LockFile lock) {
    var asked = new LinkedHashMap<ImageRef, CompletableFuture<ImageRegistry.Answer>>();
    for (var ref : wanted.keySet()) {
      if (ref instanceof ImageRef.Url url) {
        remote.put(ref, new Image(url.sha3(), url.toString()));
      } else if (ref instanceof ImageRef.Tag tag && lock.images().containsKey(tag.tag())) {
        var locked = Objects.requireNonNull(lock.images().get(tag.tag()));
        remote.put(ref, new Image(locked.sha3(), locked.url()));
      } else if (!(ref instanceof ImageRef.Local)) {
        asked.put(ref, registry.resolve(ref.toString()));
      }
    }
    for (var ref : wanted.keySet()) {
      if (ref instanceof ImageRef.Local file) {
        read(file);
      }
    }
    asked.forEach(this::take);
  }

  private void take(ImageRef ref, CompletableFuture<ImageRegistry.Answer> answer) {
    try {
      var known = answer.join();
      if (known instanceof ImageRegistry.Answer.Found found) {
        remote.put(ref, new Image(found.hash(), found.url()));
      } else if (known instanceof ImageRegistry.Answer.Unknown unknown) {
        wrong(
            ref,
            ImageDiagnosticIds.IMAGE_UNKNOWN,
            "which the registry does not know: " + clause(unknown.reason()),
            "Look for images and their tags at https://registry.golem.network, or give"
                + " `{url, hash}`.");
      } else {
        throw new AssertionError(known);
      }
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof GolemException failure)) {
        throw e;
      }
      var stages = Objects.requireNonNull(wanted.get(ref));
      problems.error(
          ImageDiagnosticIds.IMAGE_NO_ANSWER,
          range(stages),
          "%s: %s".formatted(said(stages), failure.getMessage()),
          failure.hint().orElse(null));
    }
  }

  private void read(ImageRef.Local ref) {
    try {
      local.put(ref, GvmiFile.read(plan.folder().resolve(ref.path())));
    } catch (NotAnImageException e) {
      wrong(
          ref,
          ImageDiagnosticIds.IMAGE_BAD_FILE,
          "which " + e.getMessage(),
          "Make a `.gvmi` file from a Docker image with `gvmkit-build`.");
    } catch (NoSuchFileException e) {
      wrong(
          ref,
          ImageDiagnosticIds.IMAGE_BAD_FILE,
          "which does not exist",
          "Paths are relative to the folder of the pipeline file.");
    } catch (IOException e) {
      wrong(
          ref,
          ImageDiagnosticIds.IMAGE_BAD_FILE,
          "which cannot be read: " + clause(Trouble.reason(e)),
          "Check that it is a file and its permissions.");
    }
  }

  private void wrong(ImageRef ref, String id, String what, String hint) {
    var stages = Objects.requireNonNull(wanted.get(ref));
    problems.error(
        id,
        range(stages),
        "%s the image `%s`, %s.".formatted(said(stages, "names", "name"), ref, what),
        hint);
  }

  private static Range range(List<StageSpec> stages) {
    var first = stages.get(0);
    return Objects.requireNonNullElse(first.imageRange(), first.range());
  }

  private static String said(List<StageSpec> stages, String one, String several) {
    return said(stages) + " " + (stages.size() == 1 ? one : several);
  }

  /** "Stage `a`", or "Stages `a` and `b`". */
  private static String said(List<StageSpec> stages) {
    var names = stages.stream().map(stage -> "`" + stage.name() + "`").toList();
    var last = names.size() - 1;
    return last == 0
        ? "Stage " + names.get(0)
        : "Stages %s and %s".formatted(String.join(", ", names.subList(0, last)), names.get(last));
  }

  private static String clause(String sentence) {
    var stripped = sentence.strip();
    return stripped.endsWith(".") ? stripped.substring(0, stripped.length() - 1) : stripped;
  }
}
