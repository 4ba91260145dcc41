package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that somebody writes to while a run reads them. */
@Timeout(240)
class InputChangeTest {
  private static final String FILES =
      """
      version: 1
      name: files
      input: in/*
      files: model.bin
      run: cat "$in" model.bin > "$out"
      output: out/
      """;

  private static final String LINES =
      """
      version: 1
      name: lines
      input: big.txt
      split: { lines: 2 }
      run: cat "$in" > "$out"
      merge: concat
      output: all.txt
      """;

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() {
    project = new Project(folder);
    project.reuse = true;
    project.workers = 1;
    project.file("in/a", "1").file("in/b", "2").file("in/c", "3").file("model.bin", "m\n");
    project.file("big.txt", "1\n2\n3\n4\n5\n6\n");
  }

  private interface Change {
    void make() throws IOException;
  }

  /** A run in which something happens after keys were made and before a file is read. */
  private RunEvent.RunFinished runWith(String yaml, Change change) throws Exception {
    return runWith(yaml, RunEvent.BatchStarted.class, change);
  }

  private RunEvent.RunFinished runWith(String yaml, Class<? extends RunEvent> when, Change change)
      throws Exception {
    var made = new AtomicBoolean();
    project.listener =
        event -> {
          if (when.isInstance(event) && !made.getAndSet(true)) {
            try {
              change.make();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    var end = project.run(yaml);
    project.listener = event -> {};
    assertThat(made).isTrue();
    assertThat(project.openAgreements).isZero();
    return end;
  }

  private static Failure changed(String file) {
    return new Failure(
        FailureKind.COMMAND,
        "`%s` changed while the run was going on.".formatted(file),
        "Run it again: what is unchanged is kept.");
  }

  private void assertUnpublished() throws IOException {
    assertThat(project.tree("out")).isEmpty();
    assertThat(project.read("all.txt")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "mkfifo, in/b, is a pipe",
    "mkdir, in/b, is a folder",
    "ln -s /dev/zero, in/b, is a pipe",
    "mkfifo, model.bin, is a pipe",
    "mkdir, model.bin, is a folder"
  })
  void whatBecameNoFileIsNamedWithItsKindAndKeepsNobodyWaiting(
      String kind, String place, String words) throws Exception {
    var end =
        runWith(
            FILES,
            () -> {
              Files.delete(folder.resolve(place));
              make(kind, folder.resolve(place));
            });

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message()).contains("`" + folder.resolve(place) + "` " + words);
    assertUnpublished();
  }

  private static void make(String kind, Path file) throws IOException {
    var words = new ArrayList<>(List.of(kind.split(" ")));
    words.add(file.toString());
    try {
      assertThat(new ProcessBuilder(words).start().waitFor()).isZero();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void whatChangedBeforeItWasSentStopsTheRunAndTheRestIsKept() throws Exception {
    var end = runWith(FILES, () -> project.file("in/c", "changed"));
    assertThat(end.failure()).isEqualTo(changed("in/c"));
    assertUnpublished();
    project.succeed(FILES);
    assertThat(project.sent("files")).isEqualTo(FragmentSet.of(2));
    assertThat(project.read("out/c")).isEqualTo("changedm\n");
  }

  @Test
  void aRunThatTakesNothingFromEarlierOnesSeesItAsWell() throws Exception {
    project.reuse = false;
    var end =
        runWith(LINES, RunEvent.BatchFinished.class, () -> project.file("big.txt", "a\nb\nc\n"));
    assertThat(end.failure()).isEqualTo(changed("big.txt"));
    assertUnpublished();
  }

  @Test
  void aFileThatIsShorterOrGoneStopsTheRun() throws Exception {
    assertThat(runWith(LINES, () -> project.file("big.txt", "1\n2\n")).failure())
        .isEqualTo(changed("big.txt"));
    assertThat(runWith(FILES, () -> Files.delete(folder.resolve("in/b"))).failure())
        .isEqualTo(changed("in/b"));
    assertUnpublished();
  }

  @Test
  void aSharedFileThatChangedBeforeItWasSentStopsTheRunAndNothingIsKept() throws Exception {
    var end = runWith(FILES, () -> project.file("model.bin", "M\n"));
    assertThat(end.failure()).isEqualTo(changed("model.bin"));
    assertUnpublished();
    project.file("model.bin", "m\n");
    project.succeed(FILES);
    assertThat(project.read("out/a")).isEqualTo("1m\n");
  }

  @Test
  void whatSeveralMachinesAgreeOnIsNoResultOfAnotherInput() throws Exception {
    project.workers = 2;
    var end = runWith(FILES + "verify: { copies: 2 }\n", () -> project.file("in/a", "changed"));
    assertThat(end.failure()).isEqualTo(changed("in/a"));
    assertUnpublished();
  }

  @Test
  void whatChangesAfterItWasReadIsNotPublished() throws Exception {
    var end = runWith(FILES, RunEvent.PublishStarted.class, () -> project.file("in/b", "changed"));
    assertThat(end.failure()).isEqualTo(changed("in/b"));
    assertUnpublished();
    end = runWith(FILES, RunEvent.PublishStarted.class, () -> project.file("model.bin", "M\n"));
    assertThat(end.failure()).isEqualTo(changed("model.bin"));
    assertUnpublished();
  }

  @Test
  void whatWasReusedIsNotMixedWithWhatIsThereNow() throws Exception {
    project.succeed(FILES);
    project.file("in/a", "new");
    var end = runWith(FILES, () -> replace("in/b", "other"));
    assertThat(end.failure()).isEqualTo(changed("in/b"));
    assertThat(project.read("out/a")).isEqualTo("1m\n");
    assertThat(project.read("out/b")).isEqualTo("2m\n");
  }

  private void replace(String path, String content) throws IOException {
    project.file("beside", content);
    Files.move(folder.resolve("beside"), folder.resolve(path), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void aFileThatTheCommandDoesNotReadMayChange() throws Exception {
    var yaml = FILES.replace("cat \"$in\"", "cat");
    assertThat(runWith(yaml, () -> project.file("in/a", "changed")).failure()).isNull();
    assertThat(project.read("out/a")).isEqualTo("m\n");
  }

  @Test
  void aFileThatGrewOrWasTouchedIsFine() throws Exception {
    var big = folder.resolve("big.txt");
    var end =
        runWith(
            LINES,
            RunEvent.BatchFinished.class,
            () -> Files.writeString(big, "7\n", StandardOpenOption.APPEND));
    assertThat(end.failure()).isNull();
    assertThat(project.read("all.txt")).isEqualTo("1\n2\n3\n4\n5\n6\n");
    end =
        runWith(
            LINES.replace("cat ", "cat -- "),
            () -> Files.setLastModifiedTime(big, FileTime.fromMillis(1_000_000)));
    assertThat(end.failure()).isNull();
    assertThat(project.read("all.txt")).isEqualTo("1\n2\n3\n4\n5\n6\n7\n");
  }
}
