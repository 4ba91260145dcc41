package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.golempipeline.cli.terminal.ExitCodes;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every file that is kept beside a pipeline, damaged in every way: each command that reads it
 * either goes on without it, or names it. Nothing hangs, nothing is our bug, and a run gives the
 * right result.
 */
class DamagedFilesTest {
  private static final String PIPELINE =
      """
      version: 1
      name: letters
      input: in/*.txt
      split: { lines: 1 }
      retry: { attempts: 1, fail: 50% }
      run: grep -v bad "$in" > "$out"
      merge: concat
      output: result.txt
      """;

  private static final String LOCK =
      """
      {"version": 1, "images": {"golem/alpine:latest": {"sha3": "@", "url": "http://old"}}}
      """
          .replace("@", "0".repeat(56));

  private static final String RIGHT = "a\nb\nc\nd\n";

  /** Each with what makes of the bytes of a file other ones. */
  private enum Damage {
    CUT {
      @Override
      void make(Path file, byte[] bytes) throws IOException {
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
      }
    },
    EMPTY {
      @Override
      void make(Path file, byte[] bytes) throws IOException {
        Files.write(file, new byte[0]);
      }
    },
    FLIPPED {
      @Override
      void make(Path file, byte[] bytes) throws IOException {
        var random = new Random(file.getFileName().toString().length());
        for (var i = 0; i < 1 + bytes.length / 200; i++) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file, bytes);
      }
    },
    FIRST_BYTE {
      @Override
      void make(Path file, byte[] bytes) throws IOException {
        bytes[0] ^= (byte) 0x80;
        Files.write(file, bytes);
      }
    },
    ZEROS {
      @Override
      void make(Path file, byte[] bytes) throws IOException {
        Files.write(file, new byte[bytes.length]);
      }
    },
    FOLDER {
      @Override
      void make(Path file, byte[] bytes) throws IOException {
        Files.delete(file);
        Files.createDirectory(file);
        Files.writeString(file.resolve("inside"), "x");
      }
    },
    PIPE {
      @Override
      void make(Path file, byte[] bytes) throws IOException {
        Files.delete(file);
        try {
          assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
    },
    FORBIDDEN {
      @Override
      void make(Path file, byte[] bytes) throws IOException {
        Files.setPosixFilePermissions(file, java.util.Set.of());
        Assumptions.assumeFalse(Files.isReadable(file), "root reads everything");
      }
    };

    abstract void make(Path file, byte[] bytes) throws IOException;
  }

  @TempDir Path temporary;
  private int copies;

  @TestFactory
  @Timeout(300)
  Stream<DynamicTest> everyFileInEveryWay() throws IOException {
    var original = temporary.resolve("original");
    var workspace = new Workspace(Files.createDirectory(original));
    workspace.write("letters.yaml", PIPELINE);
    workspace.write("in/1.txt", "a\nb\nbad\n");
    workspace.write("in/2.txt", "c\nd\n");
    assertThat(workspace.run("run", "letters.yaml").err()).contains("4 done");
    assertThat(workspace.run("report", "last", "--in", "letters.yaml").exitCode()).isZero();
    workspace.write("in/2.txt", "c\nd\n\n");
    workspace.run("run", "letters.yaml");
    workspace.write("in/2.txt", "c\nd\n");

    var tests = new ArrayList<DynamicTest>();
    for (var file : oneOfEachKind(files(original.resolve(".golem-pipeline")))) {
      for (var damage : Damage.values()) {
        tests.add(
            DynamicTest.dynamicTest(file + ", " + damage, () -> readsOn(original, file, damage)));
      }
    }
    return tests.stream();
  }

  /** It runs fragments, so it is tried with all files at once. */
  @TestFactory
  @Timeout(300)
  Stream<DynamicTest> theDoctorSurvivesAllOfThem() throws IOException {
    var original = temporary.resolve("original");
    var workspace = new Workspace(Files.createDirectory(original));
    workspace.write("letters.yaml", PIPELINE.replace("run:", "image: golem/alpine:latest\nrun:"));
    workspace.write("letters.yaml.lock", LOCK);
    workspace.write("in/1.txt", "a\nb\nbad\n");
    workspace.run("run", "letters.yaml");
    workspace.run("schema", "--write", "letters.yaml");
    return Stream.of(Damage.values())
        .map(damage -> DynamicTest.dynamicTest(damage.name(), () -> survives(original, damage)));
  }

  private void survives(Path original, Damage damage) throws IOException {
    var folder = temporary.resolve("copy" + copies++);
    FileUtils.copyDirectory(original.toFile(), folder.toFile(), true);
    var all = new ArrayList<Path>();
    files(folder.resolve(".golem-pipeline"))
        .forEach(file -> all.add(folder.resolve(".golem-pipeline").resolve(file)));
    all.add(folder.resolve("letters.yaml.lock"));
    for (var file : all) {
      damage.make(file, Files.readAllBytes(file));
    }
    var ran = new Workspace(folder).run("doctor", "letters.yaml");
    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isIn(0, 1);
    assertThat(ran.out() + ran.err()).doesNotContain("Exception", "\tat ");
    var check = new Workspace(folder).run("check", "letters.yaml");
    assertThat(check.exitCode()).as(check.err()).isIn(0, 2);
    assertThat(check.err()).doesNotContain("Exception", "\tat ");
  }

  /** Runs have files of the same names, the cache has many that differ by their names alone. */
  private static List<Path> oneOfEachKind(List<Path> files) {
    var last = new LinkedHashMap<Path, Path>();
    for (var file : files) {
      var isOfCache = file.startsWith("cache") && file.getNameCount() > 2;
      last.put(
          isOfCache ? file.getParent() : file.startsWith("runs") ? file.getFileName() : file, file);
    }
    return List.copyOf(last.values());
  }

  private static List<Path> files(Path own) throws IOException {
    try (var all = Files.walk(own)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toFile().length() > 0)
          .map(own::relativize)
          .sorted()
          .toList();
    }
  }

  private void readsOn(Path original, Path file, Damage damage) throws Exception {
    var folder = temporary.resolve("copy" + copies++);
    FileUtils.copyDirectory(original.toFile(), folder.toFile(), true);
    var workspace = new Workspace(folder);
    var damaged = folder.resolve(".golem-pipeline").resolve(file);
    damage.make(damaged, Files.readAllBytes(damaged));
    var ids = new ArrayList<String>();
    try (var runs = Files.newDirectoryStream(folder.resolve(".golem-pipeline/runs"))) {
      runs.forEach(run -> ids.add(run.getFileName().toString()));
    }
    var commands = new ArrayList<List<String>>();
    commands.add(List.of("plan", "letters.yaml"));
    commands.add(List.of("runs"));
    commands.add(List.of("runs", "letters.yaml", "--json"));
    commands.add(List.of("check", "letters.yaml"));
    commands.add(List.of("clean"));
    commands.add(List.of("clean", "--older", "3000d"));
    commands.add(List.of("settle", "--all"));
    commands.add(List.of("providers", "list"));
    commands.add(List.of("repro", "letters.yaml", "2"));
    for (var id : file.startsWith("runs") ? List.of(file.getName(1).toString()) : ids) {
      commands.add(List.of("logs", id));
      commands.add(List.of("logs", id, "0"));
      commands.add(List.of("logs", id, "2"));
      commands.add(List.of("report", id));
      commands.add(List.of("replay", id));
      commands.add(List.of("watch", id));
    }
    for (var command : commands) {
      var ran = workspace.run(command.toArray(String[]::new));
      assertThat(ran.exitCode()).as(command + " said " + ran.err()).isNotEqualTo(70);
      assertThat(ran.err()).as(command.toString()).doesNotContain("Exception", "\tat ");
    }
    if (!file.startsWith("runs")) {
      runsRightOrNamesIt(workspace, damaged.getFileName().toString());
    }
  }

  private static void runsRightOrNamesIt(Workspace workspace, String damaged) throws IOException {
    var ran = workspace.run("run", "letters.yaml");
    assertThat(ran.err()).doesNotContain("Exception", "\tat ");
    if (ran.exitCode() == ExitCodes.PARTIAL) {
      assertThat(workspace.read("result.txt")).isEqualTo(RIGHT);
    } else {
      assertThat(ran.exitCode()).isPositive();
      assertThat(ran.err()).contains(damaged);
    }
  }
}
