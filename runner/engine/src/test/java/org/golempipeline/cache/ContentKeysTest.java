package org.golempipeline.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.apache.commons.io.FileUtils;
import org.golempipeline.batch.FragmentWork;
import org.golempipeline.batch.SharedFile;
import org.golempipeline.spec.Command;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.Template;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitStrategy.InputShape;

/** Keys differ when a result may, and else not. */
class ContentKeysTest {
  private static final Path FOLDER = temporary();
  private static final FileDigests DIGESTS =
      FileDigests.open(FOLDER.resolve("cache"), FOLDER.resolve("cache"), Clock.systemUTC(), true);

  /** Components that a result may depend on, each with what changes it. */
  private static final Map<String, Consumer<ExampleStage>> CHANGES = new LinkedHashMap<>();

  /** What no result depends on. */
  private static final Map<String, Consumer<ExampleStage>> RENAMINGS = new LinkedHashMap<>();

  static {
    CHANGES.put("run", stage -> stage.run += " ");
    CHANGES.put("setup", stage -> stage.setup += "#");
    CHANGES.put("no setup", stage -> stage.setup = null);
    CHANGES.put("accept", stage -> stage.accept = "grep -q . \"$in\"");
    CHANGES.put("judged variable", stage -> stage.judged = Map.of("crf", "18"));
    CHANGES.put("setup variable", stage -> stage.setupVariables = Map.of("token", "other"));
    CHANGES.put("image", stage -> stage.image = "sha3:abd");
    CHANGES.put("out", stage -> stage.out = new OutSpec.One(".mk"));
    CHANGES.put("out name", stage -> stage.out = new OutSpec.Named(".mkv"));
    CHANGES.put("out glob", stage -> stage.out = new OutSpec.Many(".mkv"));
    CHANGES.put("split", stage -> stage.splitName = "bytes");
    CHANGES.put("twin", stage -> stage.twin = "again");
    CHANGES.put("split version", stage -> stage.splitVersion = "2");
    CHANGES.put("variable", stage -> stage.variables.put("crf", "28"));
    CHANGES.put("another variable", stage -> stage.variables.put("size", "26"));
    CHANGES.put("no variable", stage -> stage.variables.clear());
    CHANGES.put("argv", stage -> stage.argv = List.of("a", "b"));
    CHANGES.put("argv joined", stage -> stage.argv = List.of("ab"));
    CHANGES.put("suffix", stage -> stage.suffix = ".csv");
    CHANGES.put("shape", stage -> stage.shape = InputShape.FOLDER);
    CHANGES.put("no input", stage -> stage.usesIn = false);
    CHANGES.put("input", stage -> stage.pieces = List.of(slice("one", "0123456780")));
    CHANGES.put("part of input", stage -> stage.pieces = List.of(part("one", 0, 9)));
    CHANGES.put("other part", stage -> stage.pieces = List.of(part("one", 1, 9)));
    CHANGES.put("two parts", stage -> stage.pieces = List.of(part("one", 0, 4), part("one", 4, 6)));
    CHANGES.put("literal", stage -> stage.pieces = List.of(new Piece.Literal("0123456789")));
    CHANGES.put("remote", stage -> stage.pieces = List.of(Piece.Slice.whole(remote("a", "aa"))));
    CHANGES.put(
        "other remote", stage -> stage.pieces = List.of(Piece.Slice.whole(remote("a", "bb"))));
    CHANGES.put("files", stage -> stage.shared = List.of(shared("model", "weights", false)));
    CHANGES.put(
        "executable files", stage -> stage.shared = List.of(shared("model", "weights", true)));
    CHANGES.put("files' name", stage -> stage.shared = List.of(shared("mode", "weights", false)));
    CHANGES.put(
        "files' content", stage -> stage.shared = List.of(shared("model", "weight", false)));
    CHANGES.put(
        "remote files",
        stage -> stage.shared = List.of(new SharedFile("model", remote("weights", "aa"), false)));

    RENAMINGS.put("number", stage -> stage.number = 7);
    RENAMINGS.put("limit", stage -> stage.limit = Duration.ofDays(1));
    RENAMINGS.put("tmp", stage -> stage.usesTmp = true);
    RENAMINGS.put("split options", stage -> stage.splitOptions = Options.NONE);
    RENAMINGS.put("unused param", stage -> stage.params.remove("unused"));
    RENAMINGS.put("unused value", stage -> stage.values.put("keyspace", "5"));
    RENAMINGS.put("place of input", ContentKeysTest::moveInput);
    RENAMINGS.put("order of files", ContentKeysTest::turnFiles);
    RENAMINGS.put("order of variables", ContentKeysTest::turnVariables);
  }

  @AfterContainer
  static void remove() throws IOException {
    DIGESTS.close();
    FileUtils.deleteDirectory(FOLDER.toFile());
  }

  @Example
  void everyComponentCountsForItself() throws IOException {
    var keys = new HashMap<Digest, String>();
    keys.put(key(example()), "nothing");
    for (var change : CHANGES.entrySet()) {
      var stage = example();
      change.getValue().accept(stage);
      assertThat(keys.put(key(stage), change.getKey())).as(change.getKey()).isNull();
    }
  }

  @Property(tries = 100)
  void keysDifferIfAnythingDiffersAndAgreeIfOnlyNamesDo(
      @ForAll("changes") Set<String> first,
      @ForAll("changes") Set<String> second,
      @ForAll("renamings") Set<String> renamings)
      throws IOException {
    var one = example();
    var other = example();
    CHANGES.forEach((name, change) -> apply(first, name, change, one));
    CHANGES.forEach((name, change) -> apply(second, name, change, other));
    RENAMINGS.forEach((name, change) -> apply(renamings, name, change, other));

    assertThat(key(one).equals(key(other))).isEqualTo(described(one).equals(described(other)));
  }

  @Property(tries = 100)
  void noTwoListsOfTextsAreTheSame(
      @ForAll("texts") List<String> first, @ForAll("texts") List<String> second)
      throws IOException {
    var one = example();
    var other = example();
    one.argv = first;
    other.argv = second;
    assertThat(key(one).equals(key(other))).isEqualTo(first.equals(second));

    var map = new HashMap<String, String>();
    var otherMap = new HashMap<String, String>();
    for (var i = 0; i + 1 < first.size(); i += 2) {
      map.put(first.get(i), first.get(i + 1));
    }
    for (var i = 0; i + 1 < second.size(); i += 2) {
      otherMap.put(second.get(i), second.get(i + 1));
    }
    one.argv = List.of();
    other.argv = List.of();
    one.variables = map;
    other.variables = otherMap;
    assertThat(key(one).equals(key(other))).isEqualTo(map.equals(otherMap));
  }

  @Example
  void theInputCountsOnlyForACommandThatMentionsIt() throws IOException {
    var one = example();
    var other = example();
    other.pieces = List.of(slice("other", "other"));
    other.suffix = ".csv";
    one.usesIn = false;
    other.usesIn = false;
    assertThat(key(one)).isEqualTo(key(other));

    one.argv = List.of("cat", FragmentWork.IN);
    other.argv = one.argv;
    assertThat(key(one)).isNotEqualTo(key(other));
  }

  @Example
  void pathsCountInFoldersOnly() throws IOException {
    var one = example();
    var other = example();
    other.pieces = List.of(new Piece.Slice(input("one", "0123456789", "b/c.txt"), 0, 10));
    assertThat(key(one)).isEqualTo(key(other));

    one.shape = InputShape.FOLDER;
    other.shape = InputShape.FOLDER;
    assertThat(key(one)).isNotEqualTo(key(other));
    one.suffix = "whatever";
    one.pieces = other.pieces;
    assertThat(key(one)).isEqualTo(key(other));
  }

  @Example
  void theAddressOfARemoteFileDoesNotCount() throws IOException {
    var one = example();
    var other = example();
    one.pieces = List.of(Piece.Slice.whole(remote("a", "aa")));
    other.pieces = List.of(Piece.Slice.whole(remote("b", "aa")));

    assertThat(key(one)).isEqualTo(key(other));
  }

  @Example
  void aFileThatChangedAfterItWasDigestedIsNoticed() throws IOException {
    var stage = example();
    var file = FOLDER.resolve("changing");
    Files.writeString(file, "before");
    stage.pieces = List.of(Piece.Slice.whole(new InputFile(file, 0, 6, "changing")));
    var keys = new ContentKeys(stage.content(), DIGESTS);
    var key = keys.content(stage.work(), stage.judged);
    assertThat(keys.contentNow(stage.work(), stage.judged)).isEqualTo(key);
    Files.writeString(file, "behind");
    assertThat(keys.contentNow(stage.work(), stage.judged)).isNotEqualTo(key);
    Files.writeString(file, "before");
    assertThat(keys.contentNow(stage.work(), stage.judged)).isEqualTo(key);
  }

  @Example
  void theKeysOfOldCachesStay() throws IOException {
    assertThat(key(example()).toString())
        .isEqualTo("e4f2b5224f5c71e63b926c85605213c93e6e59bb157f8af2113d9772eb5c2155");
  }

  @Provide
  Arbitrary<Set<String>> changes() {
    return Arbitraries.of(CHANGES.keySet()).set().ofMaxSize(3);
  }

  @Provide
  Arbitrary<Set<String>> renamings() {
    return Arbitraries.of(RENAMINGS.keySet()).set();
  }

  @Provide
  Arbitrary<List<String>> texts() {
    var text =
        Combinators.combine(Arbitraries.of("", "a", "b", "\0", "1"), Arbitraries.of("", "a"));
    return text.as((start, end) -> start + end).list().ofMaxSize(4);
  }

  private static void apply(
      Set<String> chosen, String name, Consumer<ExampleStage> change, ExampleStage stage) {
    if (chosen.contains(name)) {
      change.accept(stage);
    }
  }

  /** All that counts, for comparison. */
  private static List<Object> described(ExampleStage stage) throws IOException {
    var all = new ArrayList<Object>();
    all.add(stage.run);
    all.add(String.valueOf(stage.setup));
    all.add(String.valueOf(stage.accept));
    all.add(stage.judged);
    all.add(stage.setup == null ? Map.of() : stage.setupVariables);
    all.add(stage.image);
    all.add(stage.out);
    all.add(stage.splitName + "\n" + stage.splitVersion);
    all.add(new HashMap<>(stage.variables));
    all.add(stage.argv);
    all.add(stage.twin);
    all.add(stage.usesIn);
    if (stage.usesIn) {
      all.add(stage.shape);
      all.add(stage.shape == InputShape.FILE ? stage.suffix : "");
      for (var piece : stage.pieces) {
        all.add(described(stage, piece));
      }
    }
    var shared = new HashSet<String>();
    for (var file : stage.shared) {
      shared.add(file.name() + "\n" + file.executable() + "\n" + described(file.content(), 0, -1));
    }
    all.add(shared);
    return all;
  }

  private static String described(ExampleStage stage, Piece piece) throws IOException {
    if (piece instanceof Piece.Slice slice) {
      return (stage.shape == InputShape.FOLDER ? slice.file().path() : "")
          + "\n"
          + described(slice.file(), slice.offset(), slice.length());
    }
    return "text " + ((Piece.Literal) piece).text();
  }

  private static String described(InputFile file, long offset, long length) throws IOException {
    var remote = file.remote();
    if (remote != null) {
      return "remote " + remote.sha3();
    }
    var from = (int) (file.offset() + offset);
    var size = (int) (length < 0 ? file.size() : length);
    return "local " + Files.readString(file.file()).substring(from, from + size);
  }

  private static ExampleStage example() {
    var stage = new ExampleStage();
    stage.pieces = List.of(slice("one", "0123456789"));
    return stage;
  }

  private static void moveInput(ExampleStage stage) {
    var moved = new ArrayList<Piece>();
    for (var piece : stage.pieces) {
      if (piece instanceof Piece.Slice slice && slice.file().remote() == null) {
        var file = slice.file();
        try {
          var other = FOLDER.resolve("moved-" + file.file().getFileName());
          Files.writeString(other, "in front " + Files.readString(file.file()));
          moved.add(
              new Piece.Slice(
                  new InputFile(other, file.offset() + 9, file.size(), file.path()),
                  slice.offset(),
                  slice.length()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      } else {
        moved.add(piece);
      }
    }
    stage.pieces = moved;
  }

  private static void turnFiles(ExampleStage stage) {
    var turned = new ArrayList<>(stage.shared);
    java.util.Collections.reverse(turned);
    stage.shared = turned;
  }

  private static void turnVariables(ExampleStage stage) {
    var names = new ArrayList<>(stage.variables.keySet());
    java.util.Collections.reverse(names);
    var turned = new LinkedHashMap<String, String>();
    names.forEach(name -> turned.put(name, stage.variables.getOrDefault(name, "")));
    stage.variables = turned;
  }

  private static Piece slice(String name, String content) {
    return Piece.Slice.whole(input(name + content.hashCode(), content, "a/" + name + ".txt"));
  }

  private static Piece part(String name, long offset, long length) {
    return new Piece.Slice(input(name, "0123456789", "a/" + name + ".txt"), offset, length);
  }

  private static SharedFile shared(String name, String content, boolean executable) {
    return new SharedFile(name, input(content, content, content), executable);
  }

  private static InputFile remote(String name, String hash) {
    return InputFile.remote(
        new InputFile.Remote(URI.create("https://example.org/" + name), hash), "remote");
  }

  private static InputFile input(String name, String content, String path) {
    try {
      var file = FOLDER.resolve(name);
      if (!Files.exists(file)) {
        Files.writeString(file, content);
      }
      return new InputFile(file, 0, content.length(), path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Digest key(ExampleStage stage) throws IOException {
    var keys = new ContentKeys(stage.content(), DIGESTS);
    var key = keys.content(stage.work(), stage.judged);
    assertThat(keys.contentNow(stage.work(), stage.judged)).isEqualTo(key);
    return key;
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("keys");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An argv of a file, for the memory of a stage. */
  static Command argv(String... words) {
    return new Command.Argv(List.of(words).stream().map(Template::of).toList());
  }
}
