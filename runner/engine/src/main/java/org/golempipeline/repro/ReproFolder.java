package org.golempipeline.repro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import org.golempipeline.batch.FragmentFolder;
import org.golempipeline.journal.FragmentAttempts.Attempt;
import org.golempipeline.run.PlannedFragment;
import org.golempipeline.spec.OutSpec;
import org.jspecify.annotations.Nullable;

/**
 * A folder with all that a provider gets for one fragment, and a {@code run.sh} that replays it
 * there. With the programs of a machine nothing of the runner is needed for that, so the folder can
 * be copied to other machines; inside an image, the runner and the image have to be there.
 */
public final class ReproFolder {
  private final PlannedFragment fragment;

  /** Where a program inside the image sees the folder. */
  private static final String SEEN = "/golem/repro";

  private final FragmentFolder files;
  private final String pipeline;
  private final @Nullable Path run;
  private final List<Attempt> attempts;
  private final @Nullable Image image;

  /**
   * An image to replay it in.
   *
   * @param sha3 by which the store of this user knows it
   * @param network whether the fragment may reach that of its machine
   * @param program by which the runner is started on this machine
   */
  public record Image(String sha3, boolean network, String program) {}

  /**
   * @param pipeline the pipeline file as the user calls it
   * @param run folder of the run that is looked at, null if there was none
   * @param attempts what that run tried with the fragment
   * @param image null for the programs of whichever machine replays it
   */
  public ReproFolder(
      PlannedFragment fragment,
      String pipeline,
      @Nullable Path run,
      List<Attempt> attempts,
      @Nullable Image image) {
    this.fragment = fragment;
    this.files = FragmentFolder.of(fragment.recipe(), fragment.work());
    this.pipeline = pipeline;
    this.run = run;
    this.attempts = List.copyOf(attempts);
    this.image = image;
  }

  /**
   * Writes the folder.
   *
   * @param folder that is not there, or empty
   */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    files.write(folder.resolve("given"));
    text(folder, "command.sh", files.command());
    text(folder, "variables.sh", files.variables());
    if (files.setup().isPresent()) {
      text(folder, "setup.sh", files.setup().get());
      text(folder, "setup-variables.sh", files.setupVariables());
    }
    var accept = fragment.stage().spec().accept();
    if (accept != null && !files.severalOutputs()) {
      text(folder, "accept.sh", accept.text());
      text(folder, "accept-variables.sh", acceptVariables());
    }
    if (!files.fetched().isEmpty()) {
      text(folder, "fetch.sh", fetch());
    }
    text(folder, "inside.sh", resource("inside.sh"));
    var script = text(folder, "run.sh", runText());
    if (!script.toFile().setExecutable(true)) {
      throw new IOException("could not make `%s` executable".formatted(script));
    }
    copyLogs(folder);
    text(folder, "README.txt", readme(folder));
  }

  private static Path text(Path folder, String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
  }

  private String runText() {
    return resource("run.sh")
        .replace("@WHERE@", image == null ? "host" : "image")
        .replace("@SECRETS@\n", secrets())
        .replace("@OUTPUT@", quote(files.output()))
        .replace("@KIND@", files.severalOutputs() ? "-d" : "-f")
        .replace("@RUN@", image == null ? onHost("  ") : insideOrOnHost(image));
  }

  private String onHost(String indent) {
    // Where there are secrets the environment stays: it is where they come from.
    var clean = fragment.secrets().isEmpty() ? "env -i PATH=\"$PATH\"" : "env";
    return indent
        + clean
        + " HOME=\"$_gp_here/replay\" LANG=C.UTF-8 ${_gp_shell:+TERM=\"${TERM-}\"} \\\n"
        + indent
        + "  /bin/sh ./inside.sh \"$_gp_here\" \"$@\"";
  }

  private String insideOrOnHost(Image image) {
    var options = new StringBuilder();
    for (var name : new TreeSet<>(fragment.secrets())) {
      options.append(" --env ").append(name);
    }
    if (image.network()) {
      options.append(" --network");
    }
    var resources = fragment.stage().spec().resources();
    options.append(" --memory ").append(resources.memory()).append("B");
    options.append(" --storage ").append(resources.storage()).append("B");
    return """
          if [ "$_gp_where" = host ]; then
        %s
            return
          fi
          _gp_program=%s
          [ -x "$_gp_program" ] || _gp_program=golem-pipeline
          "$_gp_program" image shell --folder .:%s%s ${_gp_shell:+--env TERM} \\
            %s -- /bin/sh %s/inside.sh %s "$@"\
        """
        .formatted(onHost("    "), quote(image.program()), SEEN, options, image.sha3(), SEEN, SEEN);
  }

  private String secrets() {
    var text = new StringBuilder();
    for (var name : new TreeSet<>(fragment.secrets())) {
      text.append(
          "export %s=\"${%s?is a secret of the pipeline: export it first}\"\n"
              .formatted(name, name));
    }
    return text.toString();
  }

  private String acceptVariables() {
    var text = new StringBuilder("export in=\"$_gp_out\"");
    new java.util.TreeMap<>(fragment.acceptVariables())
        .forEach(
            (name, value) -> {
              if (!name.equals("in")) {
                text.append(' ').append(name).append('=').append(quote(value));
              }
            });
    return text.append('\n').toString();
  }

  private String fetch() {
    var text = new StringBuilder(resource("fetch.sh"));
    for (var each : files.fetched()) {
      text.append("_gp_fetch ").append(quote("given/" + each.path())).append(' ');
      text.append(each.from().sha3().toLowerCase(Locale.ROOT)).append(' ');
      text.append(quote(each.from().url().toASCIIString())).append(" &&\n");
    }
    return text.append("true\n").toString();
  }

  private void copyLogs(Path folder) throws IOException {
    for (var i = 0; i < attempts.size(); i++) {
      var log = log(attempts.get(i));
      if (log != null) {
        Files.createDirectories(folder.resolve("logs"));
        Files.copy(log, folder.resolve(logName(i)));
      }
    }
  }

  private @Nullable Path log(Attempt attempt) {
    if (run == null || attempt.log() == null) {
      return null;
    }
    var file = run.resolve(attempt.log()).normalize();
    return file.startsWith(run) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        ? file
        : null;
  }

  private static String logName(int attempt) {
    return "logs/attempt-" + (attempt + 1) + ".log";
  }

  // ---- in words

  private String readme(Path folder) {
    var stage = fragment.stage();
    var spec = stage.spec();
    var text = new StringBuilder();
    line(text, "%s of stage `%s`, %s", fragment.label(), stage.name(), pipeline);
    line(text, "");
    line(
        text,
        "This folder has what a provider gets for this one fragment. `./run.sh` replays it on");
    line(text, "this machine and exits with the status of the command; `./run.sh --shell` opens a");
    line(text, "shell with everything set instead. Edit what you like: each replay begins afresh.");
    line(text, "");
    line(text, "given/shared    where the command starts: the stage's `files`");
    line(text, "given/fragment  the fragment's own folder: its input, and where its output goes");
    line(text, "command.sh      the text of `run`");
    line(text, "variables.sh    the variables that the text mentions");
    if (files.setup().isPresent()) {
      line(
          text,
          "setup.sh        the text of `setup`, which runs first; setup-variables.sh is for it");
    }
    if (Files.exists(folder.resolve("accept.sh"))) {
      line(text, "accept.sh       the text of `accept`, which judges the output on your machine");
    }
    if (!files.fetched().isEmpty()) {
      line(text, "fetch.sh        fetches with curl what a provider fetches from the web itself");
    }
    line(
        text,
        "replay          what the last replay left: its log, and the folders as they are now");
    line(text, "");
    files.input().ifPresent(in -> line(text, "input:   given/%s", in));
    line(text, "output:  replay/%s", files.output());
    if (spec.out() instanceof OutSpec.Many many) {
      line(text, "         A provider sends back only the files that match `%s`.", many.glob());
    }
    line(text, "image:   %s", spec.image() == null ? "any" : spec.image() + ", " + replayedIn());
    line(
        text,
        "limit:   %s seconds on a provider, none here",
        fragment.recipe().limit().toSeconds());
    if (!fragment.secrets().isEmpty()) {
      line(
          text,
          "secrets: %s; they are not in this folder. Export them before you call run.sh.",
          String.join(", ", new TreeSet<>(fragment.secrets())));
    }
    line(text, "");
    appendAttempts(text);
    return text.toString();
  }

  private String replayedIn() {
    return image == null
        ? "which `run.sh` leaves aside: it runs this machine's own programs"
        : "in which `golem-pipeline image shell` replays it, within the stage's `resources`;"
            + " `./run.sh --in host` runs this machine's own programs, without limits";
  }

  private void appendAttempts(StringBuilder text) {
    if (run == null) {
      line(text, "No run is known that tried it.");
      return;
    }
    if (attempts.isEmpty()) {
      line(text, "Run %s did not try it.", run.getFileName());
      return;
    }
    line(text, "What run %s tried:", run.getFileName());
    for (var i = 0; i < attempts.size(); i++) {
      var attempt = attempts.get(i);
      var failure = attempt.failure();
      line(
          text,
          "%d. %s%s: %s%s",
          i + 1,
          attempt.at().truncatedTo(ChronoUnit.SECONDS),
          attempt.provider() == null ? "" : " on " + attempt.provider(),
          attempt.done() ? "done" : failure == null ? "not done" : failure.message(),
          log(attempt) == null ? "" : " Its log is " + logName(i) + ".");
    }
  }

  /** Names and messages may hold anything; a line stays a line. */
  private static void line(StringBuilder text, String format, @Nullable Object... arguments) {
    var line = String.format(Locale.ROOT, format, arguments);
    text.append(line.replaceAll("\\p{Cntrl}", "?")).append('\n');
  }

  private static String quote(String text) {
    return FragmentFolder.quote(text);
  }

  private static String resource(String name) {
    try (var stream = Objects.requireNonNull(ReproFolder.class.getResourceAsStream(name), name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
