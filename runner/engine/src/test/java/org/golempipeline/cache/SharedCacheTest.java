package org.golempipeline.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedCacheTest {
  @TempDir Path folder;

  @Test
  void anEmptyFolderAndOneThatIsNotThereBecomeCaches() throws IOException {
    Files.createDirectory(folder.resolve("lost+found"));

    assertThat(SharedCache.claim(folder)).isTrue();
    assertThat(SharedCache.claim(folder.resolve("lost+found/new/cache"))).isTrue();
    assertThat(SharedCache.is(folder)).isTrue();
    assertThat(SharedCache.claim(folder)).isTrue();
  }

  @Test
  void aFolderWithOtherThingsStaysAsItIs() throws IOException {
    Files.writeString(folder.resolve(".hidden"), "mine");

    assertThat(SharedCache.claim(folder)).isFalse();
    assertThat(SharedCache.is(folder)).isFalse();
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve(".hidden"));
    }
  }

  @Test
  void theCacheOfAnotherProgramIsNone() throws IOException {
    Files.writeString(
        folder.resolve("CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55\n# other\n");

    assertThat(SharedCache.claim(folder)).isFalse();
  }

  @Test
  void severalMayClaimOneAtOnce() throws Exception {
    var executor = Executors.newFixedThreadPool(8);
    try {
      for (var round = 0; round < 10; round++) {
        var cache = folder.resolve("cache-" + round);
        Callable<Boolean> claim =
            () -> {
              var claimed = SharedCache.claim(cache);
              new CacheFolder(cache).create();
              return claimed;
            };
        for (var each : executor.invokeAll(Stream.generate(() -> claim).limit(8).toList())) {
          assertThat(each.get()).isTrue();
        }
      }
    } finally {
      executor.shutdownNow();
    }
  }
}
