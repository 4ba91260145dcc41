package org.golempipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathPatternTest {
  @TempDir Path folder;

  private List<String> find(String pattern, String... files) throws IOException {
    for (var file : files) {
      var path = folder.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, "");
    }
    return PathPattern.of(pattern).find(folder).stream().map(PathPattern.Match::path).toList();
  }

  @Test
  void twoStarsStandForAnyNumberOfFolders() throws IOException {
    assertThat(find("texts/**/*.txt", "texts/a.txt", "texts/b/c.txt", "texts/b/d/e.txt", "f.txt"))
        .containsExactly("texts/a.txt", "texts/b/c.txt", "texts/b/d/e.txt");
  }

  @Test
  void ordersByBytesOnEveryMachine() throws IOException {
    assertThat(find("*", "b", "a", "B", "é", "a.b", "a-b"))
        .containsExactly("B", "a", "a-b", "a.b", "b", "é");
    assertThat(find("*", "\uffee", "\ud83d\ude00", "zz", "z"))
        .endsWith("z", "zz", "é", "\uffee", "\ud83d\ude00");
  }

  @Test
  void hiddenFilesMatchOnlyPatternsThatSpellTheDot() throws IOException {
    assertThat(find("**", ".hidden", "shown", ".git/config", "sub/.x")).containsExactly("shown");
    assertThat(PathPattern.of(".h*").find(folder))
        .extracting(PathPattern.Match::path)
        .containsExactly(".hidden");
  }

  @Test
  void takesHostileNamesAsTheyAre() throws IOException {
    var names = new String[] {"-rf", "$(x) 'y'", "a\nb", "ünï\"code", "back\\slash"};
    assertThat(find("*", names)).containsExactlyInAnyOrder(names);
  }

  @Test
  void aNameThatIsNoTextIsRefused() throws Exception {
    assertThat(find("*", "\ufffd.txt")).containsExactly("\ufffd.txt");
    var made =
        new ProcessBuilder("sh", "-c", "touch \"$(printf 'bad\\377.txt')\"")
            .directory(folder.toFile())
            .start();
    assertThat(made.waitFor()).isZero();
    assertThatThrownBy(() -> find("*")).hasMessage("the name of `bad\ufffd.txt` is not UTF-8");
  }

  @Test
  void aBackslashMakesACharacterLiteral() throws IOException {
    assertThat(find("\\[1\\].txt", "[1].txt", "1.txt")).containsExactly("[1].txt");
    assertThat(find("a\\*b*", "a*bc", "axbc")).containsExactly("a*bc");
  }

  @Test
  void matchesAgreesWithFind() throws IOException {
    var pattern = PathPattern.of("a/**/b?.{txt,md}");
    find("x", "a/b1.txt", "a/c/b2.md", "a/c/d/b3.txt", "a/c/b.txt", "b1.txt");
    try (var all = Files.walk(folder)) {
      var matching =
          all.filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString())
              .filter(pattern::matches)
              .sorted(PathPattern.BYTEWISE)
              .toList();
      assertThat(pattern.find(folder))
          .extracting(PathPattern.Match::path)
          .isEqualTo(matching)
          .hasSize(3);
    }
  }

  @Test
  void knowsFilesByTheirPathBelowTheLiteralFolders() {
    assertThat(PathPattern.of("in/data/**/*.csv").belowPrefix("in/data/x/y.csv"))
        .isEqualTo("x/y.csv");
    assertThat(PathPattern.of("in/data.csv").belowPrefix("in/data.csv")).isEqualTo("data.csv");
  }

  @Test
  void aLinkToNowhereAndAPipeCannotBeRead() throws Exception {
    find("x", "a.txt", "sub/b.txt");
    Files.createSymbolicLink(folder.resolve("link.txt"), Path.of("a.txt"));
    Files.createSymbolicLink(folder.resolve("lost.txt"), Path.of("nowhere"));
    Files.createSymbolicLink(folder.resolve("folder.txt"), Path.of("sub"));
    assertThat(new ProcessBuilder("mkfifo", folder + "/pipe.txt").start().waitFor()).isZero();

    assertThat(PathPattern.of("*.txt").find(folder))
        .extracting(PathPattern.Match::path, PathPattern.Match::trouble)
        .containsExactly(
            tuple("a.txt", null),
            tuple("link.txt", null),
            tuple("lost.txt", "it is a link to nowhere"),
            tuple("pipe.txt", "it is a pipe, a socket or a device, not a file"));
    assertThat(PathPattern.of("**").find(folder))
        .extracting(PathPattern.Match::path)
        .containsExactly("a.txt", "link.txt", "lost.txt", "sub/b.txt");
  }

  @Test
  void doesNotFollowLinksToFoldersInCircles() throws IOException {
    Files.createDirectories(folder.resolve("a"));
    Files.createSymbolicLink(folder.resolve("a/loop"), folder);
    assertThat(find("**/*.txt", "a/x.txt")).containsExactly("a/x.txt");
  }

  @Test
  void refusesWhatIsNoPattern() {
    assertThatThrownBy(() -> PathPattern.of("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PathPattern.of("a[")).isInstanceOf(IllegalArgumentException.class);
  }
}
