package org.golempipeline.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.golempipeline.gvmi.ImageException;
import org.jspecify.annotations.Nullable;

/** A container engine that builds Dockerfiles and saves what it built. */
enum Engine {
  DOCKER("version", "build --platform linux/amd64 --iidfile %s %s", "save -o %2$s %1$s"),
  PODMAN("version", "build --platform linux/amd64 --iidfile %s %s", "save -o %2$s %1$s"),
  /** Without another program that makes containers, which not everybody has who has this. */
  BUILDAH(
      "info",
      "build --isolation chroot --platform linux/amd64 --iidfile %s %s",
      "push -q %s docker-archive:%s");

  private static final long PATIENCE_SECONDS = 20;
  private static final int LAST_LINES = 5;

  /**
   * Executes its words in a session of their own, which is ended when our end of its input is
   * closed: that happens however this JVM ends, and engines have children that outlive them.
   */
  private static final String GUARDED =
      """
      exec 3<&0
      own=setsid; command -v setsid >/dev/null || own=
      $own "$@" </dev/null 3<&- & job=$!
      { read -r end <&3; kill -TERM "-$job" || kill -TERM "$job"; sleep 5; kill -KILL "-$job"; } >/dev/null 2>&1 & guard=$!
      code=0; wait "$job" || code=$?
      kill -KILL "$guard"
      exit "$code"
      """;

  private final String probe;
  private final String build;
  private final String save;

  Engine(String probe, String build, String save) {
    this.probe = probe;
    this.build = build;
    this.save = save;
  }

  /**
   * Builds a folder's Dockerfile with the first engine that is here and works.
   *
   * @param scratch an empty folder
   * @return an archive as {@code docker save} writes it
   */
  static Path build(Path folder, Path scratch, Consumer<String> progress)
      throws IOException, ImageException, InterruptedException {
    var passed = new ArrayList<String>();
    for (var engine : values()) {
      var trouble = engine.trouble();
      if (trouble == null) {
        passed.forEach(progress);
        return engine.make(folder, scratch, progress);
      }
      passed.add("`%s` is passed over: %s".formatted(engine.program(), trouble));
    }
    throw new ImageException(
        "Nothing here can build the Dockerfile of `%s`; %s."
            .formatted(folder, String.join("; ", passed)),
        "Install one: `apt-get install buildah` needs no daemon.");
  }

  private String program() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Why it cannot be used, as a clause; null if it can. */
  private @Nullable String trouble() throws IOException, InterruptedException {
    var said = Files.createTempFile("golem-pipeline-", ".txt");
    try {
      var process =
          new ProcessBuilder(program(), probe)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          return "it does not answer within " + PATIENCE_SECONDS + " s";
        }
      } finally {
        process.destroyForcibly();
      }
      if (process.exitValue() == 0) {
        return null;
      }
      var lines = Files.readString(said, StandardCharsets.ISO_8859_1).strip().lines().toList();
      return lines.isEmpty() ? "it does not work" : lines.get(lines.size() - 1).strip();
    } catch (IOException e) {
      return "it is not installed";
    } finally {
      Files.deleteIfExists(said);
    }
  }

  private Path make(Path folder, Path scratch, Consumer<String> progress)
      throws IOException, ImageException, InterruptedException {
    var id = scratch.resolve("id");
    var archive = scratch.resolve("built.tar");
    progress.accept("building with " + program());
    run(build, List.of(id.toString(), folder.toString()), progress);
    var image = Files.readString(id).strip();
    run(save, List.of(image, archive.toString()), progress);
    return archive;
  }

  /** Names of files are put in after the words are parted. */
  private void run(String form, List<String> names, Consumer<String> progress)
      throws IOException, ImageException, InterruptedException {
    var command = new ArrayList<>(List.of("sh", "-c", GUARDED, "sh", program()));
    var next = new ArrayDeque<>(names);
    for (var word : form.split(" ")) {
      var positional = word.matches("%\\d\\$s");
      if (positional) {
        command.add(names.get(word.charAt(1) - '1'));
      } else {
        command.add(word.contains("%s") ? word.replace("%s", next.pop()) : word);
      }
    }
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var last = new ArrayDeque<String>();
    try (var input = process.getOutputStream();
        var output = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        progress.accept(line);
        last.addLast(line);
        if (last.size() > LAST_LINES) {
          last.removeFirst();
        }
      }
      if (process.waitFor() != 0) {
        throw new ImageException(
            "`%s` could not build the image: %s"
                .formatted(program(), last.isEmpty() ? "it says nothing." : last.getLast()),
            "Look at what it said, and at the Dockerfile.");
      }
    }
  }
}
