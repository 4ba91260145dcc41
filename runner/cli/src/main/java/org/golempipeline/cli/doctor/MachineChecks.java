package org.golempipeline.cli.doctor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.exeunit.Containers;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.report.ShellWord;
import org.golempipeline.report.Words;

/** What a run on this machine needs of it, looked at piece by piece. */
final class MachineChecks {
  private static final long SMALL_HEAP = 200_000_000;
  private static final long LITTLE_MEMORY = 256_000_000;
  private static final long LITTLE_SPACE = 1_000_000_000;
  private static final long NO_SPACE = 50_000_000;

  private MachineChecks() {}

  /**
   * @param heap bytes that golem-pipeline itself may use
   * @param memory bytes that programs can use besides; 0 if nobody says
   */
  static Finding java(Runtime.Version version, long heap, long memory, int processors) {
    var message =
        "Java %s with %s for golem-pipeline; %s%s"
            .formatted(
                version,
                Words.size(heap),
                Words.count(processors, "processor"),
                memory == 0 ? "" : ", " + Words.size(memory) + " of memory free");
    if (heap < SMALL_HEAP) {
      return Finding.warning(
          "java",
          message + ": that may be too little for large pipelines.",
          "Unset `GOLEM_PIPELINE_JAVA_OPTS`, or write `-Xmx512m` into it.");
    }
    if (memory != 0 && memory < LITTLE_MEMORY) {
      return Finding.warning(
          "java",
          message + ": the programs of fragments have to share that.",
          "End other programs, or run with `--workers 1`.");
    }
    return Finding.ok("java", message);
  }

  /**
   * The programs that providers on this machine cannot do without.
   *
   * @param path the variable, which they are given too
   */
  static Finding shell(Path shell, String path) {
    if (!Files.isExecutable(shell)) {
      return Finding.problem(
          "shell",
          "There is no `%s`, which runs every command.".formatted(shell),
          "Install a POSIX shell there.");
    }
    return find("tar", path)
        .map(tar -> Finding.ok("shell", "%s, and %s".formatted(shell, tar)))
        .orElseGet(
            () ->
                Finding.warning(
                    "shell",
                    "There is no `tar` on the PATH, so fragments are unpacked with `dd`, slowly.",
                    "Install `tar`, or add its folder to the PATH."));
  }

  /**
   * Whether programs can run inside images.
   *
   * @param obstacle what keeps them from it
   */
  static Finding images(Optional<Containers.Obstacle> obstacle) {
    return obstacle
        .map(
            each ->
                Finding.warning(
                    "images",
                    "Fragments cannot run inside images here, only with this machine's own"
                        + " programs: %s.".formatted(each.reason()),
                    each.cure()))
        .orElseGet(() -> Finding.ok("images", "fragments can run inside the image they name"));
  }

  private static Optional<Path> find(String program, String path) {
    return Stream.of(path.split(":", -1))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder).resolve(program))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /**
   * Whether runs can work beside the pipeline files.
   *
   * @param work a folder in there, to be removed by the caller
   */
  static Finding folder(Path folder, Path work) {
    try {
      Files.createDirectories(work);
      var file = Files.writeString(work.resolve("written"), "what was written");
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
          var lock = channel.lock()) {
        channel.force(true);
      }
      Files.move(file, work.resolve("renamed"), StandardCopyOption.ATOMIC_MOVE);
      return space(folder, Files.getFileStore(work).getUsableSpace());
    } catch (IOException e) {
      return Finding.problem(
          "folder",
          "Could not write, lock and rename a file in `%s`: %s."
              .formatted(folder, Trouble.reason(e)),
          "Check its permissions and free space; or work in a folder on a local disk.");
    }
  }

  static Finding space(Path folder, long free) {
    var message = "%s can be written; %s free".formatted(folder, Words.size(free));
    var cure = "Make room there; `golem-pipeline clean --max 1GiB` removes old results.";
    if (free < NO_SPACE) {
      return Finding.problem("folder", message + ", which is too little.", cure);
    }
    return free < LITTLE_SPACE
        ? Finding.warning("folder", message + ", which may be too little.", cure)
        : Finding.ok("folder", message);
  }

  /** What dead runs left on the network. */
  static Finding leftovers(Path folder) {
    var histories = new RunHistories(folder);
    var running = 0;
    var unsettled = 0;
    var last = "";
    try {
      for (var id : histories.ids()) {
        var run = histories.read(id);
        if (run.state() == RunHistory.State.RUNNING) {
          running++;
        } else if (run.isUnsettled()) {
          last = unsettled++ == 0 ? id : last;
        }
      }
    } catch (IOException e) {
      return Finding.warning(
          "leftovers",
          "Could not read the journals of earlier runs: %s.".formatted(Trouble.reason(e)),
          "Check the permissions of `%s`.".formatted(folder.resolve(".golem-pipeline/runs")));
    }
    if (unsettled > 0) {
      return Finding.problem(
          "leftovers",
          unsettled == 1
              ? "Run %s left things on the network: agreements may still bill, and GLM be locked."
                  .formatted(last)
              : "%s left things on the network, the last is %s: agreements may still bill, and GLM be locked."
                  .formatted(Words.count(unsettled, "run"), last),
          "`golem-pipeline settle --all --in %s` ends and pays them."
              .formatted(ShellWord.of(folder.toString())));
    }
    return Finding.ok(
        "leftovers",
        running == 0
            ? "no run left anything on the network"
            : "none; %s going on".formatted(running == 1 ? "one run is" : running + " runs are"));
  }

  static Finding cache(Path cache) {
    try {
      return Finding.ok(
          "cache", "%s of earlier results".formatted(Words.size(ResultCache.bytes(cache))));
    } catch (IOException e) {
      return Finding.warning(
          "cache",
          "Could not read `%s`: %s.".formatted(cache, Trouble.reason(e)),
          "Check its permissions.");
    }
  }
}
