package org.golempipeline.cli.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Interruption;
import org.golempipeline.cli.terminal.Sizes;
import org.golempipeline.exeunit.Containers;
import org.golempipeline.exeunit.ImageShell;
import org.golempipeline.exeunit.Limits;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.gvmi.UnpackedImage;
import org.golempipeline.pipeline.Refusal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code image shell}: looks around in an image. */
@Command(
    name = "shell",
    mixinStandardHelpOptions = true,
    description = {
      "Opens a shell in an image of this machine, or runs a command there.",
      "What is changed in the image is gone at the end. Exit code: that of the shell or the"
          + " command."
    })
final class ImageShellCommand implements Callable<Integer> {
  private static final String SHELL = "/bin/sh";

  private final Console console;

  @Parameters(
      index = "0",
      paramLabel = "IMAGE",
      description = "What it was made of, its tag, or its hash or the first digits of that.")
  String name = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "A program and its arguments, behind `--` if there are options among them.")
  List<String> command = List.of();

  @Option(
      names = "--folder",
      paramLabel = "FOLDER:PATH",
      description = "A folder of this machine, and where it is seen inside; changes in it stay.")
  List<String> folders = List.of();

  @Option(
      names = "--env",
      paramLabel = "NAME",
      description = "A variable that is set here, and is to be set inside as well.")
  List<String> variables = List.of();

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "How much memory its programs may take, where control groups allow.")
  @Nullable String memory;

  @Option(
      names = "--storage",
      paramLabel = "SIZE",
      description = "How much may be written, into the image and into folders together.")
  @Nullable String storage;

  @Option(names = "--network", description = "With the network of this machine.")
  boolean network;

  ImageShellCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal, IOException, InterruptedException {
    var obstacle = Containers.obstacle();
    if (obstacle.isPresent()) {
      throw new Refusal(
          ExitCodes.PLATFORM,
          "Programs cannot run inside images here: %s.".formatted(obstacle.get().reason()),
          obstacle.get().cure());
    }
    var limits = new Limits(bytes("--storage", storage), bytes("--memory", memory), network);
    try (var store = console.machine().requireImageStore()) {
      var image = store.unpack(StoredImages.named(store, name, console).sha3());
      try (var inside = ImageShell.open(withVariables(image), bound(), limits)) {
        if (!inside.has(SHELL)) {
          throw Refusal.usage(
              "The image `%s` has no `%s`.".formatted(name, SHELL),
              "`golem-pipeline image inspect %s` says what it has.".formatted(name));
        }
        return run(inside);
      }
    } catch (ImageException e) {
      throw new Refusal(ExitCodes.FAILED, e.getMessage(), e.hint());
    }
  }

  /** A command is looked up along the PATH of the image, by its shell. */
  private List<String> words() {
    var words = new ArrayList<>(List.of(SHELL));
    if (!command.isEmpty()) {
      words.addAll(List.of("-c", "exec \"$@\"", "sh"));
      words.addAll(command);
    }
    return words;
  }

  private UnpackedImage withVariables(UnpackedImage image) {
    var added =
        variables.stream()
            .flatMap(name -> console.variable(name).map(value -> name + "=" + value).stream())
            .toList();
    return new UnpackedImage(image.root(), image.configuration().with(added));
  }

  private Map<String, Path> bound() throws Refusal, IOException {
    var bound = new LinkedHashMap<String, Path>();
    for (var each : folders) {
      var colon = each.lastIndexOf(':');
      var folder = console.folder().resolve(each.substring(0, Math.max(0, colon)));
      var path = each.substring(colon + 1);
      if (colon < 1 || !ImageConfiguration.isVolume(path) || !Files.isDirectory(folder)) {
        throw Refusal.usage(
            "`--folder %s` names no folder and place.".formatted(each),
            "Write a folder that exists, and an absolute path outside of `/dev`, `/proc` and"
                + " `/sys`: `--folder .:/golem/work`.");
      }
      bound.put(path, folder.toRealPath());
    }
    return bound;
  }

  /** It has the terminal, so Ctrl-C is its own affair. */
  private int run(ImageShell inside) throws Refusal, IOException, InterruptedException {
    try (var interruption = new Interruption(() -> {}, () -> {})) {
      return inside
          .run(inside.command(words()).inheritIO())
          .orElseThrow(
              () ->
                  new Refusal(
                      ExitCodes.FAILED,
                      "More than %s was written in the image and its folders.".formatted(storage),
                      "Write less, or allow more with `--storage`."));
    }
  }

  private static OptionalLong bytes(String option, @Nullable String size) throws Refusal {
    return size == null ? OptionalLong.empty() : OptionalLong.of(Sizes.bytes(option, size));
  }
}
