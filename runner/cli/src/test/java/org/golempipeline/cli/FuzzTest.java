package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.golempipeline.cli.terminal.ExitCodes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Journals with random damage through every command that reads them, and random words through every
 * command. Whatever is refused is refused in words: nothing is our bug, nothing hangs. {@code
 * -Dfuzz.seed} and {@code -Dfuzz.count} make it another run, or a long one.
 */
@Timeout(3600)
class FuzzTest {
  private static final long SEED = Long.getLong("fuzz.seed", 20_260_101);
  private static final int COUNT = Integer.getInteger("fuzz.count", 20);

  /** Those that would rent, serve, build or ask the network, however they are called. */
  private static final List<String> COMMANDS =
      List.of(
          "check",
          "plan",
          "run",
          "init",
          "schema",
          "plugins",
          "runs",
          "logs",
          "report",
          "repro",
          "replay",
          "clean",
          "completion",
          "settle",
          "--help",
          "--version",
          "nonsense");

  private static final List<String> WORDS =
      List.of(
          "",
          "-",
          "--",
          "-p",
          "--in",
          "--json",
          "--output",
          "--older",
          "--max",
          "--stage",
          "--on",
          "--workers",
          "--format",
          "--plugin",
          "--all",
          "--limit",
          "--fresh",
          "--help",
          "-1",
          "0",
          "1",
          "99999999999999999999",
          "1e9",
          "NaN",
          "last",
          "letters.yaml",
          "nowhere.yaml",
          ".",
          "..",
          "/",
          "/dev/null",
          "in",
          "in/1.txt",
          "name=value",
          "=",
          "x=@in/1.txt",
          "x=@in",
          "x=@",
          "@in/1.txt",
          "30d",
          "-5s",
          "9999999999999d",
          "10GiB",
          "99999999999EiB",
          "local",
          "letters/0",
          "letters/99999999999",
          "list",
          "bash",
          "\u001b[2J",
          "%s%n",
          "\0",
          "ü",
          "\ud800",
          "a".repeat(5000),
          "${name}",
          "$(id)",
          "*",
          "--no-such-option",
          "--in=letters.yaml");

  @TempDir Path folder;
  private Workspace workspace;
  private final Random random = new Random(SEED);

  @BeforeEach
  void runOnce() throws IOException {
    workspace = new Workspace(folder);
    workspace.write(
        "letters.yaml",
        """
        version: 1
        name: letters
        input: in/*.txt
        split: { lines: 1 }
        retry: { attempts: 2, fail: 50% }
        run: grep -v bad "$in" > "$out"
        merge: concat
        output: result.txt
        """);
    workspace.write("in/1.txt", "a\nb\nbad\nc\n");
    workspace.run("run", "letters.yaml");
  }

  @Test
  void damagedJournals() throws IOException {
    Path run;
    try (var runs = Files.list(folder.resolve(".golem-pipeline/runs"))) {
      run = runs.findFirst().orElseThrow();
    }
    var id = run.getFileName().toString();
    var journal = Files.readAllBytes(run.resolve("journal.ndjson"));
    var messages = Files.readAllBytes(run.resolve("messages.ndjson"));
    for (var i = 0; i < COUNT; i++) {
      Files.write(
          run.resolve("journal.ndjson"), random.nextInt(4) == 0 ? journal : damaged(journal));
      Files.write(run.resolve("messages.ndjson"), damaged(messages));
      for (var command :
          new String[][] {
            {"runs"},
            {"runs", "--json"},
            {"logs", id},
            {"logs", id, "2"},
            {"report", id},
            {"replay", id},
            {"watch", id},
            {"stop", id},
            {"plan", "letters.yaml"}
          }) {
        survives(i, command);
      }
    }
  }

  /** Bytes, digits, words and lines are changed, lost, doubled or swapped. */
  private byte[] damaged(byte[] whole) {
    var bytes = whole.clone();
    for (var n = 1 + random.nextInt(4); n > 0; n--) {
      var at = random.nextInt(bytes.length);
      switch (random.nextInt(7)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        case 3 -> bytes = lines(bytes, lines -> lines.remove(random.nextInt(lines.size())));
        case 4 ->
            bytes =
                lines(
                    bytes,
                    lines -> {
                      var line = lines.get(random.nextInt(lines.size()));
                      lines.add(random.nextInt(lines.size() + 1), line);
                    });
        case 5 ->
            bytes =
                lines(
                    bytes,
                    lines -> {
                      var i = random.nextInt(lines.size());
                      lines.set(i, otherNumber(lines.get(i)));
                    });
        default ->
            bytes =
                lines(
                    bytes,
                    lines -> {
                      var i = random.nextInt(lines.size());
                      var value = List.of("null", "[]", "{}", "\"\"", "-1", "true", "1e999");
                      var other = value.get(random.nextInt(value.size()));
                      lines.set(
                          i,
                          lines
                              .get(i)
                              .replaceFirst(
                                  ":(\"[^\"]*\"|[0-9]+)([,}])(?=.{" + random.nextInt(60) + "}$)",
                                  ":" + other + "$2"));
                    });
      }
    }
    return bytes;
  }

  private String otherNumber(String line) {
    var numbers = List.of("-1", "2147483647", "2147483648", "9223372036854775807", "0", "1e400");
    var number = numbers.get(random.nextInt(numbers.size()));
    var skipped = random.nextInt(6);
    var matcher = java.util.regex.Pattern.compile("(?<=[:\"-])[0-9]+(?=[,\"}-])").matcher(line);
    for (var i = 0; matcher.find(); i++) {
      if (i == skipped) {
        return line.substring(0, matcher.start()) + number + line.substring(matcher.end());
      }
    }
    return line;
  }

  private interface Change {
    void make(List<String> lines);
  }

  private static byte[] lines(byte[] bytes, Change change) {
    var lines =
        new ArrayList<>(List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1)));
    change.make(lines);
    var text = String.join("\n", lines);
    return (text.isEmpty() ? "\n" : text).getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void randomWords() {
    for (var i = 0; i < 5 * COUNT; i++) {
      var words = new ArrayList<String>();
      words.add(COMMANDS.get(random.nextInt(COMMANDS.size())));
      for (var n = random.nextInt(5); n > 0; n--) {
        words.add(WORDS.get(random.nextInt(WORDS.size())));
      }
      survives(i, words.toArray(String[]::new));
    }
  }

  private void survives(int round, String... command) {
    var ran = workspace.run(command);
    assertThat(ran.exitCode())
        .as("seed %d, round %d: %s said %s", SEED, round, List.of(command), ran.err())
        .isNotEqualTo(ExitCodes.BUG);
    assertThat(ran.err()).as(List.of(command).toString()).doesNotContain("\u001b", "\tat ");
  }
}
