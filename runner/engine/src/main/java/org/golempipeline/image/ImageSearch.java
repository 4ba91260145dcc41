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
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.ImageRegistry;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.NotAnImageException;
import org.golempipeline.gvmi.StoredImage;
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
  private final Problems problems;
  private final Map<ImageRef, List<StageSpec>> wanted = new LinkedHashMap<>();
  private final List<StageSpec> without = new ArrayList<>();
  private final Map<ImageRef, Image> remote = new HashMap<>();
  private final Map<ImageRef, GvmiFile> files = new HashMap<>();

  ImageSearch(Plan plan) {
    this.plan = plan;
    this.problems = new Problems(plan.spec().source());
    for (var stage : plan.spec().stages()) {
      if (stage.image() == null) {
        without.add(stage);
      } else {
        wanted.computeIfAbsent(stage.image(), image -> new ArrayList<>()).add(stage);
      }
    }
  }

  Checked<Images> onNetwork(ImageRegistry registry) {
    if (!without.isEmpty()) {
      missing("providers need one");
    }
    var lock = lock();
    if (lock != null) {
      find(lock, registry);
    }
    if (!problems.hasErrors()) {
      write(Objects.requireNonNull(lock));
    }
    return checked(new Images(true, remote, files, List.of()));
  }

  /** What is not here is a mistake only for who insists on it. */
  Checked<Images> onThisMachine(Optional<ImageStore> store, Inside inside) {
    var always = inside.choice() == Inside.Choice.ALWAYS;
    if (always && !without.isEmpty()) {
      missing("`--in image` asks for one");
    }
    var lock = lock();
    var choices = new ArrayList<RunEvent.ProgramsChosen>();
    for (var ref : lock == null ? Set.<ImageRef>of() : wanted.keySet()) {
      var instead = notInside(ref, store, inside, Objects.requireNonNull(lock));
      var file = files.get(ref);
      choices.add(
          new RunEvent.ProgramsChosen(
              ref.toString(), file == null ? null : file.sha3(), instead.orElse(null)));
      if (always && instead.isPresent()) {
        wrong(
            ref,
            ImageDiagnosticIds.IMAGE_NOT_HERE,
            "which " + instead.get(),
            inside.obstacle().map(Inside.Obstacle::cure).orElseGet(() -> cure(ref)));
      }
    }
    return checked(new Images(false, Map.of(), files, choices));
  }

  private Checked<Images> checked(Images images) {
    return new Checked<>(problems.hasErrors() ? null : images, problems.all());
  }

  /** Finds an image on this machine, or says why nobody works inside it, as a clause about it. */
  private Optional<String> notInside(
      ImageRef ref, Optional<ImageStore> store, Inside inside, LockFile lock) {
    if (inside.choice() == Inside.Choice.NEVER) {
      return Optional.of("is left aside, as `--in host` asks");
    }
    if (inside.obstacle().isPresent()) {
      return Optional.of("cannot be entered here: " + inside.obstacle().get().reason());
    }
    try {
      var found = file(ref, store, lock);
      found.ifPresent(file -> files.put(ref, file));
      return found.isPresent() ? Optional.empty() : Optional.of("is not on this machine");
    } catch (NoSuchFileException e) {
      return Optional.of("does not exist");
    } catch (NotAnImageException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return Optional.of("cannot be read: " + clause(Trouble.reason(e)));
    }
  }

  private Optional<GvmiFile> file(ImageRef ref, Optional<ImageStore> store, LockFile lock)
      throws IOException, NotAnImageException {
    var stored = store.isEmpty() ? Optional.<StoredImage>empty() : stored(ref, store.get(), lock);
    return stored.isEmpty() ? Optional.empty() : Optional.of(stored.get().open());
  }

  private Optional<StoredImage> stored(ImageRef ref, ImageStore store, LockFile lock)
      throws IOException, NotAnImageException {
    if (ref instanceof ImageRef.Local local) {
      return Optional.of(store.copyOf(plan.folder().resolve(local.path())));
    }
    if (ref instanceof ImageRef.Hash hash) {
      return store.find(hash.sha3());
    }
    if (ref instanceof ImageRef.Url url) {
      return store.find(url.sha3());
    }
    var locked = lock.images().get(ref.toString());
    return locked == null ? store.named(ref.toString()) : store.find(locked.sha3());
  }

  private static String cure(ImageRef ref) {
    return ref instanceof ImageRef.Local
        ? "Make it with `golem-pipeline image build`, or leave out `--in image`."
        : "Get it with `golem-pipeline image pull %s`, or leave out `--in image`.".formatted(ref);
  }

  private void missing(String why) {
    problems.error(
        ImageDiagnosticIds.IMAGE_MISSING,
        without.get(0).range(),
        "%s no `image`, and %s.".formatted(said(without, "names", "name"), why),
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
      lock.writeImages(tags, new TreeMap<>());
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

  private void find(LockFile lock, ImageRegistry registry) {
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
      files.put(ref, GvmiFile.read(plan.folder().resolve(ref.path())));
    } catch (NotAnImageException e) {
      wrong(
          ref,
          ImageDiagnosticIds.IMAGE_BAD_FILE,
          "which " + e.getMessage(),
          "Make one with `golem-pipeline image build`.");
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
