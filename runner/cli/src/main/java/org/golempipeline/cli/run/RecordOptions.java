package org.golempipeline.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.EventSink;
import org.golempipeline.pipeline.PipelineText;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plan.PathUse;
import org.golempipeline.plan.Plan;
import org.golempipeline.report.JunitFile;
import org.golempipeline.report.TraceFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Files that other programs read after a run. */
final class RecordOptions {
  private static final int MOST_LINKS = 40;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Writes the fragments as test cases, in the form that CI services read.")
  private @Nullable String junit;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Writes a line of tab-separated values for each fragment: its end, its times.")
  private @Nullable String trace;

  /** The files of one run. */
  static final class Records {
    private final Console console;
    private final Map<String, AutoCloseable> open = new LinkedHashMap<>();
    private final List<EventSink> sinks = new ArrayList<>();

    private Records(Console console) {
      this.console = console;
    }

    List<EventSink> sinks() {
      return sinks;
    }

    private <T extends AutoCloseable & EventSink> void add(String file, T record) {
      open.put(file, record);
      sinks.add(record);
    }

    /** Finishes them, and says whether all could be written. */
    boolean finish() {
      var whole = true;
      for (var each : open.entrySet()) {
        try {
          each.getValue().close();
        } catch (IOException e) {
          whole = false;
          new Messages(console)
              .error(
                  "Could not write `%s`: %s.".formatted(each.getKey(), Trouble.reason(e)),
                  Trouble.cure(e));
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
      return whole;
    }
  }

  /**
   * Refuses names that cannot be meant: nothing that a user wrote, or that somebody else made, is
   * ever replaced.
   */
  void check(Console console) throws Refusal {
    check(console, "--junit", junit, JunitFile::replaceable);
    check(console, "--trace", trace, TraceFile::replaceable);
    if (junit != null && trace != null && place(console, junit).equals(place(console, trace))) {
      throw Refusal.usage(
          "`--junit` and `--trace` both write `%s`.".formatted(junit), "Name two files.");
    }
  }

  private interface Judge {
    boolean judge(Path file) throws IOException;
  }

  private static void check(
      Console console, String option, @Nullable String name, Judge replaceable) throws Refusal {
    if (name == null) {
      return;
    }
    if (name.equals(PipelineText.STANDARD_INPUT)) {
      throw Refusal.usage(
          "`%s` writes a file, not standard output.".formatted(option),
          "Name a file; `./-` is one that is called so.");
    }
    var file = place(console, name);
    try {
      if (Files.isDirectory(file)) {
        throw Refusal.usage("`%s` is a folder.".formatted(name), "Name a file.");
      }
      if (Files.isRegularFile(file) && !replaceable.judge(file)) {
        throw Refusal.usage(
            "`%s` is not a file that `%s` has written, so it is not replaced."
                .formatted(name, option),
            "Name another file, or move that one away.");
      }
    } catch (IOException e) {
      throw unwritable(name, e);
    }
  }

  /** The same for files that the pipeline itself reads or writes. */
  void check(Console console, Plan plan) throws Refusal {
    for (var name : Arrays.asList(junit, trace)) {
      if (name == null) {
        continue;
      }
      var named = console.path(name).toAbsolutePath().normalize();
      var place = place(console, name);
      var use = PathUse.of(plan, named).or(() -> PathUse.of(plan, place));
      if (use.isPresent()) {
        throw Refusal.usage(
            "`%s` is %s.".formatted(name, use.get()), "Name another file for what is recorded.");
      }
    }
  }

  /** Begins them. */
  Records open(Console console, Path runFolder) throws Refusal {
    var records = new Records(console);
    try {
      if (junit != null) {
        records.add(junit, create(console, junit, file -> JunitFile.create(file, runFolder)));
      }
      if (trace != null) {
        records.add(trace, create(console, trace, TraceFile::create));
      }
      return records;
    } catch (Refusal e) {
      records.finish();
      throw e;
    }
  }

  private interface Creator<T> {
    T of(Path file) throws IOException;
  }

  private static <T> T create(Console console, String name, Creator<T> creator) throws Refusal {
    try {
      return creator.of(console.path(name));
    } catch (IOException e) {
      throw unwritable(name, e);
    }
  }

  /** What is written to in the end: the file that links lead to, whether it is there or not. */
  private static Path place(Console console, String name) throws Refusal {
    try {
      var file = inRealFolder(console.path(name).toAbsolutePath());
      for (var links = 0; links < MOST_LINKS && Files.isSymbolicLink(file); links++) {
        file = inRealFolder(file.resolveSibling(Files.readSymbolicLink(file)));
      }
      return file;
    } catch (NoSuchFileException e) {
      throw Refusal.usage(
          "There is no folder `%s` to write `%s` in.".formatted(e.getFile(), name),
          "Make it first.");
    } catch (IOException e) {
      throw unwritable(name, e);
    }
  }

  /** What {@code ..} means depends on where links lead, so they are followed first. */
  private static Path inRealFolder(Path file) throws IOException {
    var folder = file.getParent();
    return folder == null ? file : folder.toRealPath().resolve(file.getFileName());
  }

  private static Refusal unwritable(String name, IOException e) {
    return Refusal.usage(
        "Could not write `%s`: %s.".formatted(name, Trouble.reason(e)), Trouble.cure(e));
  }
}
