package org.golempipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.golempipeline.batch.Machine.Shell;
import org.golempipeline.batch.ReturnedFragment.Ending;
import org.golempipeline.golem.Script;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches as real processes, with every shell that this machine has. */
class BatchScriptTest {
  private static final String HOSTILE =
      "-n 'it''s' \"$(touch hacked)\" `touch hacked` \\ $in\n\nüñí €😀 *\t; exit 9 # \n";

  @TempDir private Path temporary;

  static Stream<Shell> shells() {
    return Shell.available();
  }

  static Stream<Shell> shellsWithTar() {
    return Shell.withTar();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void inputsBecomeOutputsInTheirPlaces(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("tr a-z A-Z < \"$in\" > \"$out\"; test \"${in##*.}\" = txt");
      for (var i = 0; i < 12; i++) {
        batch.with("text " + i);
      }
      batch.with("").with("x".repeat(511)).with("x".repeat(512)).with("x".repeat(100_000));

      var fragments = batch.execute();

      assertThat(fragments).hasSize(16).allMatch(each -> each.ending() == Ending.EXITED);
      for (var i = 0; i < 12; i++) {
        assertThat(batch.output(fragments.get(i))).isEqualTo("TEXT " + i);
      }
      assertThat(batch.output(fragments.get(12))).isEmpty();
      assertThat(batch.output(fragments.get(13))).isEqualTo("X".repeat(511));
      assertThat(batch.output(fragments.get(14))).isEqualTo("X".repeat(512));
      assertThat(batch.output(fragments.get(15))).isEqualTo("X".repeat(100_000));
      assertThat(fragments.get(0).outputs().get(0).name()).isEqualTo("out.txt");
      assertThat(batch.machine().output()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void clocksSayWhatEachFragmentTook(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      // The work is done by a process of its own, and what nobody waits for does not count.
      batch.run(
          """
          sh -c 'i=0; while [ $i -lt "$0" ]; do i=$((i + 1)); done' "$turns"
          sleep "$pause"
          """);
      for (var turns : List.of("1", "200000", "1")) {
        batch.without(Map.of("turns", turns, "pause", turns.equals("1") ? "0" : "0.3"));
      }

      var figures = batch.executed(17, true).figures();

      assertThat(figures.cpu()[1]).isGreaterThan(figures.cpu()[0] + figures.cpu()[2]);
      assertThat(figures.cpu()[0]).isNotNegative();
      assertThat(figures.took()[1]).isGreaterThanOrEqualTo(290);
      assertThat(figures.took()[2]).isNotNegative();
    }
  }

  @ParameterizedTest
  @MethodSource("shellsWithTar")
  void theWatchdogSeesTheMemoryOfAllProcesses(Shell shell) throws Exception {
    assumeThat(Path.of("/proc/thread-self/children")).exists();
    try (var batch = new BatchFixture(temporary, shell)) {
      // Two times `tail` hold 30 MB each until that was seen.
      batch.run(
          """
          hold() {
            { head -c 30000000 /dev/zero; wait_for_it; } | tail -c 30000000 > "$out"
          }
          wait_for_it() {
            until tail -n 1 "$_gp_b/peaks" | { read -r who kib && [ "$kib" -gt 60000 ]; }; do
              sleep 0.1
            done
          }
          if [ "$much" ]; then hold & hold; wait; fi
          """);
      for (var much : List.of("", "yes", "")) {
        batch.without(Map.of("much", much));
      }

      var returned = batch.executed(17, true);

      assertThat(returned.fragments()).allMatch(each -> each.status() == 0);
      var memory = returned.figures().memory();
      assertThat(memory[1]).isBetween(61_440_000L, 200_000_000L);
      assertThat(memory[0]).isLessThan(30_000_000);
      assertThat(memory[2]).isLessThan(30_000_000);
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void nothingButTheResultIsLeftBehind(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("cat \"$in\" > \"$out\"").with("a");
      batch.execute(1, true);
      batch.execute(2, false);

      try (var left = Files.list(batch.machine().folder())) {
        assertThat(left.map(Path::getFileName).map(Path::toString))
            .containsExactlyInAnyOrder("out-2.tar", "s3");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void valuesReachTheCommandAsTheyAre(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("printf '%s|%s|%s' \"$value\" \"$empty\" \"$if\" > \"$out\"");
      var bytes = new StringBuilder();
      for (var c = 1; c < 256; c++) {
        bytes.append((char) c);
      }
      for (var value : List.of(HOSTILE, "--", "~", "'", "''", "\\", "\n", bytes.toString())) {
        var variables = new LinkedHashMap<String, String>();
        variables.put("value", value);
        variables.put("empty", "");
        variables.put("if", "x".repeat(200_000));
        batch.without(variables);
      }

      var fragments = batch.execute();

      var expected = List.of(HOSTILE, "--", "~", "'", "''", "\\", "\n", bytes.toString());
      for (var i = 0; i < expected.size(); i++) {
        assertThat(batch.output(fragments.get(i)))
            .isEqualTo(expected.get(i) + "||" + "x".repeat(200_000));
      }
      assertThat(batch.machine().folder().resolve("s3/hacked")).doesNotExist();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void piecesAndTextBetweenThemMakeOneFile(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("cat \"$in\" > \"$out\"");
      var pieces =
          List.of(
              new Piece.Literal("[é"),
              batch.piece("a", "one"),
              new Piece.Literal(""),
              new Piece.Literal(","),
              batch.piece("b", "two"),
              new Piece.Literal("]"));
      batch.add(pieces, InputShape.FILE, ".js'on\n", Map.of(), List.of());
      batch.add(pieces, InputShape.FILE, "." + "x".repeat(253), Map.of(), List.of());

      var fragments = batch.execute();

      assertThat(batch.output(fragments.get(0))).isEqualTo("[éone,two]");
      assertThat(batch.output(fragments.get(1))).isEqualTo("[éone,two]");
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aFolderHoldsFilesUnderTheirOwnPaths(Shell shell) throws Exception {
    var deep = "d".repeat(150) + "/" + "é".repeat(60) + "/" + "f".repeat(100) + ".bin";
    var names =
        List.of(
            "plain.txt",
            "-rf",
            "a 'b' \"c\"/$(touch hacked)`id`",
            "new\nline/\\n\\t.txt",
            "ü/€/😀 *?[x]",
            "n".repeat(255),
            "e".repeat(91) + "/x",
            deep);
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("cd \"$in\"; cat -- * */* */*/* > \"$out\" 2>/dev/null || :; ls -a . | wc -l");
      var pieces = new ArrayList<Piece>();
      for (var name : names) {
        pieces.add(batch.piece(name, "<" + name + ">"));
      }
      batch.add(pieces, InputShape.FOLDER, "", Map.of(), List.of());
      batch.add(List.of(), InputShape.FOLDER, "", Map.of(), List.of());

      var fragments = batch.execute();

      var output = batch.output(fragments.get(0));
      names.forEach(name -> assertThat(output).contains("<" + name + ">"));
      assertThat(output).hasSize(names.stream().mapToInt(name -> name.length() + 2).sum());
      assertThat(batch.log(fragments.get(1)).strip()).isEqualTo("2");
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void whatIsNotMentionedIsNotThere(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .run("echo \"${in-unset} ${tmp-unset} ${outdir-unset} $# $0\" > \"$out\"; cat")
          .without(Map.of());

      assertThat(batch.output(batch.execute().get(0))).isEqualTo("unset unset unset 0 sh\n");
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void statusesAreTheCommandsOwn(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("eval \"$text\"; echo done > \"$out\"");
      var texts =
          List.of(
              "exit 0",
              "exit 3",
              "false",
              "echo $unknown",
              "(exit 255)",
              "sh -c 'kill -9 $$'",
              "no-such-program",
              "return 5",
              "if",
              "echo hi >&2; :");
      texts.forEach(text -> batch.without(Map.of("text", text)));

      var fragments = batch.execute();

      assertThat(fragments).allMatch(each -> each.ending() == Ending.EXITED);
      var statuses = fragments.stream().map(ReturnedFragment::status).toList();
      assertThat(statuses.subList(0, 3)).containsExactly(0, 3, 1);
      assertThat(statuses.get(3)).isBetween(1, 127);
      assertThat(statuses.subList(4, 8)).containsExactly(255, 137, 127, 5);
      assertThat(statuses.get(8)).isBetween(1, 2);
      assertThat(statuses.get(9)).isZero();
      assertThat(fragments.get(0).outputs()).isEmpty();
      assertThat(batch.output(fragments.get(9))).isEqualTo("done\n");
      assertThat(batch.log(fragments.get(9))).isEqualTo("hi\n");
      assertThat(batch.log(fragments.get(6))).contains("no-such-program");
      assertThat(batch.log(fragments.get(0))).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aFailedCommandLeavesNoOutput(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("cat \"$in\" > \"$out\"; false").with("a");

      assertThat(batch.execute().get(0).outputs()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aPipeFailsWithItsFirstCommandWhereTheShellKnowsHow(Shell shell) throws Exception {
    assumeThat(shell).isNotIn(Shell.DASH, Shell.DASH_WITHOUT_TAR);
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("false | cat; echo never > \"$out\"").without(Map.of());

      assertThat(batch.execute().get(0).status()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("shellsWithTar")
  void severalOutputsAreChosenByTheirGlobInOrder(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .out(new OutSpec.Many("*.txt"))
          .run(
              """
              cd "$outdir"
              mkdir sub empty
              for name in b.txt a.txt -x.txt 'it''s $(x)
              .txt' é.txt other.log sub/c.txt; do printf %s "$name" > "./$name"; done
              """)
          .without(Map.of());
      batch.without(Map.of());

      var fragments = batch.execute();

      assertThat(fragments.get(0).outputs())
          .extracting(ReturnedFragment.Output::name)
          .containsExactly("-x.txt", "a.txt", "b.txt", "its $(x)\n.txt", "é.txt");
      batch
          .outputs(fragments.get(1))
          .forEach((name, content) -> assertThat(content).isEqualTo(name));
    }
  }

  @ParameterizedTest
  @MethodSource("shellsWithTar")
  void longNamesComeBack(Shell shell) throws Exception {
    var name = "d".repeat(200) + "/" + "f".repeat(200);
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .out(new OutSpec.Many("**/*"))
          .run("mkdir \"$outdir/${name%/*}\"; echo hi > \"$outdir/$name\"; echo > \"$outdir/a\"")
          .without(Map.of("name", name));

      assertThat(batch.outputs(batch.execute().get(0)))
          .containsExactlyInAnyOrderEntriesOf(Map.of(name, "hi\n", "a", "\n"));
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aNamedOutputMayBeCalledAnything(Shell shell) throws Exception {
    for (var name : List.of("result.bin", "in", "-a b'$x", "new\nline\\n")) {
      var folder = Files.createTempDirectory(temporary, "x");
      try (var batch = new BatchFixture(folder, shell)) {
        batch
            .out(new OutSpec.Named(name))
            .run("cat \"$in\" > \"$out\"; echo noise > \"$out~\"")
            .with("content");

        assertThat(batch.outputs(batch.execute().get(0))).isEqualTo(Map.of(name, "content"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shellsWithTar")
  void anOutputIsAPlainFileOfItsOwn(Shell shell) throws Exception {
    var kinds = new LinkedHashMap<String, String>();
    kinds.put("ln -s \"$in\" \"$out\"", "link");
    kinds.put("ln -s /etc/passwd \"$out\"", "link");
    kinds.put("ln -s nowhere \"$out\"", "link");
    kinds.put("mkdir \"$out\"; echo > \"$out/x\"", "folder");
    kinds.put("mkfifo \"$out\"", "pipe");
    kinds.put("ln \"$in\" \"$out\"", "");
    kinds.put("cp \"$in\" one; ln one \"$out\"", "");
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("eval \"$command\"");
      for (var command : kinds.keySet()) {
        var pieces = List.of(batch.piece("a", "1"));
        batch.add(pieces, InputShape.FILE, "", Map.of("command", command), List.of());
      }

      var fragments = batch.execute();

      var i = 0;
      for (var kind : kinds.values()) {
        var fragment = fragments.get(i++);
        if (kind.isEmpty()) {
          assertThat(batch.output(fragment)).isEqualTo("1");
        } else {
          assertThat(fragment.ending()).isEqualTo(Ending.UNUSABLE);
          assertThat(fragment.problem())
              .isEqualTo("The output is a " + kind + ", not a plain file of its own.");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shellsWithTar")
  void linksAmongTheOutputsOfAFragmentBecomeFiles(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .out(new OutSpec.Many("**"))
          .run(
              """
              cd "$outdir"; mkdir lib; echo 1 > lib/z.so.1.2; ln -s z.so.1.2 lib/z.so.1
              ln -s z.so.1 lib/z.so; ln -s lib/z.so z.so; ln -s ../z.so lib/up
              """)
          .without(Map.of());

      assertThat(batch.outputs(batch.execute().get(0)))
          .isEqualTo(
              Map.of(
                  "lib/z.so.1.2",
                  "1\n",
                  "lib/z.so.1",
                  "1\n",
                  "lib/z.so",
                  "1\n",
                  "z.so",
                  "1\n",
                  "lib/up",
                  "1\n"));
    }
  }

  @ParameterizedTest
  @MethodSource("shellsWithTar")
  void hardLinksOfOneAnotherAllArriveWhole(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .out(new OutSpec.Many("*.txt"))
          .run(
              """
              [ -f all ] || echo 1 > all
              cd "$outdir"; echo 2 > a.bin; ln a.bin two.txt; ln two.txt zwei.txt
              ln "$OLDPWD/all" one.txt
              """)
          .without(Map.of())
          .without(Map.of());

      var expected = Map.of("one.txt", "1\n", "two.txt", "2\n", "zwei.txt", "2\n");
      for (var fragment : batch.execute()) {
        assertThat(batch.outputs(fragment)).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shellsWithTar")
  void hardLinksOfWhatIsNoFileFailTheirFragmentOnly(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .out(new OutSpec.Many("*.txt"))
          .run("cd \"$outdir\"; $make pipe; ln pipe x.txt")
          .without(Map.of("make", "mkfifo"))
          .without(Map.of("make", "touch"));

      var fragments = batch.execute();

      assertThat(fragments.get(0).problem()).startsWith("The output `x.txt` is a ");
      assertThat(batch.outputs(fragments.get(1))).isEqualTo(Map.of("x.txt", ""));
    }
  }

  @ParameterizedTest
  @MethodSource("shellsWithTar")
  void linksToAnythingElseFailTheirFragmentOnly(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .out(new OutSpec.Many("*"))
          .run("echo > \"$outdir/y\"; ln -s \"$target\" \"$outdir/x\"")
          .without(Map.of("target", "/etc/passwd"))
          .without(Map.of("target", "../../0/out/y"))
          .without(Map.of("target", "x"))
          .without(Map.of("target", "."))
          .without(Map.of("target", "nowhere"))
          .without(Map.of("target", "y"));

      var fragments = batch.execute();

      for (var i = 0; i < 5; i++) {
        assertThat(fragments.get(i).problem()).startsWith("The output `x` is a link to `");
      }
      assertThat(batch.outputs(fragments.get(5))).isEqualTo(Map.of("x", "\n", "y", "\n"));
    }
  }

  @ParameterizedTest
  @MethodSource("shellsWithTar")
  void anOutputThatCannotBePackedFailsItsFragmentOnly(Shell shell) throws Exception {
    var file = Files.createFile(temporary.resolve("forbidden"));
    Files.setPosixFilePermissions(file, Set.of());
    assumeThat(Files.isReadable(file)).as("root reads everything").isFalse();
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .out(new OutSpec.Many("*"))
          .run(
              "echo > \"$outdir/y\"; if [ \"$bad\" ]; then echo > \"$outdir/x\"; chmod 0 \"$outdir/x\"; fi")
          .without(Map.of("bad", ""))
          .without(Map.of("bad", "yes"))
          .without(Map.of("bad", ""));

      var fragments = batch.execute();

      assertThat(fragments)
          .extracting(ReturnedFragment::ending)
          .containsExactly(Ending.EXITED, Ending.UNUSABLE, Ending.EXITED);
      assertThat(batch.log(fragments.get(1))).contains("x");
      assertThat(fragments.get(2).outputs()).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void severalOutputsWithoutTarAreSaidToBeImpossible(Shell shell) throws Exception {
    assumeThat(shell.hasTar()).isFalse();
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.out(new OutSpec.Many("*")).run("echo > \"$outdir/y\"").without(Map.of());

      var fragment = batch.execute().get(0);

      assertThat(fragment.ending()).isEqualTo(Ending.UNUSABLE);
      assertThat(batch.log(fragment)).contains("without tar");
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void temporaryFoldersAreEmptyAndDoNotPileUp(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .tmp()
          .run("ls -A \"$tmp\"; echo > \"$tmp/x\"; ls \"${tmp%/*/tmp}\"/*/tmp/x | wc -l > \"$out\"")
          .without(Map.of())
          .without(Map.of());

      var fragments = batch.execute();

      assertThat(batch.output(fragments.get(1)).strip()).isEqualTo("1");
      assertThat(batch.log(fragments.get(1))).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void setupRunsOnceBesideTheSharedFiles(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .shared(
              List.of(
                  new SharedFile("tool", batch.file("tool", "#!/bin/sh\necho tool\n"), true),
                  new SharedFile("a b/'data'", batch.file("x", "data"), false)))
          .setup("echo \"$word\" >> log; echo set up", Map.of("word", HOSTILE))
          .run("./tool > \"$out\"; cat 'a b'/* log >> \"$out\"")
          .without(Map.of());

      var first = batch.script(1, true);
      assertThat(batch.machine().execute(first.commands())).isZero();
      var second = batch.execute(2, false);

      assertThat(batch.output(second.get(0))).isEqualTo("tool\ndata" + HOSTILE + "\n");
      assertThat(batch.text(first.returned().setupLog())).isEqualTo("set up\n");
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aFailedSetupFailsEveryFragment(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .setup("echo why; false; echo not", Map.of())
          .run("echo > \"$out\"")
          .without(Map.of())
          .without(Map.of());

      var fragments = batch.execute();

      assertThat(fragments).hasSize(2);
      for (var fragment : fragments) {
        assertThat(fragment.ending()).isEqualTo(Ending.SETUP_FAILED);
        assertThat(fragment.status()).isEqualTo(1);
        assertThat(fragment.outputs()).isEmpty();
        assertThat(batch.log(fragment)).isEqualTo("why\n");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void wordsReachAProgramWithoutAShell(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .argv("a", "cp", "--", FragmentWork.IN, FragmentWork.OUT)
          .argv("b", "dd", "if=" + FragmentWork.IN, "of=" + FragmentWork.OUT)
          .argv("c", "sh", "-c", "printf '%s' \"$@\" > \"$0\"", FragmentWork.OUT, HOSTILE, "", "$x")
          .argv("d", "no such program")
          .argv("e", "-x");

      var fragments = batch.execute();

      assertThat(batch.output(fragments.get(0))).isEqualTo("a");
      assertThat(batch.output(fragments.get(1))).isEqualTo("b");
      assertThat(batch.output(fragments.get(2))).isEqualTo(HOSTILE + "$x");
      assertThat(fragments.get(3).status()).isEqualTo(127);
      assertThat(fragments.get(4).status()).isEqualTo(127);
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void longLogsKeepHeadAndTail(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .run(
              "echo first; head -c \"$size\" /dev/zero | tr '\\0' y; echo last >&2; echo > \"$out\"")
          .without(Map.of("size", "1000000"))
          .without(Map.of("size", "60000"));

      var fragments = batch.execute();

      var log = batch.log(fragments.get(0));
      assertThat(log).startsWith("first\nyyy").endsWith("yyylast\n");
      assertThat(log).contains("[golem-pipeline: 934475 bytes left out]");
      assertThat(log).hasSizeBetween(65_536, 65_700);
      assertThat(batch.log(fragments.get(1))).hasSize(60_011);
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aFragmentThatTakesTooLongIsKilledWithAllItStarted(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .limit(Duration.ofMillis(900))
          .run(
              """
              if [ "$slow" ]; then
                trap '' TERM
                sh -c 'trap "" TERM HUP; (sleep 7654 & sleep 7654) & wait; echo survived' &
                sleep 7654
                echo survived
              fi
              echo fine > "$out"
              """)
          .without(Map.of("slow", ""))
          .without(Map.of("slow", "yes"))
          .without(Map.of("slow", ""));

      var fragments = batch.execute();

      assertThat(fragments)
          .extracting(ReturnedFragment::ending)
          .containsExactly(Ending.EXITED, Ending.TIMED_OUT, Ending.EXITED);
      assertThat(fragments.get(1).outputs()).isEmpty();
      assertThat(batch.log(fragments.get(1))).isEmpty();
      assertThat(batch.output(fragments.get(2))).isEqualTo("fine\n");
      assertThat(batch.machine().output()).isEmpty();
      assertThat(processes("sleep 7654")).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aBatchEndsAtOnceAndLeavesNoProcess(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("echo > \"$out\"").without(Map.of());
      batch.execute();

      assertThat(processes(batch.machine().folder().toString())).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void anotherBatchsArchiveIsRefused(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("echo > \"$out\"").without(Map.of());
      var stale = batch.script(1, false).commands();
      var commands = batch.script(2, false).commands();
      var archive = ((Script.Upload) stale.get(0)).source();
      Machine.upload(archive, batch.machine().folder().resolve("in-2.tar"));

      assertThat(batch.machine().execute(commands.subList(1, 2))).isEqualTo(3);
      assertThat(batch.machine().output()).contains("in-2.tar is the archive of another batch");
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void anArchiveThatWasCutIsRefused(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("cat \"$in\" > \"$out\"").with("x".repeat(100_000));
      var commands = batch.script(2, false).commands();
      var archive = ((Script.Upload) commands.get(0)).source();
      var file = batch.machine().folder().resolve("in-2.tar");
      Machine.upload(archive, file);
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(60_000);
      }

      assertThat(batch.machine().execute(commands.subList(1, 2))).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void onlyWhatTheLastBatchReturnsStays(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .shared(List.of(new SharedFile("data", batch.file("x", "data"), false)))
          .run("cat data \"$in\" > \"$out\"")
          .with("a");
      batch.execute(1, true);
      batch.execute(2, false);

      assertThat(batch.machine().folder().toFile().list())
          .filteredOn(each -> !each.matches("s[0-9]+"))
          .containsExactly("out-2.tar");
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void whatABrokenBatchLeftIsRemoved(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("cat \"$in\" > \"$out\"").with("a");
      Files.createDirectories(batch.machine().folder().resolve("b16/0/x"));
      batch.execute();

      assertThat(batch.machine().folder().resolve("b16")).doesNotExist();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void whatTheProviderFetchedIsTheInput(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("cat \"$in\" > \"$out\"; case $in in *\"$suffix\") ;; *) exit 9 ;; esac");
      var pieces =
          List.of(
              batch.remote("http://a/1.csv", "1.csv", "one"),
              batch.piece("local.txt", "local"),
              batch.remote("http://a/2", "it's $(touch hacked)\n.x y", "two"),
              batch.remote("http://a/1.csv", "1.csv", "one"),
              batch.remote("http://a/empty", "empty", ""));
      for (var piece : pieces) {
        var suffix = ((Piece.Slice) piece).file().suffix();
        batch.add(List.of(piece), InputShape.FILE, suffix, Map.of("suffix", suffix), List.of());
      }

      var fragments = batch.execute();

      assertThat(batch.output(fragments.get(0))).isEqualTo("one");
      assertThat(batch.output(fragments.get(1))).isEqualTo("local");
      assertThat(batch.output(fragments.get(2))).isEqualTo("two");
      assertThat(batch.output(fragments.get(3))).isEqualTo("one");
      assertThat(batch.output(fragments.get(4))).isEmpty();
      assertThat(batch.machine().output()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aFileIsFetchedOnceForAllOfABatchAndEachHasItsOwn(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("echo more >> \"$in\"; cat \"$in\" > \"$out\"");
      for (var i = 0; i < 3; i++) {
        var pieces = List.of(batch.remote("https://a/x", "x", "web\n"));
        batch.add(pieces, InputShape.FILE, "", Map.of(), List.of());
      }

      assertThat(fetches(batch.script(17, true)))
          .containsExactly(
              new Script.Fetch(
                  "https://a/x", "ab".repeat(28), batch.machine().folder() + "/web-17-0"));
      for (var fragment : batch.execute()) {
        assertThat(batch.output(fragment)).isEqualTo("web\nmore\n");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aFolderHoldsWhatWasFetchedBesideTheRest(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("cd \"$in\"; cat ./a/local ./-rf \"./$name\" > \"$out\"");
      var pieces =
          List.of(
              batch.remote("http://a/-rf", "-rf", "1"),
              batch.piece("a/local", "2"),
              batch.remote("http://a/b", HOSTILE.replace('/', '_'), "3"));
      var variables = Map.of("name", HOSTILE.replace('/', '_'));
      batch.add(pieces, InputShape.FOLDER, "", variables, List.of());

      assertThat(batch.output(batch.execute().get(0))).isEqualTo("213");
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void sharedFilesMayBeFetchedToo(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch
          .shared(
              List.of(
                  new SharedFile("tool", batch.file("tool", "#!/bin/sh\ncat \"$@\""), true),
                  new SharedFile("a 'b'/model", batch.web("http://a/m", "m", "model"), false)))
          .setup("test -s \"a 'b'/model\"; echo kept > kept", Map.of())
          .run("./tool \"a 'b'/model\" \"$in\" kept > \"$out\"")
          .add(
              List.of(batch.remote("http://a/m", "m", "model")),
              InputShape.FILE,
              "",
              Map.of(),
              List.of());

      assertThat(fetches(batch.script(1, true))).hasSize(1);
      assertThat(batch.output(batch.execute(1, true).get(0))).isEqualTo("modelmodelkept\n");
      assertThat(batch.output(batch.execute(2, false).get(0))).isEqualTo("modelmodelkept\n");
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void whatIsNotReadIsNotFetched(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      var pieces = List.of(batch.remote("http://a/x", "x", "x"));
      batch
          .add(pieces, InputShape.FILE, "", Map.of(), List.of("touch", FragmentWork.OUT))
          .add(pieces, InputShape.NONE, "", Map.of(), List.of("touch", FragmentWork.OUT));

      assertThat(fetches(batch.script(17, true))).isEmpty();
      assertThat(batch.execute()).allMatch(each -> each.outputs().size() == 1);
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void whatAnotherBatchFetchedIsRemoved(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("cat \"$in\" > \"$out\"");
      batch.add(
          List.of(batch.remote("http://a/x", "x", "x")), InputShape.FILE, "", Map.of(), List.of());
      Files.writeString(batch.machine().folder().resolve("web-1-0"), "left");
      Files.writeString(batch.machine().folder().resolve("web-170-1"), "left");
      batch.execute();

      try (var left = Files.list(batch.machine().folder())) {
        assertThat(left.map(Path::getFileName).map(Path::toString))
            .containsExactlyInAnyOrder("out-17.tar", "s3");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aBatchWithoutWhatItFetchedIsRefused(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("cat \"$in\" > \"$out\"");
      batch.add(
          List.of(batch.remote("http://a/x", "x", "x")), InputShape.FILE, "", Map.of(), List.of());
      var commands = batch.script(17, true).commands();

      assertThat(batch.machine().execute(commands.subList(1, commands.size()))).isEqualTo(3);
      assertThat(batch.machine().output()).contains("could not put web-17-0 into b17/0/in");
    }
  }

  @Test
  void aFileThatIsFetchedCannotBePartOfAnother() throws Exception {
    try (var batch = new BatchFixture(temporary, Shell.DASH)) {
      batch.run("cat \"$in\" > \"$out\"");
      var pieces = List.of(new Piece.Literal("["), batch.remote("http://a/x", "x", "x"));
      batch.add(pieces, InputShape.FILE, "", Map.of(), List.of());

      assertThatThrownBy(() -> batch.script(17, true))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("http://a/x");
    }
  }

  private static List<Script.Command> fetches(BatchScript script) {
    return script.commands().stream().filter(Script.Fetch.class::isInstance).toList();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void manyFragmentsGoInOneBatch(Shell shell) throws Exception {
    assumeThat(shell.hasTar()).isTrue();
    try (var batch = new BatchFixture(temporary, shell)) {
      batch.run("wc -l < \"$in\" > \"$out\"");
      var file = batch.file("in", "line\n".repeat(200));
      for (var i = 0; i < 200; i++) {
        var pieces = List.<Piece>of(new Piece.Slice(file, 0, 5L * i));
        batch.add(pieces, InputShape.FILE, ".txt", Map.of(), List.of());
      }

      var fragments = batch.execute();

      for (var i = 0; i < 200; i++) {
        assertThat(batch.output(fragments.get(i)).strip()).isEqualTo(Integer.toString(i));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shellsWithTar")
  void aSourceThatShrankIsNamed(Shell shell) throws Exception {
    try (var batch = new BatchFixture(temporary, shell)) {
      var file = batch.file("in", "content");
      batch.run("cat \"$in\" > \"$out\"");
      batch.add(List.of(Piece.Slice.whole(file)), InputShape.FILE, "", Map.of(), List.of());
      Files.writeString(file.file(), "short");

      assertThatThrownBy(batch::execute)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file.file().toString())
          .hasMessageContaining("changed since it was split");
    }
  }

  private static List<String> processes(String argument) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(argument) && !line.contains("java"))
        .toList();
  }
}
