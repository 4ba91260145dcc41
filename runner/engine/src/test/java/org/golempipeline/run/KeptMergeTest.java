package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.golempipeline.cache.ResultCache;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a second run takes over of merged files that only later stages read. */
@Timeout(240)
class KeptMergeTest {
  /** The merge leaves a line for each time. */
  private static final String CHAIN =
      """
      version: 1
      name: chain
      params: { mark: x, other: y }
      stages:
        all:
          input: in/*
          run: cat "$in" > "$out"
          merge:
            command: |
              echo "$mark" >> "FOLDER/log"
              while read -r file; do cat "$file"; done < "$list" > "$out"
        say:
          from: all
          run: sed 's/^/got /' "$in" > "$out"
          merge: concat
          output: o.txt
      """;

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() {
    project = new Project(folder);
    project.reuse = true;
    // Files that changed a moment ago would be looked into.
    project.clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));
    project.file("in/a", "1\n").file("in/b", "2\n").file("in/c", "3\n");
  }

  private RunEvent.RunFinished tryOut(String yaml) throws Exception {
    return project.run(yaml.replace("FOLDER", folder.toString()));
  }

  private void run(String yaml) throws Exception {
    assertThat(tryOut(yaml).failure()).isNull();
  }

  private int merges() throws IOException {
    return (int) Files.lines(folder.resolve("log")).count();
  }

  private void assertNothingExecuted() {
    assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();
    assertThat(project.daemonsAsked).isZero();
  }

  /** The pack that holds {@code content} and nothing else. */
  private Path pack(String content) throws IOException {
    for (var pack : files("packs")) {
      if (Files.size(pack) == content.length() && Files.readString(pack).equals(content)) {
        return pack;
      }
    }
    throw new AssertionError("no pack holds " + content);
  }

  private List<Path> files(String path) throws IOException {
    try (var all = Files.list(folder.resolve(".golem-pipeline/cache").resolve(path))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void nothingIsExecutedAndNothingMerged() throws Exception {
    run(CHAIN);
    assertThat(project.read("o.txt")).isEqualTo("got 1\ngot 2\ngot 3\n");
    run(CHAIN);
    assertNothingExecuted();
    assertThat(merges()).isOne();
    assertThat(project.reused("all")).isEqualTo(new RunEvent.StageReused("all", 3, 0, List.of()));
    assertThat(project.reused("say")).isEqualTo(new RunEvent.StageReused("say", 1, 0, List.of()));

    Files.delete(folder.resolve("o.txt"));
    run(CHAIN);
    assertNothingExecuted();
    assertThat(merges()).isOne();
    assertThat(project.read("o.txt")).isEqualTo("got 1\ngot 2\ngot 3\n");
  }

  /** What it was published as is what others read. */
  @Test
  void aResultInItsPlaceIsReadWithoutMergingAgain() throws Exception {
    var yaml = CHAIN.replace("  say:\n", "    output: mid/all.txt\n  say:\n");
    run(yaml);
    run(yaml);
    assertNothingExecuted();
    assertThat(merges()).isOne();

    run(yaml.replace("got ", "saw "));
    assertThat(project.sent("all")).isEqualTo(FragmentSet.EMPTY);
    assertThat(project.read("o.txt")).isEqualTo("saw 1\nsaw 2\nsaw 3\n");
    assertThat(project.read("mid/all.txt")).isEqualTo("1\n2\n3\n");
    assertThat(merges()).isOne();

    Files.delete(folder.resolve("mid/all.txt"));
    run(yaml);
    assertNothingExecuted();
    assertThat(merges()).isEqualTo(2);
    assertThat(project.read("mid/all.txt")).isEqualTo("1\n2\n3\n");
    assertThat(project.read("o.txt")).isEqualTo("got 1\ngot 2\ngot 3\n");
  }

  @Test
  void theMergeIsToldOfWithTheSameSize() throws Exception {
    run(CHAIN);
    var before = project.events(RunEvent.MergeFinished.class);
    run(CHAIN);
    assertThat(project.events(RunEvent.MergeFinished.class)).containsAll(before);
  }

  @Test
  void whatItWasMadeOfIsNotLookedAt() throws Exception {
    var yaml =
        """
        version: 1
        name: values
        stages:
          size: { run: 'echo 4 > "$out"', merge: value }
          parts: { input: in/*, run: 'echo 1 > "$out"', merge: sum }
          say:
            needs: size
            files: { n: { from: parts } }
            run: echo "$size and $(cat n)" > "$out"
            merge: concat
            output: o.txt
        """;
    run(yaml);
    var kept = List.of(pack("4\n"), pack("3\n"));
    for (var pack : files("packs")) {
      if (!kept.contains(pack)) {
        Files.delete(pack);
      }
    }
    run(yaml);
    assertNothingExecuted();
    Files.delete(folder.resolve("o.txt"));
    run(yaml);
    assertThat(project.sent("size").union(project.sent("parts"))).isEqualTo(FragmentSet.EMPTY);
    assertThat(project.read("o.txt")).isEqualTo("4 and 3\n");
  }

  @Test
  void aValueThatIsTheResultIsToldAgain() throws Exception {
    var yaml =
        """
        version: 1
        name: size
        run: echo 4 > "$out"
        merge: value
        """;
    run(yaml);
    Files.delete(pack("4\n").resolveSibling(other("4\n")));
    run(yaml);
    assertNothingExecuted();
    assertThat(project.events(RunEvent.ValueFound.class))
        .containsExactly(new RunEvent.ValueFound("size", "4"));
  }

  /** The only pack beside the one that holds {@code content}. */
  private Path other(String content) throws IOException {
    var kept = pack(content);
    return files("packs").stream().filter(each -> !each.equals(kept)).findFirst().orElseThrow();
  }

  @Test
  void anotherTextParamOrMergeIsNoticed() throws Exception {
    run(CHAIN);
    run(CHAIN.replace("do cat \"$file\"", "do sed s/1/one/ \"$file\""));
    assertThat(merges()).isEqualTo(2);
    assertThat(project.sent("all")).isEqualTo(FragmentSet.EMPTY);
    assertThat(project.read("o.txt")).isEqualTo("got one\ngot 2\ngot 3\n");

    project.params.put("mark", "z");
    run(CHAIN);
    assertThat(project.read("log")).isEqualTo("x\nx\nz\n");
    run(CHAIN);
    assertThat(merges()).isEqualTo(3);

    var sort = CHAIN.replaceAll("(?s)command: \\|.*?\\n  say", "sort: { numeric: true }\n  say");
    run(sort);
    assertNothingExecuted();
    run(sort.replace("numeric: true", "numeric: true, unique: true"));
    assertNothingExecuted();
    assertThat(project.read("o.txt")).isEqualTo("got 1\ngot 2\ngot 3\n");
  }

  @Test
  void aChangedInputAndAnotherOrderAreNoticed() throws Exception {
    run(CHAIN);
    project.file("in/b", "two\n");
    run(CHAIN);
    assertThat(project.sent("all")).isEqualTo(FragmentSet.of(1));
    assertThat(merges()).isEqualTo(2);
    assertThat(project.read("o.txt")).isEqualTo("got 1\ngot two\ngot 3\n");

    Files.move(folder.resolve("in/a"), folder.resolve("in/d"));
    run(CHAIN);
    assertNothingExecutedOf("all");
    assertThat(merges()).isEqualTo(3);
    assertThat(project.read("o.txt")).isEqualTo("got two\ngot 3\ngot 1\n");
  }

  private void assertNothingExecutedOf(String stage) {
    assertThat(project.sent(stage)).isEqualTo(FragmentSet.EMPTY);
  }

  @Test
  void whatIsDamagedIsMadeAgain() throws Exception {
    run(CHAIN);
    Files.writeString(pack("1\n2\n3\n"), "1\n2\n4\n");
    Files.delete(folder.resolve("o.txt"));
    run(CHAIN);
    assertNothingExecuted();
    assertThat(merges()).isEqualTo(2);
    assertThat(project.read("o.txt")).isEqualTo("got 1\ngot 2\ngot 3\n");
    run(CHAIN);
    assertThat(merges()).isEqualTo(2);
  }

  @Test
  void whatIsMissingIsMadeAgain() throws Exception {
    run(CHAIN);
    Files.delete(pack("1\n2\n3\n"));
    run(CHAIN);
    assertNothingExecuted();
    assertThat(merges()).isEqualTo(2);
    run(CHAIN);
    assertThat(merges()).isEqualTo(2);
  }

  /** As after a kill when the file was renamed and its index was not written yet. */
  @Test
  void aFileThatNoIndexTellsOfIsMadeAgain() throws Exception {
    run(CHAIN);
    var name = pack("1\n2\n3\n").getFileName().toString().replace(".tar", ".idx");
    Files.delete(folder.resolve(".golem-pipeline/cache/index").resolve(name));
    run(CHAIN);
    assertNothingExecuted();
    assertThat(merges()).isEqualTo(2);
    assertThat(project.read("o.txt")).isEqualTo("got 1\ngot 2\ngot 3\n");
  }

  @Test
  void aRunThatFailsLaterHasKeptIt() throws Exception {
    var yaml =
        CHAIN.replace("run: sed", "retry: { attempts: 1 }\n    run: test -e FOLDER/ok && sed");
    assertThat(tryOut(yaml).exitCode()).isEqualTo(1);
    assertThat(merges()).isOne();
    project.file("ok", "");
    run(yaml);
    assertThat(merges()).isOne();
    assertThat(project.read("o.txt")).isEqualTo("got 1\ngot 2\ngot 3\n");
  }

  @Test
  void allIsMergedAfreshAndTheFreshOneIsKept() throws Exception {
    var yaml = CHAIN.replace("> \"$out\"\n  say", "> \"$out\"; cat FOLDER/end >> \"$out\"\n  say");
    project.file("end", "old\n");
    run(yaml);
    project.file("end", "new\n");
    run(yaml);
    assertThat(project.read("o.txt")).endsWith("got old\n");
    // Of two that are kept it would be chance which is found.
    for (var n = 2; n < 8; n++) {
      project.file("end", n + "\n");
      project.reuse = false;
      run(yaml);
      assertThat(merges()).isEqualTo(n);
      project.reuse = true;
      Files.delete(folder.resolve("o.txt"));
      run(yaml);
      assertThat(merges()).isEqualTo(n);
      assertThat(project.read("o.txt")).endsWith("got " + n + "\n");
    }
  }

  @Test
  void whoeverReadsAllFilesAgainMergesAgain() throws Exception {
    run(CHAIN);
    project.rehash = true;
    run(CHAIN);
    assertNothingExecuted();
    assertThat(merges()).isEqualTo(2);
  }

  @Test
  void whatIsNotWholeIsNotKept() throws Exception {
    var yaml =
        CHAIN
            .replace("    run: cat", "    retry: { attempts: 1, fail: 2 }\n    run: cat")
            .replace("cat \"$in\" >", "(grep -v 2 \"$in\" || cat FOLDER/ok) >");
    run(yaml);
    assertThat(project.read("o.txt")).isEqualTo("got 1\ngot 3\n");
    run(yaml);
    assertThat(merges()).isEqualTo(2);
    project.file("ok", "2\n");
    run(yaml);
    assertThat(project.read("o.txt")).isEqualTo("got 1\ngot 2\ngot 3\n");
    run(yaml);
    assertThat(merges()).isEqualTo(3);
  }

  /** Whoever reads a search that ended early waits for nothing else. */
  @Test
  void whatFollowsASearchIsTakenOver() throws Exception {
    var yaml =
        """
        version: 1
        name: search
        stages:
          found:
            split: { range: { from: 0, to: 30, step: 1, as: [n, size] } }
            run: |
              [ "$n" -ne 3 ] || echo "found $n" > "$out"
            merge: first
          all:
            from: found
            run: cat "$in" > "$out"
            merge:
              command: |
                echo once >> "FOLDER/log"
                read -r file < "$list"; cp "$file" "$out"
          say: { from: all, run: 'cat "$in" > "$out"', merge: concat, output: o.txt }
        """;
    run(yaml);
    assertThat(project.read("o.txt")).isEqualTo("found 3\n");
    run(yaml);
    assertNothingExecuted();
    assertThat(merges()).isOne();
  }

  @Test
  void aPartOfATreeIsNotTheWhole() throws Exception {
    var yaml =
        """
        version: 1
        name: tree
        input: in/*
        retry: { attempts: 1, fail: 2 }
        run: |
          [ "$(cat "$in")" != 2 ] || [ -e FOLDER/ok ]
          cat "$in" > "$out"
        merge: { reduce: { run: 'cat "$in"/* > "$out"', fan_in: 2 } }
        output: o.txt
        """;
    run(yaml);
    assertThat(project.read("o.txt")).isEqualTo("1\n3\n");
    project.file("ok", "");
    run(yaml);
    assertThat(project.read("o.txt")).isEqualTo("1\n2\n3\n");
  }

  @Test
  void whatFollowsAPartIsNotTheWhole() throws Exception {
    for (var merge : List.of("collect", "concat")) {
      var yaml =
          """
          version: 1
          name: part
          stages:
            up:
              input: in/*
              retry: { attempts: 1, fail: 2 }
              run: (grep -v 2 "$in" || cat FOLDER/ok) > "$out"
              merge: MERGE
            say: { from: up, run: 'cat "$in" > "$out"', merge: concat, output: o.txt }
          """
              .replace("MERGE", merge);
      run(yaml);
      assertThat(project.read("o.txt")).isEqualTo("1\n3\n");
      project.file("ok", "2\n");
      run(yaml);
      assertThat(project.read("o.txt")).isEqualTo("1\n2\n3\n");
      Files.delete(folder.resolve("ok"));
      Files.delete(folder.resolve("o.txt"));
      ResultCache.clean(
          folder.resolve(".golem-pipeline/cache"), Duration.ofDays(1), 0, project.clock);
    }
  }

  /** Which other values are known already when a stage begins is chance. */
  @Test
  void aValueThatIsNotNeededChangesNothing() throws Exception {
    var yaml =
        """
        version: 1
        name: chance
        stages:
          size:
            run: |
              until [ -e FOLDER/seen ]; do sleep 0.1; done
              echo 4 > "$out"
            merge: value
          first: { input: in/*, run: 'cat "$in" > "$out"', merge: concat }
          second: { from: first, run: 'cat "$in" > "$out"', merge: concat }
          third:
            from: second
            run: touch FOLDER/seen; cat "$in" > "$out"
            merge:
              command: |
                echo once >> "FOLDER/log"
                read -r file < "$list"; cp "$file" "$out"
          say:
            needs: [size, third]
            files: { all: { from: third } }
            run: (echo "$size"; cat all) > "$out"
            merge: concat
            output: o.txt
        """;
    run(yaml);
    run(yaml);
    assertNothingExecuted();
    assertThat(project.read("o.txt")).isEqualTo("4\n1\n2\n3\n");
    assertThat(merges()).isOne();
  }

  @Test
  void aSampleIsNotTheWhole() throws Exception {
    var yaml =
        """
        version: 1
        name: sample
        stages:
          all: { input: in/*, run: 'cat "$in" "$in" > "$out"', merge: concat }
          lines: { from: all, split: { lines: 1 }, run: 'cat "$in" > "$out"', merge: concat }
          say: { from: lines, run: 'cat "$in" > "$out"', merge: concat, output: o.txt }
        """;
    project.mostFragments = 3;
    run(yaml);
    assertThat(project.read("o.txt")).isEqualTo("1\n2\n3\n");
    project.mostFragments = Integer.MAX_VALUE;
    run(yaml);
    assertThat(project.read("o.txt")).isEqualTo("1\n1\n2\n2\n3\n3\n");
  }

  @Test
  void aLinkToAFileOfTheUsersIsNotKept() throws Exception {
    project.file("mine", "2\n");
    for (var link : List.of("ln -s", "ln")) {
      var yaml = CHAIN.replaceAll("while read.*", link + " FOLDER/mine \"\\$out\"");
      run(yaml);
      run(yaml);
      assertThat(project.read("mine")).isEqualTo("2\n");
      assertThat(project.read("o.txt")).isEqualTo("got 2\n");
    }
    assertThat(merges()).isEqualTo(4);
  }

  @Test
  void isCountedAndRemovedWithTheRest() throws Exception {
    run(CHAIN);
    var packs = files("packs");
    var cleaned =
        ResultCache.clean(
                folder.resolve(".golem-pipeline/cache"), Duration.ofDays(1), 0, project.clock)
            .orElseThrow();
    assertThat(cleaned.packs()).isEqualTo(packs.size());
    assertThat(files("packs")).isEmpty();
    Files.delete(folder.resolve("o.txt"));
    run(CHAIN);
    assertThat(project.sent("all").size()).isEqualTo(3);
    assertThat(merges()).isEqualTo(2);
  }
}
