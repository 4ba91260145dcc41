package org.golempipeline.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.golempipeline.cache.ResultCache.Cleaned;
import org.golempipeline.cache.ResultCache.Found;
import org.golempipeline.cache.ResultCache.Kept;
import org.golempipeline.cache.ResultCache.Range;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Verify;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is kept is found again, and nothing else. */
@Timeout(240)
class ResultCacheTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  @TempDir Path root;
  private Path folder;

  @BeforeEach
  void name() {
    folder = root.resolve("it's \"a\" $(cache) ä\n");
  }

  @Test
  void whatIsKeptIsFoundInThisRunAndTheNext() throws IOException {
    try (var cache = open()) {
      var pack = Packs.keep(cache, "a", "b");

      assertThat(pack.kept()).hasSize(2);
      assertFound(cache, "a");
      assertThat(found(cache, "b").pack()).isEqualTo(pack.file());
      assertThat(cache.find(Packs.key("c"))).isEmpty();
    }
    try (var cache = open()) {
      assertFound(cache, "a");
      assertFound(cache, "b");
      assertThat(found(cache, "b").provider()).isEqualTo("provider-b");
      assertThat(cache.find(Packs.key("c"))).isEmpty();
      assertThat(cache.trouble()).isEmpty();
    }
  }

  /** Beside others who may write: the lock is shared with them. */
  @Test
  void whereNothingMayBeWrittenThereIsStillSomethingToFind() throws IOException {
    try (var writer = open()) {
      Packs.keep(writer, "a", "b");
    }
    var before = files();
    try (var writer = open();
        var reader =
            ResultCache.open(
                folder, new CacheFolder(folder), false, root.resolve("scratch"), CLOCK)) {
      assertFound(reader, "a");
      assertThat(reader.trouble().orElseThrow()).contains("may not be written to");
      var pack = Packs.keep(reader, "c");
      assertThat(pack.kept()).isEmpty();
      assertThat(pack.file()).exists().startsWith(root.resolve("scratch"));
      assertThat(reader.find(Packs.key("c"))).isEmpty();
      assertThat(clean(Duration.ZERO, 0)).isEmpty();
    }
    assertThat(files()).isEqualTo(before);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }

  /** The order in which files of the index are read is chance. */
  @Test
  void whatIsKeptLastIsFound() throws IOException {
    for (var i = 0; i < 8; i++) {
      try (var cache = open()) {
        keep(cache, "same", "version " + i);
        keep(cache, "other", "as ever");
      }
      try (var cache = open()) {
        var found = found(cache, "same");
        assertThat(Files.readString(found.pack())).isEqualTo("version " + i);
        assertThat(found(cache, "other").parts()).hasSize(1);
      }
    }
  }

  private static void keep(ResultCache cache, String key, String content) throws IOException {
    var pack = cache.newPack();
    Files.writeString(pack, content);
    cache.keep(
        pack, List.of(new Kept(Packs.key(key), "", List.of(new Range("", 0, content.length())))));
  }

  @Test
  void severalFilesKeepTheirNamesHoweverTheyAreCalled() throws IOException {
    var names =
        List.of("-rf", "a b", "a\nb", "'\"$(x)`", "Ünïcode/ß/🌍", "x".repeat(5000), "empty");
    var ranges = new ArrayList<Range>();
    names.forEach(name -> ranges.add(new Range(name, 3, name.equals("empty") ? 0 : 4)));
    try (var cache = open()) {
      var pack = cache.newPack();
      Files.writeString(pack, "0123456789");
      cache.keep(
          pack,
          List.of(
              new Kept(Packs.key("many"), "ä\n", ranges),
              new Kept(Packs.key("none"), "", List.of())));
    }
    try (var cache = open()) {
      var found = found(cache, "many");
      assertThat(found.parts()).extracting(ResultCache.Part::name).containsExactlyElementsOf(names);
      assertThat(found.provider()).isEqualTo("ä\n");
      assertThat(cache.intact(found)).isTrue();
      assertThat(found(cache, "none").parts()).isEmpty();
    }
  }

  @Test
  void howAResultWasVerifiedIsKnownLater() throws IOException {
    var copies = new Verify(3, BigDecimal.ZERO, false, Comparison.BYTES);
    var audit =
        new Verify(
            1,
            new BigDecimal("0.025"),
            true,
            new Comparison(Comparison.Form.JSON, new BigDecimal("1e-9")));
    try (var cache = open()) {
      var pack = cache.newPack();
      Files.writeString(pack, "0123456789");
      var ranges = List.of(new Range("", 0, 4));
      cache.keep(
          pack,
          List.of(
              new Kept(Packs.key("copies"), "", copies, ranges),
              new Kept(Packs.key("plain"), "p", ranges),
              new Kept(Packs.key("audit"), "p", audit, ranges)));
    }
    try (var cache = open()) {
      assertThat(found(cache, "copies").verified()).isEqualTo(copies);
      assertThat(found(cache, "plain").verified()).isNull();
      assertThat(found(cache, "audit").verified()).isEqualTo(audit);
      assertThat(found(cache, "audit").parts()).hasSize(1);
    }
  }

  @Test
  void packsThatAreNotKeptStayUntilTheEnd() throws IOException {
    Path pack;
    try (var cache = open()) {
      pack = cache.newPack();
      Files.writeString(pack, "failed");

      assertThat(cache.keep(pack, List.of()).file()).isEqualTo(pack);
      assertThat(pack).hasContent("failed");
      assertThat(cache.newPack()).isNotEqualTo(pack);
    }
    assertThat(pack).doesNotExist();
    assertThat(files("packs")).isEmpty();
  }

  @Test
  void packsThatDiedWithTheirRunGoWhenTheNextBegins() throws IOException {
    var dead = Files.createDirectories(folder.resolve("new").resolve("dead")).resolve("1.tar");
    Files.writeString(dead, "half an arch");

    try (var cache = open()) {
      assertThat(dead).doesNotExist();
      var mine = cache.newPack();
      Files.writeString(mine, "mine");
      try (var other = open()) {
        assertThat(other.newPack()).isNotEqualTo(mine);
      }
      assertThat(mine).exists();
    }
  }

  @Test
  void aMissingPackIsAMiss() throws IOException {
    try (var cache = open()) {
      Packs.keep(cache, "a");
      Packs.keep(cache, "b", "c");
    }
    try (var cache = open()) {
      Files.delete(found(cache, "a").pack());
    }
    try (var cache = open()) {
      assertThat(cache.find(Packs.key("a"))).isEmpty();
      Files.delete(folder.resolve("packs").resolve(files("packs").get(0)));
      assertThat(cache.find(Packs.key("b"))).isEmpty();
      assertThat(cache.find(Packs.key("c"))).isEmpty();
    }
  }

  @Test
  void aDamagedResultIsKnownAndGoesAlone() throws IOException {
    try (var cache = open()) {
      Packs.damage(Packs.keep(cache, "a", "b").file(), -1);
    }
    try (var cache = open()) {
      assertThat(cache.intact(found(cache, "a"))).isTrue();
      assertThat(cache.intact(found(cache, "b"))).isFalse();

      cache.remove(found(cache, "b"));
      assertThat(cache.find(Packs.key("b"))).isEmpty();
    }
    try (var cache = open()) {
      assertFound(cache, "a");
      assertThat(cache.find(Packs.key("b"))).isEmpty();
    }
  }

  @Test
  void aDamagedResultIsReplacedByTheSameOne() throws IOException {
    try (var cache = open()) {
      Packs.damage(Packs.keep(cache, "a", "b").file(), -1);
    }
    try (var cache = open()) {
      var damaged = found(cache, "b");
      assertThat(cache.intact(damaged)).isFalse();
      cache.remove(damaged);
      cache.remove(damaged);

      assertThat(Packs.keep(cache, "a", "b").file()).isNotEqualTo(damaged.pack());
      assertFound(cache, "b");
    }
    try (var cache = open()) {
      assertFound(cache, "b");
      cache.remove(found(cache, "b"));
      Packs.keep(cache, "a", "b");
    }
    try (var cache = open()) {
      assertFound(cache, "b");
    }
  }

  @Test
  void whatIsForgottenLateLeavesANewerResultAlone() throws IOException {
    try (var cache = open()) {
      Packs.keep(cache, "a");
      var earlier = found(cache, "a");
      Packs.keep(cache, "a", "b");

      cache.remove(earlier);
      assertFound(cache, "a");
    }
    try (var cache = open()) {
      assertFound(cache, "a");
    }
  }

  @Test
  void whatARunForgetsIsInOneFileHoweverMuchItIs() throws IOException {
    var names = IntStream.range(0, 50).mapToObj(i -> "fragment-" + i).toList();
    try (var cache = open()) {
      for (var name : names) {
        Packs.keep(cache, name, name + "-too");
        cache.remove(found(cache, name));
      }
    }
    assertThat(files("index")).filteredOn(name -> name.endsWith(".bad")).hasSize(1);
    try (var cache = open()) {
      for (var name : names) {
        assertThat(cache.find(Packs.key(name))).isEmpty();
        assertFound(cache, name + "-too");
      }
    }
  }

  @Test
  void whatManyRunsForgetBecomesOneFile() throws IOException {
    for (var i = 0; i < 70; i++) {
      try (var cache = open()) {
        Packs.keep(cache, "f" + i, "g" + i);
        cache.remove(found(cache, "f" + i));
      }
    }
    assertThat(files("index")).hasSizeLessThan(20);
    try (var cache = open()) {
      for (var i = 0; i < 70; i++) {
        assertThat(cache.find(Packs.key("f" + i))).isEmpty();
        assertFound(cache, "g" + i);
      }
    }
  }

  @Test
  void halfARecordOfABadResultSpoilsNoOther() throws IOException {
    try (var cache = open()) {
      Packs.keep(cache, "a", "b", "c");
      cache.remove(found(cache, "a"));
      cache.remove(found(cache, "b"));
    }
    var bad = folder.resolve("index").resolve(bad());
    Files.write(bad, java.util.Arrays.copyOf(Files.readAllBytes(bad), 100));
    try (var cache = open()) {
      assertThat(cache.find(Packs.key("a"))).isEmpty();
      assertFound(cache, "b");
      cache.remove(found(cache, "b"));
    }
    clean(Duration.ofDays(9999), Long.MAX_VALUE);
    assertThat(files("index")).hasSize(2);
    try (var cache = open()) {
      assertThat(cache.find(Packs.key("a"))).isEmpty();
      assertThat(cache.find(Packs.key("b"))).isEmpty();
      assertFound(cache, "c");
    }
  }

  @Test
  void aShortenedPackIsNotIntact() throws IOException {
    try (var cache = open()) {
      var pack = Packs.keep(cache, "a").file();
      Files.writeString(pack, Files.readString(pack).substring(0, 20));

      assertThat(cache.intact(found(cache, "a"))).isFalse();
    }
  }

  @Test
  void everyDamageToASidecarIsNoticed() throws IOException {
    byte[] whole;
    Path sidecar;
    try (var cache = open()) {
      Packs.keep(cache, "a");
      Packs.keep(cache, "b");
      sidecar =
          folder.resolve("index").resolve(CacheFolder.name(found(cache, "a").pack()) + ".idx");
      whole = Files.readAllBytes(sidecar);
    }
    for (var at = 0; at < whole.length; at += 5) {
      Packs.damage(sidecar, at);
      try (var cache = open()) {
        assertThat(cache.find(Packs.key("a"))).isEmpty();
        assertFound(cache, "b");
      }
      Files.write(sidecar, java.util.Arrays.copyOf(whole, at));
      try (var cache = open()) {
        assertThat(cache.find(Packs.key("a"))).isEmpty();
      }
      Files.write(sidecar, whole);
    }
    try (var cache = open()) {
      assertFound(cache, "a");
    }
  }

  @Test
  void manySidecarsBecomeOneFile() throws IOException {
    var names = IntStream.range(0, 80).mapToObj(i -> "fragment-" + i).toList();
    try (var cache = open()) {
      for (var name : names) {
        Packs.keep(cache, name);
      }
      assertThat(files("index")).hasSize(80);
    }
    assertThat(files("index")).singleElement().asString().endsWith(".all");
    try (var cache = open()) {
      for (var name : names) {
        assertFound(cache, name);
      }
      Packs.keep(cache, "another");
    }
    try (var cache = open()) {
      assertFound(cache, "another");
      assertFound(cache, names.get(0));
    }
    var bundle = folder.resolve("index").resolve(bundle());
    Packs.damage(bundle, (int) Files.size(bundle) / 2);
    try (var cache = open()) {
      assertThat(count(cache, names)).isEqualTo(79);
      Files.write(bundle, java.util.Arrays.copyOf(Files.readAllBytes(bundle), 1000));
    }
    try (var cache = open()) {
      assertThat(count(cache, names)).isBetween(2L, 9L);
      assertFound(cache, "another");
    }
  }

  @Test
  void largeSidecarsAreRead() throws IOException {
    var results = IntStream.range(0, 60_000).mapToObj(i -> kept("f" + i)).toList();
    try (var cache = open()) {
      var pack = cache.newPack();
      Files.writeString(pack, "0123456789");
      cache.keep(pack, results);
      for (var i = 0; i < 70; i++) {
        Packs.keep(cache, "small-" + i);
      }
    }
    try (var cache = open()) {
      assertThat(cache.intact(found(cache, "f0"))).isTrue();
      assertThat(cache.intact(found(cache, "f59999"))).isTrue();
      assertFound(cache, "small-69");
    }
  }

  @Test
  void theSameResultTwiceIsFoundOnce() throws IOException {
    try (var cache = open()) {
      Packs.keep(cache, "a", "b");
      Packs.keep(cache, "a", "b");
      Packs.keep(cache, "b", "a");
    }
    assertThat(files("packs")).hasSize(2);
    try (var cache = open()) {
      assertFound(cache, "a");
    }
  }

  @Test
  void useIsNotedOnceADay() throws IOException {
    Path pack;
    try (var cache = open()) {
      pack = Packs.keep(cache, "a").file();
    }
    var lately = FileTime.from(NOW.minus(Duration.ofHours(23)));
    Files.setLastModifiedTime(pack, lately);
    try (var cache = open()) {
      assertFound(cache, "a");
      assertThat(Files.getLastModifiedTime(pack)).isEqualTo(lately);
    }
    Files.setLastModifiedTime(pack, FileTime.from(NOW.minus(Duration.ofHours(25))));
    try (var cache = open()) {
      assertFound(cache, "a");
      assertThat(Files.getLastModifiedTime(pack)).isEqualTo(FileTime.from(NOW));
    }
  }

  @Test
  void cleaningTakesTheOldAndThenTheLeastUsed() throws IOException {
    try (var cache = open()) {
      for (var i = 0; i < 10; i++) {
        var pack = Packs.keep(cache, "f" + i).file();
        Files.setLastModifiedTime(pack, FileTime.from(NOW.minus(Duration.ofDays(i))));
      }
      assertThat(clean(Duration.ZERO, 0)).isEmpty();
    }
    var size = "some header".length() + Packs.output("f0").length();
    assertThat(ResultCache.bytes(folder)).isGreaterThan(10L * size);

    assertThat(clean(Duration.ofDays(7), Long.MAX_VALUE))
        .hasValue(new Cleaned(2, 2L * size, 8L * size));
    assertThat(clean(Duration.ofDays(7), 5L * size + 1))
        .hasValue(new Cleaned(3, 3L * size, 5L * size));
    assertThat(clean(Duration.ofDays(7), 5L * size)).hasValue(new Cleaned(0, 0, 5L * size));
    try (var cache = open()) {
      for (var i = 0; i < 5; i++) {
        assertFound(cache, "f" + i);
      }
    }
    assertThat(clean(Duration.ofSeconds(Long.MAX_VALUE), 0)).hasValue(new Cleaned(5, 5L * size, 0));
    assertThat(files("packs")).isEmpty();
    assertThat(clean(Duration.ZERO, 0)).hasValue(new Cleaned(0, 0, 0));
  }

  @Test
  void anIndexThatCannotBeReadMakesTheCacheEmptyAndIsTold() throws IOException {
    try (var cache = open()) {
      Packs.keep(cache, "a");
    }
    Files.createDirectory(folder.resolve("index").resolve(Packs.key("y") + ".idx"));
    try (var cache = open()) {
      assertThat(cache.trouble()).isEmpty();
      assertThat(cache.find(Packs.key("a"))).isEmpty();
      var told = cache.trouble();
      assertThat(told).hasValueSatisfying(text -> assertThat(text).contains("cannot be read"));
      assertThat(cache.find(Packs.key("a"))).isEmpty();
      assertThat(Packs.keep(cache, "b").kept()).isEmpty();
      assertThat(cache.trouble()).isEqualTo(told);
    }
  }

  @Test
  void cleaningRemovesWhatBelongsToNothing() throws IOException {
    try (var cache = open()) {
      Packs.keep(cache, "a", "b");
      cache.remove(found(cache, "a"));
      Packs.keep(cache, "c");
      Packs.keep(cache, "d");
      cache.remove(found(cache, "d"));
    }
    Files.writeString(folder.resolve("packs").resolve(Packs.key("x") + ".tar"), "orphan");
    Files.writeString(folder.resolve("index").resolve(Packs.key("y") + ".idx"), "torn");

    assertThat(clean(Duration.ofDays(9999), Long.MAX_VALUE).map(Cleaned::packs)).hasValue(2);

    assertThat(files("packs")).hasSize(2);
    assertThat(files("index")).hasSize(2);
    assertThat(folder.resolve("index").resolve(bad())).hasSize(64);
    try (var cache = open()) {
      assertThat(cache.find(Packs.key("a"))).isEmpty();
      assertFound(cache, "b");
    }
    Files.delete(folder.resolve("packs").resolve(packOf("a")));
    clean(Duration.ofDays(9999), Long.MAX_VALUE);
    assertThat(files("index")).singleElement().asString().endsWith(".all");
    try (var cache = open()) {
      assertFound(cache, "c");
    }
  }

  @Test
  void cleaningWhatIsNotThereMakesNothing() throws IOException {
    assertThat(clean(Duration.ZERO, 0)).hasValue(new Cleaned(0, 0, 0));
    assertThat(ResultCache.bytes(folder)).isZero();
    assertThat(folder).doesNotExist();
  }

  @Test
  void workGoesOnWhereNothingCanBeKept() throws IOException {
    Files.writeString(folder, "a file where the folder should be");
    try (var cache = open()) {
      assertThat(cache.trouble())
          .hasValueSatisfying(
              text -> assertThat(text).contains("cannot be kept", "Not a directory"));
      var pack = cache.newPack();
      Files.writeString(pack, "0123456789");

      assertThat(cache.keep(pack, List.of(kept("a"))).file()).isEqualTo(pack);
      assertThat(cache.find(Packs.key("a"))).isEmpty();
      assertThat(pack.getParent()).isEqualTo(root.resolve("scratch"));
    }
  }

  @Test
  void aFolderThatVanishesInTheMiddleOnlyCosts() throws IOException {
    try (var cache = open()) {
      var pack = cache.newPack();
      Files.writeString(pack, "0123456789");
      Files.delete(folder.resolve("packs"));

      assertThat(cache.keep(pack, List.of(kept("a"))).file()).isEqualTo(pack);
      assertThat(pack).exists();
      assertThat(cache.trouble()).isPresent();
    }
  }

  private static long count(ResultCache cache, List<String> names) {
    return names.stream().filter(name -> cache.find(Packs.key(name)).isPresent()).count();
  }

  private static Kept kept(String name) {
    return new Kept(Packs.key(name), "", List.of(new Range("", 2, 3)));
  }

  private ResultCache open() {
    return ResultCache.open(folder, root.resolve("scratch"), CLOCK);
  }

  private java.util.Optional<Cleaned> clean(Duration olderThan, long mostBytes) throws IOException {
    return ResultCache.clean(folder, olderThan, mostBytes, CLOCK);
  }

  private static Found found(ResultCache cache, String name) {
    return cache.find(Packs.key(name)).orElseThrow();
  }

  private static void assertFound(ResultCache cache, String name) throws IOException {
    var found = found(cache, name);
    assertThat(cache.intact(found)).isTrue();
    assertThat(Packs.content(found)).isEqualTo(Packs.output(name));
  }

  private String packOf(String name) throws IOException {
    for (var pack : files("packs")) {
      if (Files.readString(folder.resolve("packs").resolve(pack), UTF_8)
          .contains(Packs.output(name))) {
        return pack;
      }
    }
    throw new AssertionError("no pack with " + name);
  }

  private String bad() throws IOException {
    return files("index").stream().filter(name -> name.endsWith(".bad")).findFirst().orElseThrow();
  }

  private String bundle() throws IOException {
    return files("index").stream().filter(name -> name.endsWith(".all")).findFirst().orElseThrow();
  }

  private List<String> files(String below) throws IOException {
    try (var files = Files.list(folder.resolve(below))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
