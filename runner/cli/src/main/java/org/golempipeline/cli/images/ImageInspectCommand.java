package org.golempipeline.cli.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.golempipeline.cli.pipeline.ParamOptions;
import org.golempipeline.cli.pipeline.PluginOptions;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.image.ImageRegistry;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.NotAnImageException;
import org.golempipeline.gvmi.StoredImage;
import org.golempipeline.lock.LockFile;
import org.golempipeline.lock.LockedImage;
import org.golempipeline.oci.ImageSource;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.PipelineText;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.spec.ImageRef;
import org.golempipeline.spec.Overrides;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code image inspect}: what the {@code image} of a pipeline stands for, and what is in it. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Says what an image is: its hash, and where providers fetch it.",
      "Of an image that is kept on this machine also its layers, what it was made of, and its"
          + " programs.",
      "Downloads nothing, and writes no lock file. Exit code: 0 found, 2 there is no such image, 4"
          + " the registry does not answer."
    })
final class ImageInspectCommand implements Callable<Integer> {
  private static final String INSIDE =
      "what is in it, and whether its programs work: `golem-pipeline image pull` gets it";

  private final Console console;
  private @Nullable ImageStore store;

  @Parameters(
      paramLabel = "IMAGE",
      description =
          "A tag `user/name:tag`, a SHA3-224, a file `./image.gvmi`, an image of `image list`; or a"
              + " pipeline file, for all images that it names.")
  String name = "";

  @Mixin ParamOptions params = new ParamOptions();

  @Mixin PluginOptions plugins = new PluginOptions();

  @Option(names = "--json", description = "Prints each image as a line of JSON.")
  boolean json;

  ImageInspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException, InterruptedException {
    try (var opened = console.machine().imageStore()) {
      store = opened;
      return inspect();
    }
  }

  private int inspect() throws Refusal, IOException, InterruptedException {
    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
      return ofPipeline();
    }
    if (name.matches("(?i)[a-z]+://.*")) {
      throw Refusal.usage(
          "`%s` is an address, and nobody but you can say which hash belongs to it."
              .formatted(name),
          "Write `image: { url: …, hash: … }` in the pipeline; for the hash download the file, and"
              + " give it to this command.");
    }
    var known = ImageRef.of(name);
    if (known.isEmpty() || known.get() instanceof ImageRef.Hash) {
      var stored = StoredImages.find(store(), name, console);
      if (stored.isPresent()) {
        return tell(ofStored(name, "stored", stored.get()));
      }
    }
    // A file need not be called as one.
    var image =
        known
            .or(() -> isFile(name) ? Optional.of(new ImageRef.Local(name)) : Optional.empty())
            .orElseThrow(
                () ->
                    Refusal.usage(
                        "`%s` is no image.".formatted(name),
                        name.contains("/") && !name.contains(":")
                            ? "Add the tag: `%s:latest`.".formatted(name)
                            : "Give a tag `user/name:tag`, a SHA3-224 of 56 hexadecimal digits, or"
                                + " a file `./image.gvmi`."));
    return tell(image, console.folder(), Map.of());
  }

  private boolean isFile(String path) {
    try {
      return Files.isRegularFile(console.folder().resolve(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private int ofPipeline() throws Refusal, IOException, InterruptedException {
    var text = PipelineText.read(console.machine(), name);
    var overrides = new Overrides(params.values(console), console::variable, true);
    var known = plugins.announced(console, text);
    var spec =
        new Messages(console)
            .require(new Pipeline(console.machine(), text, known, overrides).spec());
    var lock = new Messages(console).require(LockFile.read(text.lock(), name + ".lock"));
    var images = new LinkedHashSet<ImageRef>();
    spec.stages().stream()
        .flatMap(stage -> Optional.ofNullable(stage.image()).stream())
        .forEach(images::add);
    if (images.isEmpty()) {
      throw Refusal.usage(
          "`%s` names no image.".formatted(name),
          "On this machine none is needed; for `--on golem` add one, such as `image:"
              + " golem/alpine:latest`.");
    }
    var exitCode = ExitCodes.DONE;
    for (var image : images) {
      exitCode = Math.max(exitCode, tell(image, text.folder(), lock.images()));
    }
    return exitCode;
  }

  private int tell(ImageRef image, Path folder, Map<String, LockedImage> locked)
      throws Refusal, IOException, InterruptedException {
    return tell(answer(image, folder, locked.get(image.toString())));
  }

  private int tell(ImageAnswer answer) {
    console.out().print(json ? answer.json() + "\n" : answer.text());
    var lack = answer.lack();
    if (lack == null) {
      return ExitCodes.DONE;
    }
    if (!json) {
      new Messages(console).error(lack.trouble(), lack.hint());
    }
    return lack.unanswered() ? ExitCodes.PLATFORM : ExitCodes.USAGE;
  }

  private ImageAnswer answer(ImageRef image, Path folder, @Nullable LockedImage locked)
      throws Refusal, IOException, InterruptedException {
    if (image instanceof ImageRef.Local file) {
      return ofFile(file, folder);
    }
    if (image instanceof ImageRef.Build || image instanceof ImageRef.Oci) {
      return ofSource(image, folder);
    }
    if (image instanceof ImageRef.Url url) {
      return found(
          image,
          new ImageRegistry.Answer.Found(url.sha3(), url.toString(), 0),
          false,
          null,
          "whether the file there has that hash: it is not downloaded");
    }
    var tag = image instanceof ImageRef.Tag;
    try {
      var known = GolemException.join(console.machine().registry().resolve(image.toString()));
      if (known instanceof ImageRegistry.Answer.Found now) {
        if (locked != null && !locked.sha3().equals(now.hash())) {
          return found(image, lockedAs(locked), true, now.hash(), null);
        }
        var pinned = locked != null;
        return found(
            image,
            now,
            pinned,
            null,
            tag && !pinned
                ? "what the tag means tomorrow: the first run keeps this in its lock file"
                : null);
      }
      if (known instanceof ImageRegistry.Answer.Unknown unknown) {
        return locked == null
            ? lost(
                image,
                "The registry does not know the image `%s`: %s"
                    .formatted(image, ImageAnswer.sentence(unknown.reason())),
                ImageAnswer.LOOK,
                false)
            : found(
                image,
                lockedAs(locked),
                true,
                null,
                "where providers get it: the registry knows the tag no longer");
      }
      throw new AssertionError(known);
    } catch (GolemException failure) {
      var why = String.valueOf(failure.getMessage());
      return locked == null
          ? lost(image, why, failure.hint().orElse(null), true)
          : found(
              image,
              lockedAs(locked),
              true,
              null,
              "what the tag means now. " + ImageAnswer.sentence(why));
    }
  }

  private static ImageRegistry.Answer.Found lockedAs(LockedImage locked) {
    return new ImageRegistry.Answer.Found(locked.sha3(), locked.url(), 0);
  }

  private ImageAnswer ofSource(ImageRef image, Path folder)
      throws IOException, InterruptedException {
    try {
      var source =
          image instanceof ImageRef.Build build
              ? ImageSource.local(folder.resolve(build.path()))
              : ImageSource.reference(image.toString(), console.machine().logins());
      var made = store().madeOf(source.digest());
      return made.isPresent()
          ? ofStored(image.toString(), kind(image), made.get())
          : lost(
              image,
              "The image of `%s` is not made yet.".formatted(image),
              "The first run makes it, or `golem-pipeline image build %s` does.".formatted(image),
              false);
    } catch (ImageException e) {
      return lost(image, e.getMessage(), e.hint(), image instanceof ImageRef.Oci);
    }
  }

  private ImageAnswer ofStored(String called, String kind, StoredImage image)
      throws IOException, InterruptedException {
    var unknown = new ArrayList<String>();
    return new ImageAnswer(
        called,
        kind,
        image.sha3(),
        null,
        image.size(),
        inside(image, unknown),
        false,
        null,
        null,
        unknown);
  }

  /** Unpacks it, which takes its time only once. */
  private ImageAnswer.@Nullable Inside inside(StoredImage image, List<String> unknown)
      throws IOException, InterruptedException {
    try {
      var unpacked = store().unpack(image.sha3());
      return new ImageAnswer.Inside(
          unpacked.configuration(), store().find(image.sha3()).orElse(image), unpacked.programs());
    } catch (ImageException e) {
      unknown.add("what is in it. " + ImageAnswer.sentence(e.getMessage()));
      return null;
    }
  }

  private ImageStore store() {
    return Objects.requireNonNull(store);
  }

  private ImageAnswer found(
      ImageRef image,
      ImageRegistry.Answer.Found found,
      boolean locked,
      @Nullable String now,
      @Nullable String doubt)
      throws IOException, InterruptedException {
    var unknown = new ArrayList<String>();
    if (found.size() == 0) {
      unknown.add("how large it is");
    }
    if (doubt != null) {
      unknown.add(doubt);
    }
    var here = store == null ? Optional.<StoredImage>empty() : store.find(found.hash());
    if (here.isEmpty()) {
      unknown.add(INSIDE);
    }
    return new ImageAnswer(
        image.toString(),
        kind(image),
        found.hash(),
        found.url(),
        found.size() == 0 ? null : found.size(),
        here.isPresent() ? inside(here.get(), unknown) : null,
        locked,
        now,
        null,
        unknown);
  }

  private static ImageAnswer lost(
      ImageRef image, String trouble, @Nullable String hint, boolean unanswered) {
    var lack = new ImageAnswer.Lack(trouble, hint, unanswered);
    return new ImageAnswer(
        image.toString(), kind(image), null, null, null, null, false, null, lack, List.of());
  }

  private ImageAnswer ofFile(ImageRef.Local image, Path folder) throws InterruptedException {
    var unknown = new ArrayList<String>();
    try {
      var file = folder.resolve(image.path());
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        return lost(image, "`%s` is no file.".formatted(image), "Name a `.gvmi` file.", false);
      }
      ImageAnswer.Lack lack = null;
      ImageAnswer.Inside inside = null;
      String sha3;
      try {
        var seen = GvmiFile.read(file);
        sha3 = seen.sha3();
        var stored = store().find(sha3);
        if (stored.isPresent()) {
          inside = inside(stored.get(), unknown);
        } else {
          inside = new ImageAnswer.Inside(seen.configuration(), null, null);
          unknown.add(
              "whether its file system is whole, and its programs work: it is not unpacked");
        }
      } catch (NotAnImageException e) {
        lack =
            new ImageAnswer.Lack(
                "`%s` %s.".formatted(image, e.getMessage()),
                "Make a `.gvmi` file with `golem-pipeline image build`.",
                false);
        sha3 = GvmiFile.hash(file);
      }
      return new ImageAnswer(
          image.toString(),
          kind(image),
          sha3,
          null,
          Files.size(file),
          inside,
          false,
          null,
          lack,
          unknown);
    } catch (NoSuchFileException e) {
      return lost(
          image,
          "There is no file `%s`.".formatted(image),
          "Paths are relative to `%s`.".formatted(folder),
          false);
    } catch (IOException e) {
      return lost(
          image,
          "Could not read `%s`: %s.".formatted(image, Trouble.reason(e)),
          "Check its permissions.",
          false);
    }
  }

  private static String kind(ImageRef image) {
    if (image instanceof ImageRef.Tag) {
      return "tag";
    }
    if (image instanceof ImageRef.Hash) {
      return "hash";
    }
    if (image instanceof ImageRef.Url) {
      return "url";
    }
    if (image instanceof ImageRef.Local) {
      return ImageAnswer.FILE;
    }
    if (image instanceof ImageRef.Build) {
      return "build";
    }
    if (image instanceof ImageRef.Oci) {
      return "oci";
    }
    throw new AssertionError(image);
  }
}
