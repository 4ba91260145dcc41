package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class RehearseIT {
  private static final String[] CALM = {"--chaos", "calm", "--seed", "7", "--json"};

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() throws IOException {
    workspace = new Workspace(folder);
    for (var name : List.of("a", "b", "c", "d")) {
      workspace.write("input/" + name + ".txt", name + "\n" + name.repeat(3) + "\n");
    }
    workspace.write("shared.txt", "for all\n");
  }

  private void write(String run) throws IOException {
    workspace.write(
        "it.yaml",
        """
        version: 1
        name: it
        input: input/*.txt
        files: shared.txt
        run: |
        %s
        merge: concat
        output: result/all.txt
        """
            .formatted(run.indent(2).stripTrailing()));
  }

  private JsonNode rehearse(int exitCode, String run, String... arguments) throws IOException {
    write(run);
    var line = new ArrayList<>(List.of("rehearse", "it.yaml"));
    line.addAll(List.of(arguments));
    var ran = workspace.run(line.toArray(String[]::new));
    assertThat(ran.exitCode()).as(ran.err() + ran.out()).isEqualTo(exitCode);
    return new ObjectMapper().readTree(ran.out());
  }

  private static List<String> findings(JsonNode result) {
    return result.findValuesAsText("id");
  }

  private static String seen(JsonNode result, String id) {
    for (var finding : result.get("findings")) {
      if (finding.get("id").asText().equals(id)) {
        return finding.get("seen").asText();
      }
    }
    throw new AssertionError("no " + id + " in " + result);
  }

  @Test
  void aCleanPipelinePassesAndNothingOfTheRehearsalStays() throws IOException {
    var before = workspace.files(".");

    var result =
        rehearse(0, "cat shared.txt \"$in\" > \"$tmp/x\"; sort \"$tmp/x\" > \"$out\"", CALM);

    assertThat(findings(result)).isEmpty();
    assertThat(result.get("notes")).isEmpty();
    assertThat(result.get("ready").asBoolean()).isTrue();
    assertThat(result.get("sameResult").asBoolean()).isTrue();
    assertThat(result.at("/calm/fragmentsDone").asInt()).isEqualTo(4);
    assertThat(result.at("/chaotic/cost").asDouble()).isPositive();
    Files.delete(folder.resolve("it.yaml"));
    assertThat(workspace.files(".")).isEqualTo(before);
    assertThat(folder.resolve(".golem-pipeline")).doesNotExist();
  }

  @Test
  void resultsAndCacheOfRealRunsAreLeftAlone() throws IOException {
    var command = "tr a-z A-Z < \"$in\" > \"$out\"";
    write(command);
    assertThat(workspace.run("run", "it.yaml").exitCode()).isZero();
    var before = workspace.files(".");

    rehearse(0, command, CALM);

    assertThat(workspace.files(".")).isEqualTo(before);
  }

  @Test
  void findsCommandsThatAppendToASharedFile() throws IOException {
    var result = rehearse(1, "cat \"$in\" >> log.txt; cat log.txt > \"$out\"", CALM);

    assertThat(findings(result))
        .contains("not-idempotent", "writes-outside", "depends-on-neighbours")
        .doesNotContain("not-deterministic");
    assertThat(seen(result, "not-idempotent")).contains("6 bytes, then 12", "line 3 is missing");
    assertThat(seen(result, "writes-outside"))
        .isEqualTo("`log.txt` is new in the folder it starts in");
  }

  @Test
  void findsEachBadHabitInItsStage() throws IOException {
    workspace.write(
        "it.yaml",
        """
        version: 1
        name: it
        stages:
          clock: { input: input/*.txt, run: 'date +%%s > "$out"', output: "a/" }
          chance: { input: input/a.txt, run: 'echo $(od -An -N8 -tu8 /dev/urandom) > "$out"', output: "b/" }
          own_path: { input: input/b.txt, run: 'wc -c "$in" > "$out"', output: "c/" }
          home: { input: input/c.txt, run: 'cat "$in" > "$out"; echo x > "$HOME/left behind"', output: "d/" }
          yours: { input: input/c.txt, run: 'cat "$in" > "$out"; echo y >> "%s/mine.log"', output: "e/" }
          goes_on: { input: input/d.txt, run: 'cat "$in" > "$out"; sleep 617 &', output: "f/" }
        """
            .formatted(folder));
    var ran = workspace.run("rehearse", "it.yaml", "--chaos", "calm", "--seed", "7", "--json");
    assertThat(ran.exitCode()).as(ran.err() + ran.out()).isEqualTo(1);
    var result = new ObjectMapper().readTree(ran.out());

    var found = new ArrayList<String>();
    result
        .get("findings")
        .forEach(each -> found.add(each.get("stage").asText() + " " + each.get("id").asText()));
    assertThat(found)
        .containsExactlyInAnyOrder(
            "clock not-deterministic",
            "chance not-deterministic",
            "own_path not-deterministic",
            "home writes-outside",
            "yours changes-your-files",
            "goes_on leaves-processes");
    assertThat(result.at("/findings/0/fragment").asText()).isEqualTo("fragment 0 (a.txt)");
    assertThat(result.at("/findings/0/others").asInt()).isEqualTo(2);
    assertThat(seen(result, "writes-outside")).isEqualTo("`$HOME/left behind` is new");
    assertThat(seen(result, "changes-your-files")).isEqualTo("`mine.log` changed");
    assertThat(seen(result, "leaves-processes")).contains("`sleep 617`");
    assertThat(ProcessHandle.allProcesses().flatMap(each -> each.info().arguments().stream()))
        .noneMatch(words -> List.of(words).equals(List.of("617")));
  }

  @Test
  void toleratesWhatTheFileSaysDoesNotCount() throws IOException {
    var command = "printf '%s' \"$(cat \"$in\")\" > \"$out\"; [ -f again ] || echo >> \"$out\"";
    workspace.write(
        "it.yaml",
        """
        version: 1
        name: it
        input: input/*.txt
        run: |
          %s
        verify: { copies: 2, compare: text }
        merge: concat
        output: all.txt
        """
            .formatted(command));

    var ran = workspace.run("rehearse", "it.yaml", "--chaos", "calm", "--seed", "1", "--json");

    assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
  }

  @Test
  void findsCommandsThatReadTheirNeighbours() throws IOException {
    var result =
        rehearse(
            1,
            """
            cat "$in" > "$out"
            for d in ../b*/*/; do
              [ "$d" != "../$(basename "$(dirname "$(dirname "$out")")")/" ] || continue
              [ ! -f "${d}out" ] || wc -l < "${d}out" >> "$out"
            done
            """,
            CALM);

    assertThat(findings(result)).contains("depends-on-neighbours").doesNotContain("writes-outside");
    assertThat(seen(result, "depends-on-neighbours")).contains("alone, then after fragment");
  }

  @Test
  void aStormWithTheSameSeedIsTheSameStorm() throws IOException {
    var arguments = new String[] {"--chaos", "storm", "--seed", "11", "--json"};
    var command = "sort -r \"$in\" > \"$out\"";

    var first = rehearse(0, command, arguments);
    var second = rehearse(0, command, arguments);

    assertThat(first.get("providers")).isEqualTo(second.get("providers"));
    assertThat(first.get("providers").findValuesAsText("honest")).isEmpty();
    assertThat(first.get("survived")).isEqualTo(second.get("survived"));
    assertThat(first.get("findings")).isEqualTo(second.get("findings"));
    assertThat(first.at("/chaotic/fragmentsDone")).isEqualTo(second.at("/chaotic/fragmentsDone"));
  }

  @Test
  void liarsAreNoticedByTheResultOnly() throws IOException {
    var result =
        rehearse(
            1, "sleep 0.2; cat \"$in\" > \"$out\"", "--chaos", "liars", "--seed", "3", "--json");

    assertThat(findings(result)).isEmpty();
    assertThat(result.get("survived").asBoolean()).isFalse();
    assertThat(result.get("sameResult").asBoolean()).isFalse();
    assertThat(result.get("difference").asText()).contains("result/all.txt");
  }

  @Test
  void aPipelineThatFailsInPeaceSaysWhyAndSeesNoChaos() throws IOException {
    var result = rehearse(1, "echo no >&2; exit 3", CALM);

    assertThat(result.get("chaotic").isNull()).isTrue();
    assertThat(result.at("/calm/failure/message").asText()).isNotEmpty();
    assertThat(result.at("/notes/0").asText()).contains("nothing of it was done in peace");
  }

  @Test
  void aSampleTakesTheFirstTheLastAndSomeBetween() throws IOException {
    workspace.write(
        "it.yaml",
        """
        version: 1
        name: it
        stages:
          numbers:
            split: { range: { from: 0, to: 100, step: 1, as: [first, size] } }
            run: echo "$first $index of $count" > "$out"
          shown:
            from: numbers
            run: cat "$in" > "$out"
            merge: concat
            output: all.txt
        """);

    var ran =
        workspace.run(
            "rehearse", "it.yaml", "--chaos", "calm", "--seed", "1", "--sample", "3", "--keep");

    assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
    assertThat(ran.out()).contains("6 of 6", "yes, byte for byte", "Nothing was found");
    var kept = new ArrayList<String>();
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(each -> each.endsWith("calm/all.txt")).toList()) {
        kept.add(Files.readString(file));
      }
    }
    assertThat(kept).containsExactly("0 0 of 100\n49 49 of 100\n99 99 of 100\n");
    assertThat(folder.resolve("all.txt")).doesNotExist();
  }

  @Test
  void secretsAndValuesOfEarlierStagesReachTheFragmentsThatAreTried() throws IOException {
    workspace.with("TOKEN", "s3cret");
    workspace.write(
        "it.yaml",
        """
        version: 1
        name: it
        params:
          token: { secret: true, env: TOKEN }
        stages:
          size:
            input: input/*.txt
            split: none
            run: cat "$in"/*/* "$in"/* 2>/dev/null | wc -l | tr -d ' ' > "$out" || true
            merge: value
          parts:
            needs: size
            split: { range: { from: 0, to: "${size}", step: 2, as: [first, length] } }
            run: test "$token" = s3cret; echo "$first of $size" > "$out"
            merge: concat
            output: all.txt
        """);

    var ran = workspace.run("rehearse", "it.yaml", "--chaos", "calm", "--json");

    assertThat(ran.exitCode()).as(ran.err() + ran.out()).isZero();
    assertThat(ran.out()).doesNotContain("s3cret");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    var ran = workspace.run("rehearse", "it.yaml", "--chaos", "strom");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains("There is no chaos `strom`.", "Did you mean `storm`?");
    assertThat(workspace.run("rehearse", "it.yaml", "--sample", "0").err())
        .contains("`--sample 0` leaves nothing to do.");
  }

  @Test
  void refusesToWriteWhereTheUsersResultsAre() throws IOException {
    workspace.write(
        "sub/it.yaml",
        """
        version: 1
        name: it
        matrix: { n: 1..2 }
        run: echo "$n" > "$out"
        merge: concat
        output: ../all.txt
        """);

    var ran = workspace.run("rehearse", "sub/it.yaml", "--allow-outside");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains("The output `../all.txt` of stage `it`");
    assertThat(folder.resolve("all.txt")).doesNotExist();
  }
}
