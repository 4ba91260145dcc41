package org.golempipeline.image;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.UnpackedImage;
import org.golempipeline.spec.Command;
import org.golempipeline.spec.ImageRef;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.ShellText;
import org.golempipeline.spec.StageSpec;
import org.jspecify.annotations.Nullable;

/**
 * Looks into those images of a pipeline that are on this machine for what its stages need. An image
 * is unpacked for that the first time, which may take a while.
 */
public final class ImageContents {
  /** What fragments are started, watched and packed with, besides the shell. */
  private static final List<String> DRIVER =
      List.of("cat", "chmod", "dd", "mkdir", "mv", "rm", "sleep", "tail", "wc");

  private static final String SHELL = "/bin/sh";

  /** The machines of Golem. */
  private static final String MACHINE = "x86_64";

  /** A time that providers may take to get an image without a word. */
  private static final Duration LONG = Duration.ofHours(1);

  private final Problems problems;
  private final Set<String> said = new LinkedHashSet<>();

  private ImageContents(Problems problems) {
    this.problems = problems;
  }

  /**
   * What stages need and their images lack, and what else would show on providers only, as
   * warnings: `setup` may still bring what is missing.
   *
   * @param providers that may get the images of a run
   * @param uplink through which they get them
   */
  public static List<Diagnostic> warnings(
      PipelineSpec spec, Images images, ImageStore store, int providers, Uplink uplink)
      throws IOException, ImageException, InterruptedException {
    var contents = new ImageContents(new Problems(spec.source()));
    for (var stage : spec.stages()) {
      var ref = stage.image();
      var file = ref == null ? null : images.files().get(ref);
      if (ref != null && file != null && store.find(file.sha3()).isPresent()) {
        var image = store.unpack(file.sha3());
        contents.check(stage, ref, image);
        contents.checkUser(range(stage), ref, image);
        contents.checkVolumes(range(stage), ref, image);
        if (spec.budget() != null && isServed(ref)) {
          contents.checkSize(range(stage), ref, file.size(), providers, uplink);
        }
      }
    }
    return contents.problems.all();
  }

  private static Range range(StageSpec stage) {
    return Objects.requireNonNullElse(stage.imageRange(), stage.range());
  }

  /** Whether providers get it from this machine. */
  private static boolean isServed(ImageRef ref) {
    return ref instanceof ImageRef.Local
        || ref instanceof ImageRef.Build
        || ref instanceof ImageRef.Oci;
  }

  private void checkUser(Range range, ImageRef ref, UnpackedImage image) {
    image
        .configuration()
        .userOfProviders()
        .ifPresent(
            numbers ->
                warn(
                    ImageDiagnosticIds.IMAGE_OTHER_USER,
                    range,
                    ("Programs of the image `%s` run as %s on providers, who mostly may not write"
                            + " into volumes; on this machine they are root.")
                        .formatted(ref, numbers),
                    "End its Dockerfile with `USER 0:0`; for an image of others write one that"
                        + " begins `FROM` it."));
  }

  private void checkVolumes(Range range, ImageRef ref, UnpackedImage image) {
    for (var volume : image.hidingVolumes()) {
      warn(
          ImageDiagnosticIds.IMAGE_HIDDEN_BY_VOLUME,
          range,
          ("Nothing of what the image `%s` has in `%s` is seen by programs: that is a volume, and"
                  + " volumes are empty at first.")
              .formatted(ref, volume),
          "Put it elsewhere in the image, or name another volume: `VOLUME /golem/work`.");
    }
  }

  private void checkSize(Range range, ImageRef ref, long size, int providers, Uplink uplink) {
    var all = BigDecimal.valueOf(size).multiply(BigDecimal.valueOf(providers));
    var time = uplink.time(all);
    if (time.compareTo(LONG) > 0) {
      warn(
          ImageDiagnosticIds.IMAGE_LARGE,
          range,
          ("Providers get the image `%s`, %d MB, from this machine, %.0f GB for %d of them, which"
                  + " takes %d h %02d min at %s.")
              .formatted(
                  ref,
                  size / 1_000_000,
                  all.doubleValue() * 1e-9,
                  providers,
                  time.toHours(),
                  time.toMinutesPart(),
                  uplink.text()),
          "`golem-pipeline image push` lets them get it from Golem's registry; `plan --on golem"
              + " --uplink 20Mbit` counts with the rate that it names.");
    }
  }

  private void check(StageSpec stage, ImageRef ref, UnpackedImage image) {
    var range = range(stage);
    var machine = image.machine();
    if (image.program(SHELL).isEmpty()) {
      warn(
          ImageDiagnosticIds.IMAGE_LACKS_PROGRAM,
          range,
          "The image `%s` has no `%s`, with which every fragment is started.".formatted(ref, SHELL),
          "Make it of one that has a shell, such as `alpine` or `debian:bookworm-slim`.");
      return;
    }
    if (machine.isPresent() && !machine.get().equals(MACHINE)) {
      warn(
          ImageDiagnosticIds.IMAGE_OTHER_MACHINE,
          range,
          "The image `%s` is made for %s, and providers are %s."
              .formatted(ref, machine.get(), MACHINE),
          "Build it with `--platform linux/amd64`.");
      return;
    }
    for (var name : DRIVER) {
      if (image.program(name).isEmpty()) {
        warn(
            ImageDiagnosticIds.IMAGE_LACKS_PROGRAM,
            range,
            "The image `%s` has no `%s`, which fragments are started and packed with."
                .formatted(ref, name),
            "Add it to the image: the package `coreutils` or `busybox` has it.");
      }
    }
    if (stage.run() instanceof Command.Shell shell) {
      check(shell.text(), ref, image);
    }
    if (stage.setup() != null) {
      check(stage.setup(), ref, image);
    }
    reduction(stage).ifPresent(text -> check(text, ref, image));
  }

  private static Optional<ShellText> reduction(StageSpec stage) {
    var merge = stage.merge();
    return merge.name().equals("reduce")
            && merge.options().value() instanceof Map<?, ?> options
            && options.get("run") instanceof String run
        ? Optional.of(new ShellText(run, merge.range()))
        : Optional.empty();
  }

  private void check(ShellText text, ImageRef ref, UnpackedImage image) {
    for (var name : text.programs()) {
      if (image.program(name).isEmpty()) {
        warn(
            ImageDiagnosticIds.IMAGE_LACKS_PROGRAM,
            place(name, text.range()),
            "`%s` is not in the image `%s`.".formatted(name, ref),
            "Add it to the image, or name one that has it.");
      }
    }
  }

  private void warn(String id, Range range, String message, @Nullable String hint) {
    if (said.add(message)) {
      problems.warning(id, range, message, hint);
    }
  }

  /** Where the text names it first. */
  private Range place(String name, Range text) {
    var word = Pattern.compile("(?<![\\w./-])" + Pattern.quote(name) + "(?![\\w./-])").matcher("");
    for (var number = text.line(); number <= text.endLine(); number++) {
      var line = text.in(problems.source()).line(number);
      if (word.reset(line).find()) {
        var column = line.codePointCount(0, word.start()) + 1;
        return text.to(number, column, number, column + name.length());
      }
    }
    return text;
  }
}
