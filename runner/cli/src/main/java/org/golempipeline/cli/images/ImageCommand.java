package org.golempipeline.cli.images;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.golempipeline.cli.terminal.Columns;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.cli.terminal.Sizes;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.image.ImageDownload;
import org.golempipeline.golem.image.ImageRegistry;
import org.golempipeline.golem.image.ImageUpload;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.gvmi.NotAnImageException;
import org.golempipeline.gvmi.StoredImage;
import org.golempipeline.gvmi.StoredImage.Origin;
import org.golempipeline.oci.ImageBuilder;
import org.golempipeline.oci.ImageSource;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plainfile.WholeFile;
import org.golempipeline.report.Words;
import org.golempipeline.spec.ImageRef;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code image}: the images that pipelines name, made, got and kept on this machine. */
@Command(
    name = "image",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Makes, gets and shows the images that pipelines name.")
public final class ImageCommand {
  private static final List<String> ORDER =
      List.of("build", "pull", "push", "list", "rm", "inspect", "shell");

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT);
  private static final String USER = "GOLEM_REGISTRY_USER";
  private static final String TOKEN = "GOLEM_REGISTRY_TOKEN";

  private final Console console;

  private ImageCommand(Console console) {
    this.console = console;
  }

  /** The command with its own commands, in an order that is always the same. */
  public static CommandLine line(Console console) {
    var line =
        new CommandLine(new ImageCommand(console))
            .addSubcommand("inspect", new ImageInspectCommand(console))
            .addSubcommand("shell", new ImageShellCommand(console));
    var spec = line.getCommandSpec();
    ORDER.forEach(name -> spec.addSubcommand(name, spec.removeSubcommand(name)));
    return line;
  }

  @Command(
      name = "build",
      mixinStandardHelpOptions = true,
      description = {
        "Makes an image of a Dockerfile, of a container image, or of a tar of a file system.",
        "SOURCE is a folder with a Dockerfile, what `docker save` writes, an OCI layout, a"
            + " reference in a registry such as `debian:bookworm-slim`, or such a tar.",
        "It is kept on this machine, where `image: { build: … }` and `{ oci: … }` of pipelines find"
            + " it."
      })
  int build(
      @Parameters(
              paramLabel = "SOURCE",
              description = "A folder, a tar, or a reference in a registry.")
          String source,
      @Option(
              names = {"-o", "--output"},
              paramLabel = "FILE.gvmi",
              description = "Writes the image there too.")
          @Nullable String output,
      @Option(
              names = "--largest",
              paramLabel = "SIZE",
              description = "How large it may be unpacked. Default: 64GiB.")
          @Nullable String largest,
      @Option(names = "--json", description = "Prints the image as a line of JSON.") boolean json)
      throws Refusal, IOException, InterruptedException {
    ImageSource what;
    try {
      what = ImageSource.of(source, console.folder(), console.machine().logins());
    } catch (ImageException e) {
      throw Refusal.usage(e.getMessage(), e.hint());
    }
    var limit = largest == null ? ImageBuilder.LARGEST : Sizes.bytes("--largest", largest);
    var target = output == null ? null : target(output);
    try (var store = console.machine().requireImageStore()) {
      var image = new ImageBuilder(store, limit, this::say).build(what);
      if (target != null) {
        WholeFile.write(target, stream -> Files.copy(image.file(), stream));
      }
      show(image, json);
      return ExitCodes.DONE;
    } catch (ImageException e) {
      throw new Refusal(ExitCodes.FAILED, e.getMessage(), e.hint());
    }
  }

  /** Where an image can be written to, known before it is made. */
  private Path target(String output) throws Refusal {
    var file = console.path(output).toAbsolutePath().normalize();
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw Refusal.usage(
          "`--output %s` is no file.".formatted(output), "Name a file: `-o mine.gvmi`.");
    }
    var folder = Objects.requireNonNullElse(file.getParent(), file);
    if (!Files.isWritable(folder)) {
      throw Refusal.usage(
          Files.isDirectory(folder)
              ? "`%s` may not be written to.".formatted(folder)
              : "There is no folder `%s`.".formatted(folder),
          "Name a file in a folder that is there and yours: `-o mine.gvmi`.");
    }
    return file;
  }

  @Command(
      name = "pull",
      mixinStandardHelpOptions = true,
      description = {
        "Downloads an image from Golem's registry and keeps it on this machine.",
        "What was broken off goes on where it ended; the hash of all of it is checked."
      })
  int pull(
      @Parameters(paramLabel = "TAG", description = "`user/name:tag`, or the SHA3-224 of an image.")
          String tag,
      @Option(names = "--json", description = "Prints the image as a line of JSON.") boolean json)
      throws Refusal, IOException, InterruptedException {
    var wanted =
        ImageRef.of(tag)
            .filter(ref -> ref instanceof ImageRef.Tag || ref instanceof ImageRef.Hash)
            .orElseThrow(
                () ->
                    Refusal.usage(
                        "`%s` is no image of Golem's registry.".formatted(tag),
                        "Give a tag `user/name:tag`; an image of another registry is made with"
                            + " `golem-pipeline image build`."));
    try (var store = console.machine().requireImageStore()) {
      var found = found(wanted);
      var shown = new long[1];
      store.fetch(
          found.hash(),
          Origin.of(wanted.toString()),
          new ImageDownload(
                  found,
                  bytes -> {
                    // A line for every 16 MiB.
                    if (bytes >> 24 != shown[0]) {
                      shown[0] = bytes >> 24;
                      say(Words.size(bytes) + " downloaded");
                    }
                  })
              ::into);
      show(store.find(found.hash()).orElseThrow(), json);
      return ExitCodes.DONE;
    } catch (GolemException e) {
      throw Messages.refusal(e);
    }
  }

  private ImageRegistry.Answer.Found found(ImageRef image) throws Refusal {
    var answer = GolemException.join(console.machine().registry().resolve(image.toString()));
    if (answer instanceof ImageRegistry.Answer.Found found) {
      return found;
    }
    if (answer instanceof ImageRegistry.Answer.Unknown unknown) {
      throw Refusal.usage(
          "The registry does not know the image `%s`: %s"
              .formatted(image, ImageAnswer.sentence(unknown.reason())),
          ImageAnswer.LOOK);
    }
    throw new AssertionError(answer);
  }

  @Command(
      name = "push",
      mixinStandardHelpOptions = true,
      description = {
        "Publishes an image at Golem's registry, from where providers fetch it.",
        "Only what is missing there is sent. A tag needs `"
            + USER
            + "` and `"
            + TOKEN
            + "`, a personal access token of the"
            + " registry; without a tag the image has an address and its hash."
      })
  int push(
      @Parameters(
              index = "0",
              paramLabel = "IMAGE",
              description = "A file, or an image of `image list`.")
          String image,
      @Parameters(index = "1", arity = "0..1", paramLabel = "TAG", description = "`user/name:tag`.")
          @Nullable String tag)
      throws Refusal, IOException, InterruptedException {
    var name = tag == null ? Optional.<ImageUpload.Name>empty() : Optional.of(name(tag));
    try (var store = console.machine().requireImageStore()) {
      var file = console.folder().resolve(image);
      if (!Files.isRegularFile(file)) {
        file = StoredImages.named(store, image, console).file();
      }
      GvmiFile.configuration(file);
      var published = new ImageUpload(console.machine().registryUrl(), this::say).push(file, name);
      console
          .out()
          .print(
              "%-8s %s\n%-8s %s\n%-8s %s\n"
                  .formatted(
                      "sha3",
                      published.sha3(),
                      "url",
                      published.url(),
                      "image",
                      tag == null
                          ? "{ url: \"%s\", hash: %s }".formatted(published.url(), published.sha3())
                          : tag));
      return ExitCodes.DONE;
    } catch (NotAnImageException e) {
      throw Refusal.usage(
          "`%s` %s.".formatted(image, e.getMessage()),
          "Make an image with `golem-pipeline image build`.");
    } catch (GolemException e) {
      throw Messages.refusal(e);
    }
  }

  private ImageUpload.Name name(String tag) throws Refusal {
    if (!(ImageRef.of(tag).orElse(null) instanceof ImageRef.Tag)) {
      throw Refusal.usage("`%s` is no tag.".formatted(tag), "Write it as `user/name:tag`.");
    }
    return new ImageUpload.Name(tag, secret(USER), secret(TOKEN));
  }

  private String secret(String variable) throws Refusal {
    return console
        .variable(variable)
        .orElseThrow(
            () ->
                Refusal.usage(
                    "A tag belongs to a user of the registry, and `%s` is not set."
                        .formatted(variable),
                    "Export `%s` and `%s`, or leave the tag out.".formatted(USER, TOKEN)));
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "Lists the images on this machine, the last used first.",
        "Each with hash, size, size of what is unpacked, last use, and what it was made of."
      })
  int list(
      @Option(names = "--json", description = "Prints each image as a line of JSON.") boolean json)
      throws Refusal, IOException {
    try (var store = console.machine().requireImageStore()) {
      var rows = new ArrayList<List<String>>();
      for (var image : store.list()) {
        if (json) {
          console.out().println(json(image));
        } else {
          rows.add(
              List.of(
                  image.sha3().substring(0, StoredImages.SHOWN),
                  Words.size(image.size()),
                  image.unpacked().map(bytes -> Words.size(bytes) + " unpacked").orElse("packed"),
                  DAY.format(image.lastUse().atZone(ZoneId.systemDefault())),
                  StoredImages.origins(image, console)));
        }
      }
      if (rows.isEmpty() && !json) {
        say("There are no images here yet; `golem-pipeline image build` makes one.");
      }
      Columns.print(console.out(), rows);
      return ExitCodes.DONE;
    }
  }

  @Command(
      name = "rm",
      mixinStandardHelpOptions = true,
      description = "Removes images from this machine, and what was unpacked of them.")
  int remove(
      @Parameters(
              paramLabel = "IMAGE",
              arity = "1..*",
              description = "A hash or the beginning of one, or what it was made of.")
          List<String> images)
      throws Refusal, IOException {
    try (var store = console.machine().requireImageStore()) {
      var found = new LinkedHashMap<String, StoredImage>();
      for (var name : images) {
        var image = StoredImages.named(store, name, console);
        found.put(image.sha3(), image);
      }
      for (var image : found.values()) {
        store.remove(image.sha3());
        say("removed %s (%s)".formatted(image.sha3(), StoredImages.origins(image, console)));
      }
      return ExitCodes.DONE;
    } catch (ImageException e) {
      throw new Refusal(ExitCodes.FAILED, e.getMessage(), e.hint());
    }
  }

  private void say(String line) {
    new Messages(console).line(line);
  }

  private void show(StoredImage image, boolean json) {
    if (json) {
      console.out().println(json(image));
    } else {
      console
          .out()
          .print(
              "%-8s %s\n%-8s %s\n%-8s %s\n"
                  .formatted(
                      "sha3",
                      image.sha3(),
                      "size",
                      Words.size(image.size()),
                      "file",
                      image.file()));
    }
  }

  /** For tools: an object without a line end. Fields are only ever added. */
  private static String json(StoredImage image) {
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("sha3", image.sha3())
            .put("file", image.file().toString())
            .put("size", image.size())
            .put("unpacked", image.unpacked().orElse(null))
            .put("last_use", image.lastUse().toString());
    var origins = json.putArray("origins");
    for (var origin : image.origins()) {
      origins.addObject().put("name", origin.name()).put("digest", origin.digest().orElse(null));
    }
    return json.toString();
  }
}
