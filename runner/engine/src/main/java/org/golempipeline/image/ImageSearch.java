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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.image.ImageRegistry;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.NotAnImageException;
import org.golempipeline.gvmi.StoredImage;
import org.golempipeline.lock.LockDiagnosticIds;
import org.golempipeline.lock.LockFile;
import org.golempipeline.lock.LockedBuild;
import org.golempipeline.lock.LockedImage;
import org.golempipeline.oci.ImageBuilder;
import org.golempipeline.oci.ImageSource;
import org.golempipeline.spec.ImageRef;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.StageSpec;
import org.jspecify.annotations.Nullable;

/** Finds what the images of one pipeline are, and all that is wrong with them. */
final class ImageSearch {
  private final PipelineSpec spec;
  private final Path folder;
  private final Problems problems;
  private final Map<ImageRef, List<StageSpec>> wanted = new LinkedHashMap<>();
  private final List<StageSpec> without = new ArrayList<>();
  private final Map<ImageRef, Image> remote = new HashMap<>();
  private final Map<ImageRef, GvmiFile> files = new HashMap<>();
  private final SortedMap<String, LockedBuild> builds = new TreeMap<>();
  private final List<ImageRef> unmade = new ArrayList<>();
  private final Workshop workshop;

  ImageSearch(PipelineSpec spec, Path folder, Workshop workshop) {
    this.spec = spec;
    this.folder = folder;
    this.workshop = workshop;
    this.problems = new Problems(spec.source());
    for (var stage : spec.stages()) {
      if (stage.image() == null) {
        without.add(stage);
      } else {
        wanted.computeIfAbsent(stage.image(), image -> new ArrayList<>()).add(stage);
      }
    }
  }

  Checked<Images> onNetwork(ImageRegistry registry, Inside audits) throws InterruptedException {
    if (!without.isEmpty()) {
      missing("providers need one");
    }
    var lock = lock();
    if (lock != null) {
      find(lock, registry);
    }
    if (!problems.hasErrors()) {
      write(Objects.requireNonNull(lock), tags());
    }
    return checked(new Images(true, remote, files, forAudits(audits), unmade));
  }

  /** In which programs results are computed once more on this machine. */
  private List<RunEvent.ProgramsChosen> forAudits(Inside inside) {
    var choices = new ArrayList<RunEvent.ProgramsChosen>();
    wanted.forEach(
        (ref, stages) -> {
          if (stages.stream().anyMatch(ImageSearch::isAuditedHere) && !unmade.contains(ref)) {
            var file = inside.obstacle().isPresent() ? null : files.get(ref);
            var instead =
                file == null
                    ? inside
                        .obstacle()
                        .map(ImageSearch::notEntered)
                        .orElseGet(() -> notHere(ref, inside.choice()))
                    : null;
            choices.add(
                new RunEvent.ProgramsChosen(
                    ref.toString(), file == null ? null : file.sha3(), instead));
          }
        });
    return choices;
  }

  private static boolean isAuditedHere(StageSpec stage) {
    return stage.verify() != null && stage.verify().local();
  }

  private static String notEntered(Inside.Obstacle obstacle) {
    return "cannot be entered here: " + obstacle.reason();
  }

  /** What is not here is a mistake only for who insists on it. */
  Checked<Images> onThisMachine(Inside inside) throws InterruptedException {
    var always = inside.choice() == Inside.Choice.ALWAYS;
    if (always && !without.isEmpty()) {
      missing("`--in image` asks for one");
    }
    var lock = wanted.isEmpty() ? null : lock();
    var choices = new ArrayList<RunEvent.ProgramsChosen>();
    for (var ref : lock == null ? Set.<ImageRef>of() : wanted.keySet()) {
      var instead = notInside(ref, inside, Objects.requireNonNull(lock));
      var file = files.get(ref);
      if (!unmade.contains(ref)) {
        choices.add(
            new RunEvent.ProgramsChosen(
                ref.toString(), file == null ? null : file.sha3(), instead.orElse(null)));
      }
      if (always && instead.isPresent()) {
        wrong(
            ref,
            ImageDiagnosticIds.IMAGE_NOT_HERE,
            "which " + instead.get(),
            inside.obstacle().map(Inside.Obstacle::cure).orElseGet(() -> cure(ref)));
      }
    }
    if (lock != null && !problems.hasErrors() && !builds.isEmpty()) {
      write(lock, new TreeMap<>(lock.images()));
    }
    return checked(new Images(false, Map.of(), files, choices, unmade));
  }

  private Checked<Images> checked(Images images) {
    return new Checked<>(problems.hasErrors() ? null : images, problems.all());
  }

  /** Finds an image on this machine, or says why nobody works inside it, as a clause about it. */
  private Optional<String> notInside(ImageRef ref, Inside inside, LockFile lock)
      throws InterruptedException {
    if (inside.choice() == Inside.Choice.NEVER) {
      return Optional.of("is left aside, as `--in host` asks");
    }
    if (inside.obstacle().isPresent()) {
      return inside.obstacle().map(ImageSearch::notEntered);
    }
    try {
      if (isMade(ref)) {
        make(ref, lock);
        return Optional.empty();
      }
      var found = stored(ref, workshop.store(), lock);
      if (found != null) {
        files.put(ref, found.open());
      }
      return found != null ? Optional.empty() : Optional.of(notHere(ref, inside.choice()));
    } catch (NoSuchFileException e) {
      return Optional.of("does not exist");
    } catch (NotAnImageException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return Optional.of("cannot be read: " + clause(Trouble.reason(e)));
    }
  }

  private @Nullable StoredImage stored(ImageRef ref, ImageStore store, LockFile lock)
      throws IOException, NotAnImageException {
    if (ref instanceof ImageRef.Local local) {
      return store.copyOf(folder.resolve(local.path()));
    }
    if (ref instanceof ImageRef.Hash hash) {
      return store.find(hash.sha3()).orElse(null);
    }
    if (ref instanceof ImageRef.Url url) {
      return store.find(url.sha3()).orElse(null);
    }
    var locked = lock.images().get(ref.toString());
    var found = locked == null ? store.named(ref.toString()) : store.find(locked.sha3());
    return found.orElse(null);
  }

  // ---- images that are made here

  private static boolean isMade(ImageRef ref) {
    return ref instanceof ImageRef.Build || ref instanceof ImageRef.Oci;
  }

  /** Makes an image, unless the store has it; what the lock file pins is made again as it was. */
  private void make(ImageRef ref, LockFile lock) throws InterruptedException {
    var pin = lock.builds().get(ref.toString());
    if (pin != null) {
      builds.put(ref.toString(), pin);
    }
    try {
      var made = made(ref, pin);
      if (made == null) {
        unmade.add(ref);
        return;
      }
      files.put(ref, made.open());
      if (pin == null || ref instanceof ImageRef.Build && !pin.sha3().equals(made.sha3())) {
        builds.put(ref.toString(), new LockedBuild(source(ref).digest(), made.sha3()));
      }
    } catch (ImageException e) {
      wrong(
          ref,
          ImageDiagnosticIds.IMAGE_NOT_MADE,
          "which cannot be made: " + clause(e.getMessage()),
          e.hint());
    } catch (NotAnImageException e) {
      wrong(
          ref,
          ImageDiagnosticIds.IMAGE_NOT_MADE,
          "of which this machine has a file that " + e.getMessage(),
          "Remove it with `golem-pipeline image rm %s`.".formatted(ref));
    } catch (IOException e) {
      wrong(
          ref,
          ImageDiagnosticIds.IMAGE_NOT_MADE,
          "which cannot be made: " + clause(Trouble.reason(e)),
          "Check permissions, and whether the disk is full.");
    }
  }

  /** Null where none may be made. */
  private @Nullable StoredImage made(ImageRef ref, @Nullable LockedBuild pin)
      throws IOException, ImageException, InterruptedException {
    var store = workshop.store();
    if (pin != null && ref instanceof ImageRef.Oci) {
      var known = store.find(pin.sha3());
      if (known.isPresent()) {
        return known.get();
      }
    }
    var source = source(ref);
    var pinned = pin != null && ref instanceof ImageRef.Oci ? source.pinned(pin.digest()) : source;
    var progress = workshop.progress();
    if (progress == null) {
      // No registry is asked for what is only looked at.
      var known =
          ref instanceof ImageRef.Build
              ? store.madeOf(source.digest())
              : pin == null ? store.named(ref.toString()) : store.madeOf(pin.digest());
      return known.orElse(null);
    }
    return new ImageBuilder(store, ImageBuilder.LARGEST, line -> progress.accept(ref + ": " + line))
        .get(pinned);
  }

  private ImageSource source(ImageRef ref) throws ImageException {
    return ref instanceof ImageRef.Build build
        ? ImageSource.local(folder.resolve(build.path()).normalize())
        : ImageSource.reference(ref.toString(), workshop.logins());
  }

  /** A mistake has its cure in a line of its own. */
  private static String notHere(ImageRef ref, Inside.Choice choice) {
    return choice == Inside.Choice.ALWAYS || ref instanceof ImageRef.Url
        ? "is not on this machine"
        : "is not on this machine; `golem-pipeline image pull %s` gets it".formatted(ref);
  }

  private static String cure(ImageRef ref) {
    if (ref instanceof ImageRef.Local) {
      return "Make it with `golem-pipeline image build`, or leave out `--in image`.";
    }
    return ref instanceof ImageRef.Url
        ? "Download it, name the file instead, or leave out `--in image`."
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
    return folder.resolve(Objects.requireNonNull(Path.of(lockName()).getFileName()));
  }

  private String lockName() {
    return LockFile.name(spec.source().name(), spec.name());
  }

  private @Nullable LockFile lock() {
    var read = LockFile.read(lockPath(), lockName());
    read.diagnostics().forEach(problems::add);
    return read.orNull();
  }

  private SortedMap<String, LockedImage> tags() {
    var tags = new TreeMap<String, LockedImage>();
    remote.forEach(
        (ref, image) -> {
          if (ref instanceof ImageRef.Tag tag) {
            tags.put(tag.tag(), new LockedImage(image.sha3(), image.url()));
          }
        });
    return tags;
  }

  private void write(LockFile lock, SortedMap<String, LockedImage> tags) {
    try {
      lock.writeImages(tags, builds);
    } catch (IOException e) {
      problems.error(
          LockDiagnosticIds.LOCK_UNWRITABLE,
          Range.START,
          "Could not write `%s`, which keeps what the images are: %s."
              .formatted(lockName(), e.getMessage()),
          "Check that the folder of the pipeline file can be written and is not full.");
    }
  }

  // ---- the images

  private void find(LockFile lock, ImageRegistry registry) throws InterruptedException {
    var asked = new LinkedHashMap<ImageRef, CompletableFuture<ImageRegistry.Answer>>();
    for (var ref : wanted.keySet()) {
      if (ref instanceof ImageRef.Url url) {
        remote.put(ref, new Image(url.sha3(), url.toString()));
      } else if (ref instanceof ImageRef.Tag tag && lock.images().containsKey(tag.tag())) {
        var locked = Objects.requireNonNull(lock.images().get(tag.tag()));
        remote.put(ref, new Image(locked.sha3(), locked.url()));
      } else if (!(ref instanceof ImageRef.Local || isMade(ref))) {
        asked.put(ref, registry.resolve(ref.toString()));
      }
    }
    for (var ref : wanted.keySet()) {
      if (ref instanceof ImageRef.Local file) {
        read(file);
      } else if (isMade(ref)) {
        make(ref, lock);
      }
    }
    asked.forEach(this::take);
    remote.forEach(this::findHere);
  }

  /** What providers fetch from elsewhere may be on this machine as well. */
  private void findHere(ImageRef ref, Image image) {
    try {
      var found = workshop.store().find(image.sha3());
      if (found.isPresent()) {
        files.put(ref, found.get().open());
      }
    } catch (IOException | NotAnImageException e) {
      // Nobody on the network needs it.
    }
  }

  private void take(ImageRef ref, CompletableFuture<ImageRegistry.Answer> answer) {
    try {
      var known = GolemException.join(answer);
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
    } catch (GolemException failure) {
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
      files.put(ref, workshop.store().copyOf(folder.resolve(ref.path())).open());
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
