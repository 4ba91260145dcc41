package org.golempipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFilesTest {
  @TempDir private Path temporary;

  @Test
  void keepsFewFilesOpenHoweverManyAreRead() throws Exception {
    var files = new ArrayList<Path>();
    for (var i = 0; i < 300; i++) {
      files.add(Files.writeString(temporary.resolve("f" + i), "content " + i));
    }
    var pool = Executors.newFixedThreadPool(4);
    try (var sources = new SourceFiles()) {
      var readers = new ArrayList<Callable<Void>>();
      for (var i = 0; i < 3000; i++) {
        var number = i * 7 % 300;
        readers.add(
            () -> {
              assertThat(read(sources, files.get(number), 8, 1))
                  .isEqualTo(("" + number).substring(0, 1));
              return null;
            });
      }
      for (var result : pool.invokeAll(readers, 60, TimeUnit.SECONDS)) {
        result.get();
      }
      assertThat(sources.openFiles()).isLessThanOrEqualTo(32);
      sources.close();
      assertThat(sources.openFiles()).isZero();
      assertThat(read(sources, files.get(5), 0, 9)).isEqualTo("content 5");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void anInterruptedReaderDoesNotDisturbTheNext() throws Exception {
    var file = Files.writeString(temporary.resolve("f"), "content");
    try (var sources = new SourceFiles()) {
      read(sources, file, 0, 7);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> read(sources, file, 0, 7))
          .isInstanceOf(ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();

      assertThat(read(sources, file, 0, 7)).isEqualTo("content");
    }
  }

  @Test
  void saysWhichFileChanged() throws Exception {
    var file = Files.writeString(temporary.resolve("f"), "content");
    try (var sources = new SourceFiles()) {
      assertThatThrownBy(() -> read(sources, file, 3, 7))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "`%s` changed since it was split: it ends after 7 bytes and 3 more were expected."
                  .formatted(file));
      assertThatThrownBy(() -> read(sources, temporary.resolve("none"), 0, 1))
          .isInstanceOf(NoSuchFileException.class);
    }
  }

  private static String read(SourceFiles sources, Path file, long at, int count)
      throws IOException {
    var bytes = ByteBuffer.allocate(count);
    sources.read(file, at, bytes);
    return new String(bytes.array(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
