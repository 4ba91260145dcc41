package org.golempipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VirtualTarTest {
  private static final List<Integer> SIZES = List.of(0, 1, 511, 512, 513, 1024, 40_960, 100_003);
  private static final List<String> NAMES =
      List.of("a", "b'c", "-d", "e\nf", "é€😀", "g".repeat(200), "h i", "$(j)", "\\k", "l*?");

  @TempDir private Path temporary;
  private final SourceFiles sources = new SourceFiles();

  @AfterEach
  void closeSources() throws IOException {
    sources.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void unpacksToWhatWasPutIn(long seed) throws Exception {
    var random = new Random(seed);
    var expected = new TreeMap<String, String>();
    var archive = random(random, expected);

    assertThat(unpackedByLibrary(archive)).containsAllEntriesOf(expected);
    assertThat(unpackedByTar(archive)).containsAllEntriesOf(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void anyChunkInAnyOrderIsPartOfTheWhole(long seed) throws Exception {
    var random = new Random(seed);
    var archive = random(random, new TreeMap<>());
    var whole = all(archive);
    var readers = new ArrayList<Callable<Void>>();
    for (var i = 0; i < 400; i++) {
      var offset = random.nextInt(whole.length);
      var length = random.nextInt(Math.min(65_536, whole.length - offset) + 1);
      readers.add(
          () -> {
            var chunk = ByteBuffer.allocate(length + 2).position(1).limit(length + 1);
            archive.read(offset, chunk);
            assertThat(chunk.position()).isEqualTo(length + 1);
            assertThat(ByteBuffer.wrap(chunk.array(), 1, length))
                .isEqualTo(ByteBuffer.wrap(whole, offset, length));
            return null;
          });
    }
    var pool = Executors.newFixedThreadPool(4);
    try {
      for (var result : pool.invokeAll(readers, 60, TimeUnit.SECONDS)) {
        result.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void equalBatchesAreEqualBytes() throws Exception {
    var first = random(new Random(5), new TreeMap<>());
    var second = random(new Random(5), new TreeMap<>());

    assertThat(all(first)).isEqualTo(all(second));
  }

  @Test
  void holdsFilesOfMoreThanEightGibibytes() throws Exception {
    var size = 9L << 30;
    var file = temporary.resolve("sparse");
    try (var writer = new RandomAccessFile(file.toFile(), "rw")) {
      writer.setLength(size + 100);
      writer.seek(size + 80);
      writer.write("the end".getBytes(StandardCharsets.UTF_8));
    }
    var input = new InputFile(file, 87, size, "sparse");
    var archive =
        batch(
            List.of(
                work(List.of(Piece.Slice.whole(input)), InputShape.FILE),
                work(List.of(new Piece.Literal("next")), InputShape.FILE)));

    try (var tar = new TarFile(new SourceChannel(archive))) {
      var entries = new TreeMap<String, Long>();
      tar.getEntries().forEach(entry -> entries.put(entry.getName(), entry.getSize()));
      assertThat(entries).containsEntry("b5/0/in.txt", size).containsEntry("b5/1/in.txt", 4L);
      var next =
          tar.getEntries().stream().filter(e -> e.getName().equals("b5/1/in.txt")).findFirst();
      try (var stream = tar.getInputStream(next.orElseThrow())) {
        assertThat(stream.readAllBytes()).asString().isEqualTo("next");
      }
      var sparse =
          tar.getEntries().stream().filter(e -> e.getName().equals("b5/0/in.txt")).findFirst();
      var end = ByteBuffer.allocate(7);
      archive.read(sparse.orElseThrow().getDataOffset() + size - 7, end);
      assertThat(end.array()).asString(StandardCharsets.UTF_8).isEqualTo("the end");
    }
  }

  @Test
  void aFileOfManyPiecesIsReadWithoutLookingAtAllOfThem() throws Exception {
    var file = file("0123456789");
    var pieces = new ArrayList<Piece>();
    var expected = new StringBuilder();
    for (var i = 0; i < 30_000; i++) {
      pieces.add(new Piece.Slice(file, i % 10, 1));
      pieces.add(new Piece.Literal(","));
      expected.append(i % 10).append(',');
    }
    var archive = batch(List.of(work(pieces, InputShape.FILE)));

    assertThat(unpackedByLibrary(archive)).containsEntry("b5/0/in.txt", expected.toString());
  }

  @Test
  void refusesToReadBeyondItsEnd() {
    var archive = batch(List.of(work(List.of(), InputShape.NONE)));

    assertThatThrownBy(() -> archive.read(archive.size() - 1, ByteBuffer.allocate(2)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void refusesNamesThatLeaveTheFolder() throws Exception {
    for (var path : List.of("../x", "/x", "a/../b", "a//b", "", "./a", "a/")) {
      var file = new InputFile(file("x").file(), 0, 1, path);
      var work = work(List.of(Piece.Slice.whole(file)), InputShape.FOLDER);
      assertThatThrownBy(() -> batch(List.of(work))).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new SharedFile(path, file, false))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesTwoFilesOfOneName() throws Exception {
    var piece = Piece.Slice.whole(file("x"));
    var work = work(List.of(piece, piece), InputShape.FOLDER);

    assertThatThrownBy(() -> batch(List.of(work)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two files");
  }

  @Test
  void refusesWhatCannotReachAShell() {
    var variables =
        List.of(Map.of("a", "\0"), Map.of("A", ""), Map.of("a b", ""), Map.of("a;b", ""));
    for (var each : variables) {
      var work = new FragmentWork(List.of(), InputShape.NONE, "", each, List.of());
      assertThatThrownBy(() -> batch(List.of(work))).isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** A batch of fragments whose inputs are put down in {@code expected}. */
  private ByteSource random(Random random, Map<String, String> expected) throws IOException {
    var works = new ArrayList<FragmentWork>();
    for (var i = 0; i < 1 + random.nextInt(12); i++) {
      var shape = InputShape.values()[random.nextInt(3)];
      var pieces = new ArrayList<Piece>();
      var names = new ArrayList<String>();
      var content = new StringBuilder();
      for (var j = 0; j < (shape == InputShape.NONE ? 0 : random.nextInt(6)); j++) {
        var text = text(random);
        if (shape == InputShape.FILE && random.nextInt(3) == 0) {
          pieces.add(new Piece.Literal(text));
        } else {
          var name = j + name(random);
          names.add(name);
          var file = file("#" + text + "#");
          var size = text.getBytes(StandardCharsets.UTF_8).length;
          var part = new InputFile(file.file(), 1, size, name);
          pieces.add(Piece.Slice.whole(part));
          if (shape == InputShape.FOLDER) {
            expected.put("b5/" + i + "/in/" + name, text);
          }
        }
        content.append(text);
      }
      if (shape == InputShape.FILE) {
        expected.put("b5/" + i + "/in.txt", content.toString());
      }
      works.add(work(pieces, shape));
    }
    return batch(works);
  }

  private static String text(Random random) {
    var size = SIZES.get(random.nextInt(SIZES.size()));
    var text = new StringBuilder(size);
    for (var i = 0; i < size; i++) {
      text.append((char) ('!' + random.nextInt(90)));
    }
    return text.toString();
  }

  private static String name(Random random) {
    var name = new StringBuilder(NAMES.get(random.nextInt(NAMES.size())));
    for (var i = 0; i < random.nextInt(3); i++) {
      name.append('/').append(NAMES.get(random.nextInt(NAMES.size())));
    }
    return name.toString();
  }

  private VirtualTar batch(List<FragmentWork> works) {
    var recipe =
        new BatchRecipe(
            0,
            List.of(),
            null,
            Map.of(),
            "cat \"$in\" > \"$out\"",
            new OutSpec.Many("*"),
            true,
            true,
            Duration.ofSeconds(1));
    var place = new BatchPlace(5, "/work", true);
    return BatchArchive.of(recipe, works, place, WebFiles.of(recipe, works, place), sources);
  }

  private static FragmentWork work(List<Piece> pieces, InputShape shape) {
    return new FragmentWork(pieces, shape, ".txt", Map.of(), List.of());
  }

  private InputFile file(String content) throws IOException {
    var file = Files.createTempFile(temporary, "source", "");
    Files.writeString(file, content);
    return new InputFile(file, 0, Files.size(file), "file");
  }

  private static byte[] all(ByteSource source) throws IOException {
    var bytes = ByteBuffer.allocate(Math.toIntExact(source.size()));
    source.read(0, bytes);
    return bytes.array();
  }

  private static Map<String, String> unpackedByLibrary(ByteSource source) throws IOException {
    var files = new TreeMap<String, String>();
    try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(all(source)), "UTF-8")) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile()) {
          files.put(entry.getName(), new String(tar.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    }
    return files;
  }

  private Map<String, String> unpackedByTar(ByteSource source) throws Exception {
    var folder = Files.createTempDirectory(temporary, "unpacked");
    var file = folder.resolve("in.tar");
    Files.write(file, all(source));
    var tar =
        new ProcessBuilder("tar", "-xof", "in.tar")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
    assertThat(tar.waitFor()).isZero();
    var files = new TreeMap<String, String>();
    try (var found = Files.walk(folder.resolve("b5"))) {
      for (var each : found.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(each).toString(), Files.readString(each));
      }
    }
    return files;
  }
}
