package org.golempipeline.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.golempipeline.batch.SharedFile;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.ParamValue;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why something is computed again. */
class StageMemoryTest {
  @TempDir Path root;

  @Test
  void everyReasonHasItsWords() throws IOException {
    var lines = new ArrayList<String>();
    add(lines, "nothing", stage -> {});
    add(lines, "run", stage -> stage.run = stage.run + " -v");
    add(lines, "setup", stage -> stage.setup = "other");
    add(lines, "no setup", stage -> stage.setup = null);
    add(lines, "accept", stage -> stage.accept = "true");
    add(lines, "image", stage -> stage.image = "other");
    add(lines, "out", stage -> stage.out = new OutSpec.One(".mp4"));
    add(lines, "split options", stage -> stage.splitOptions = Options.NONE);
    add(lines, "split version", stage -> stage.splitVersion = "2");
    add(lines, "param", stage -> stage.params.put("crf", new ParamValue("28", false)));
    add(
        lines,
        "long param",
        stage -> stage.params.put("crf", new ParamValue("x".repeat(99), false)));
    add(lines, "odd param", stage -> stage.params.put("crf", new ParamValue("a\u001b[1m", false)));
    add(lines, "unused param", stage -> stage.params.put("unused", new ParamValue("9", false)));
    add(lines, "secret", stage -> stage.params.put("token", new ParamValue("other", true)));
    add(lines, "now secret", stage -> stage.params.put("crf", new ParamValue("26", true)));
    add(lines, "value", stage -> stage.values.put("keyspace", "200"));
    add(lines, "another file", stage -> stage.shared = List.of(shared("model.bin", "new")));
    add(lines, "new file", stage -> stage.shared = List.of(model(), shared("b.bin", "b")));
    add(lines, "no file", stage -> stage.shared = List.of());
    add(lines, "input", stage -> stage.pieces = List.of(piece("talk.txt", "new"), odd()));
    add(lines, "new input", stage -> stage.pieces = List.of(talk(), odd(), piece("b.txt", "b")));
    add(lines, "no input", stage -> stage.pieces = List.of(talk()));
    add(
        lines,
        "input and split",
        stage -> {
          stage.splitName = "bytes";
          stage.pieces = List.of(piece("talk.txt", "new"));
        });
    add(
        lines,
        "all",
        stage -> {
          stage.run = "x $crf $keyspace";
          stage.image = "other";
          stage.params.put("crf", new ParamValue("28", false));
          stage.values.put("keyspace", "200");
          stage.pieces = List.of(piece("talk.txt", "new"));
        });

    assertThat(String.join("\n", lines))
        .isEqualTo(
            """
            nothing:
            run: run changed
            setup: setup changed
            no setup: setup changed
            accept: accept changed
            image: image changed
            out: out changed
            split options: split changed
            split version: split changed
            param: param crf 26→28
            long param: param crf changed
            odd param: param crf changed
            unused param:
            secret:
            now secret: param crf is gone
            value: value keyspace 100→200
            another file: files/model.bin changed
            new file: files/b.bin is new
            no file: files/model.bin is gone
            input: input talk.txt changed
            new input: input b.txt is new
            no input: input o?d is gone
            input and split: split changed, input o?d is gone
            all: run changed, image changed, param crf 26→28, 3 more""");
  }

  @Test
  void aFirstRunHasNothingToCompareWith() throws IOException {
    assertThat(StageMemory.reasons(Optional.empty(), memory(example())))
        .containsExactly("never run before");
  }

  @Test
  void theWordsOfACommandAreComparedAsTheyStand() throws IOException {
    var before = example();
    before.command = ContentKeysTest.argv("encode", "${crf}", "${in}");
    var now = example();
    now.command = before.command;
    now.params.put("crf", new ParamValue("28", false));
    assertThat(StageMemory.reasons(Optional.of(memory(before)), memory(now)))
        .containsExactly("param crf 26→28");

    now.command = ContentKeysTest.argv("encode", "${in}");
    assertThat(StageMemory.reasons(Optional.of(memory(before)), memory(now)))
        .containsExactly("run changed", "param crf is gone");
  }

  @Test
  void theOrderOfFragmentsDoesNotCount() throws IOException {
    var first = example();
    var second = example();
    first.pieces = List.of(part(0, 2), part(2, 2), part(0, 2), part(2, 2));
    second.pieces = List.of(part(2, 2), part(2, 2), part(0, 2), part(0, 2));
    assertThat(memory(first)).isEqualTo(memory(second));

    second.pieces = List.of(part(2, 2), part(0, 2), part(0, 2), part(0, 2));
    assertThat(memory(first)).isNotEqualTo(memory(second));
  }

  @Test
  void itIsReadAsItWasWritten() throws IOException {
    var memory = memory(example());
    memory.write(root, "render", "encode");

    assertThat(StageMemory.read(root, "render", "encode")).hasValue(memory);
    assertThat(StageMemory.read(root, "render", "other")).isEmpty();
    var text = Files.readString(root.resolve("stages/render/encode.json"));
    assertThat(text).contains("\"crf\" : \"26\"").doesNotContain("secret").doesNotContain("token");
    try (var files = Files.list(root.resolve("stages/render"))) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aDamagedMemoryIsNone() throws IOException {
    memory(example()).write(root, "render", "encode");
    var file = root.resolve("stages/render/encode.json");
    var whole = Files.readString(file);
    for (var text :
        List.of("", "{}", "[]", "\0", whole.substring(0, 200), whole.replace(": 1", ": 99"))) {
      Files.writeString(file, text);
      assertThat(StageMemory.read(root, "render", "encode")).as(text).isEmpty();
    }
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(StageMemory.read(root, "render", "encode")).isEmpty();
    memory(example()).write(root, "render", "encode");
    assertThat(file).isDirectory();
  }

  @Test
  void aCommandThatReadsNoInputSaysNothingAboutFiles() {
    var reading = recorder(2, "x");
    reading.part("run", Packs.key("cat $in"));
    var blind = new StageMemory.Recorder();
    blind.part("run", Packs.key("date"));
    assertThat(StageMemory.reasons(Optional.of(reading.end()), blind.end()))
        .containsExactly("run changed");
    assertThat(StageMemory.reasons(Optional.of(blind.end()), reading.end()))
        .containsExactly("run changed");
  }

  @Test
  void ofManyInputsTheFirstAreCompared() {
    var before = recorder(15_000, "x").end();
    var now = recorder(12_000, "x");
    now.input("00100", 0, Packs.key("y"));
    now.input("14000", 0, Packs.key("y"));
    now.input("00100a", 0, Packs.key("y"));

    assertThat(before.inputs()).hasSize(StageMemory.MOST_INPUTS);
    assertThat(before.more()).isTrue();
    assertThat(StageMemory.reasons(Optional.of(before), now.end()))
        .containsExactly("input 00100 changed", "input 00100a is new");
    assertThat(StageMemory.reasons(Optional.of(before), recorder(5, "x").end()))
        .containsExactly(
            "input 00005 is gone", "input 00006 is gone", "input 00007 is gone", "9992 more");
  }

  private static StageMemory.Recorder recorder(int inputs, String content) {
    var recorder = new StageMemory.Recorder();
    for (var i = inputs - 1; i >= 0; i--) {
      recorder.input("%05d".formatted(i), 0, Packs.key(content));
    }
    return recorder;
  }

  private void add(List<String> lines, String name, Consumer<ExampleStage> change)
      throws IOException {
    var stage = example();
    change.accept(stage);
    var reasons = StageMemory.reasons(Optional.of(memory(example())), memory(stage));
    lines.add((name + ": " + String.join(", ", reasons)).strip());
  }

  private StageMemory memory(ExampleStage stage) throws IOException {
    var folder = root.resolve("cache");
    try (var digests = FileDigests.open(folder, folder, Clock.systemUTC(), true)) {
      var keys = new ContentKeys(stage.content(), digests);
      keys.content(stage.work(), stage.judged);
      return keys.memory();
    }
  }

  private ExampleStage example() {
    var stage = new ExampleStage();
    stage.run = "encode $crf $in $keyspace";
    stage.values.put("keyspace", "100");
    stage.shared = List.of(model());
    stage.pieces = List.of(talk(), odd());
    return stage;
  }

  private SharedFile model() {
    return shared("model.bin", "weights");
  }

  private Piece talk() {
    return piece("talk.txt", "hello");
  }

  private Piece odd() {
    return piece("o\nd", "odd");
  }

  private Piece part(long offset, long length) {
    return new Piece.Slice(input("talk.txt", "hello"), offset, length);
  }

  private SharedFile shared(String name, String content) {
    return new SharedFile(name, input(name, content), false);
  }

  private Piece piece(String name, String content) {
    return Piece.Slice.whole(input(name, content));
  }

  private InputFile input(String name, String content) {
    try {
      var file = root.resolve(content);
      Files.writeString(file, content);
      return new InputFile(file, 0, content.length(), name);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
