package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.run.Publisher.Publication;
import org.golempipeline.run.StageMerge.ResultFile;
import org.golempipeline.run.StageMerge.StageResult;
import org.golempipeline.strategy.StrategyException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublisherTest {
  /** No file system that tests run on has names of this length. */
  private static final String UNWRITABLE = "x".repeat(300);

  @TempDir Path temporary;
  private Path folder;
  private String output = "out/${stem}.txt";
  private boolean overwrite;
  private boolean outside;
  private int staged;

  @BeforeEach
  void createFolder() throws IOException {
    folder = Files.createDirectories(temporary.resolve("project"));
  }

  private Publisher publisher() {
    return new Publisher(folder, "p", Map.of("one", output, "two", "two/"), overwrite, outside);
  }

  /** Publishes the file names of {@code files} as contents, as a new process would. */
  private Publication publish(String... files) throws IOException, StrategyException {
    return publish(Map.of("one", List.of(files)));
  }

  private Publication publish(Map<String, List<String>> files)
      throws IOException, StrategyException {
    return publisher().publish(results(files));
  }

  private Map<String, StageResult> results(Map<String, List<String>> files) throws IOException {
    var results = new LinkedHashMap<String, StageResult>();
    for (var stage : files.entrySet()) {
      var made = new ArrayList<ResultFile>();
      for (var path : stage.getValue()) {
        var file = temporary.resolve("staged-" + staged++);
        Files.writeString(file, path);
        made.add(new ResultFile(path, file, path.length()));
      }
      results.put(stage.getKey(), new StageResult(made, "key"));
    }
    return results;
  }

  private Path place(String path) {
    return folder.resolve(path);
  }

  private void write(String path, String content) throws IOException {
    Files.createDirectories(place(path).getParent());
    Files.writeString(place(path), content);
  }

  private void assertRefuses(String message, String... paths) {
    assertThatThrownBy(() -> publisher().check(Set.of(paths)))
        .isInstanceOf(StrategyException.class)
        .hasMessage(message);
  }

  @Test
  void refusesOneNameOfTwoStagesBeforeAnythingIsRenamed() throws Exception {
    var twice = Map.of("one", List.of("a", "r/x"), "two", List.of("b", "r/x"));
    assertThatThrownBy(() -> publish(twice))
        .isInstanceOf(StrategyException.class)
        .hasMessageContaining("would both write `r/x`");
    assertThatThrownBy(() -> publish("a", "r", "r/x"))
        .hasMessage("The output `r/x` would lie below `r`, which is a file.");
    assertThatThrownBy(() -> publish("a", "r/x", "r"))
        .hasMessage("The output `r/x` would lie below `r`, which is a file.");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatWasNotPublishedInTheEndIsNotItsOwn() throws Exception {
    assertThatThrownBy(() -> publish("first", UNWRITABLE, "last")).isInstanceOf(IOException.class);
    assertThat(place("first")).hasContent("first");
    assertThat(place("last")).doesNotExist();

    write("last", "mine");
    assertRefuses("`last` exists and was not made by this pipeline.", "first", "last");

    publish("first");
    assertThat(place("last")).hasContent("mine");
  }

  @Test
  void aResultOfWhichOnlyAPartWasReplacedIsNotTakenForWhole() throws Exception {
    publish("a", "b");
    assertThat(publisher().unchanged("one", "key")).hasSize(2);
    assertThatThrownBy(() -> publish("a", UNWRITABLE)).isInstanceOf(IOException.class);
    assertThat(publisher().unchanged("one", "key")).isNull();
    assertThat(publish("c").removed().first()).containsExactly("a", "b");
  }

  @Test
  void aResultThatAnotherTookAFileOfIsNotTakenForWhole() throws Exception {
    publish("a", "b");
    output = "other";
    publish("a");
    output = "out/${stem}.txt";
    assertThat(publisher().unchanged("one", "key")).isNull();
  }

  @Test
  void refusesToReplaceWhatWasChangedSince() throws Exception {
    publish("a", "b");
    write("a", "b");
    assertRefuses("`a` was changed since this pipeline published it.", "a", "b");
    assertThatThrownBy(() -> publish("b", "a")).isInstanceOf(StrategyException.class);
    assertThat(place("a")).hasContent("b");
    overwrite = true;
    publish("a", "b");
    assertThat(place("a")).hasContent("a");
  }

  @Test
  void aFileThatWasTouchedOrRestoredIsStillItsOwn() throws Exception {
    publish("a", "b", "c");
    Files.setLastModifiedTime(place("a"), FileTime.fromMillis(1));
    Files.delete(place("b"));
    write("b", "b");
    Files.delete(place("c"));
    publisher().check(Set.of("a", "b", "c"));
    var again = publish("d");
    assertThat(again.removed().first()).containsExactly("a", "b");
    assertThat(again.left()).isNull();
  }

  @Test
  void whatWasChangedSinceStaysAndIsNamed() throws Exception {
    publish("a", "b", "c");
    write("a", "edited");
    var again = publish("c");
    assertThat(again.removed().first()).containsExactly("b");
    assertThat(again.left())
        .isEqualTo("`a` is no longer made, but stays: it was changed since it was published.");
    assertThat(place("a")).hasContent("edited");
    assertThat(publish("c").left()).isNull();
    assertRefuses("`a` exists and was not made by this pipeline.", "a");
  }

  @Test
  void resultsOfAnotherOutputStay() throws Exception {
    output = "captain/${i}";
    publish("captain/1", "captain/2");
    output = "ship/${i}";
    assertThat(publish("ship/1").removed()).isNull();
    output = "captain/${i}";
    assertThat(publisher().unchanged("one", "key")).hasSize(2);
    assertThat(publish("captain/2").removed().first()).containsExactly("captain/1");
    assertThat(place("ship/1")).exists();
  }

  /** One that was changed by a single bit as well, which may be in the name of a file. */
  @Test
  void aDamagedMemoryIsTakenFromItsCopy() throws Exception {
    publish("a");
    var file = folder.resolve(".golem-pipeline/published/p.json");
    var whole = Files.readString(file);
    for (var damaged :
        List.of(
            "", "{}", "null", "{\"memory\":", whole.replace("\"a\"", "\"b\""), "\0".repeat(99))) {
      Files.writeString(file, damaged);
      publish("a");
      assertThat(Files.readString(file)).isNotEqualTo(damaged);
    }
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(new PublishedMemory(folder, "p").isOurs("a")).isTrue();
  }

  @Test
  void aMemoryThatIsLostMakesResultsForeign() throws Exception {
    publish("a");
    write(".golem-pipeline/published/p.json", "{\"paths\":[\"a\"]}");
    write(".golem-pipeline/published/p.copy.json", "");
    assertRefuses("`a` exists and was not made by this pipeline.", "a");
  }

  @Test
  void aLinkInThePlaceOfAResultIsNotItsOwn() throws Exception {
    Files.createSymbolicLink(place("a"), Path.of("nowhere"));
    assertRefuses("`a` exists and was not made by this pipeline.", "a");
  }

  @Test
  void seesObstaclesBefore() throws Exception {
    write("file", "");
    Files.createDirectories(place("sub/folder"));
    assertRefuses("`file` is no folder, and files are to be published below it.", "file/x/y");
    assertRefuses("`file` is no folder, and files are to be published below it.", "file/");
    assertRefuses("`sub/folder` is a folder, and a file is to be published there.", "sub/folder");
    overwrite = true;
    assertRefuses("`sub/folder` is a folder, and a file is to be published there.", "sub/folder");
    publisher().check(Set.of("sub/folder/", "sub/folder/x", "new/y"));
  }

  @Test
  void seesThatNothingCanBeWritten() throws Exception {
    var closed = Files.createDirectories(place("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeThat(Files.isWritable(closed)).as("the test runs as root").isFalse();
    assertRefuses("Nothing can be written in `closed`.", "closed/new/x");
  }

  @Test
  void leavesTheFolderThroughALinkOnlyWhenAllowed() throws Exception {
    var elsewhere = Files.createDirectories(temporary.resolve("elsewhere")).toRealPath();
    Files.createSymbolicLink(place("link"), elsewhere);
    Files.createDirectories(place("inside"));
    Files.createSymbolicLink(place("near"), Path.of("inside"));
    publisher().check(Set.of("near/x"));
    assertRefuses(
        "`link` leads to `%s`, outside the folder of the pipeline file.".formatted(elsewhere),
        "link/new/x");
    outside = true;
    publish("link/new/x");
    assertThat(elsewhere.resolve("new/x")).hasContent("link/new/x");
  }
}
