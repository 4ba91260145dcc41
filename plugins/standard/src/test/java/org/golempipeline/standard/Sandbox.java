package org.golempipeline.standard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;
import org.golempipeline.strategy.testing.JsonText;
import org.golempipeline.strategy.testing.Laws;
import org.golempipeline.strategy.testing.TestSplitContext;

/** A folder for one try of a generated test, removed after it; says splits and merges briefly. */
final class Sandbox implements AutoCloseable {
  private final Path folder;
  private int used;

  Sandbox() {
    try {
      folder = Files.createTempDirectory("standard-strategies");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path fresh() {
    return folder.resolve(Integer.toString(used++));
  }

  TestSplitContext context(String options) {
    return new TestSplitContext(fresh(), JsonText.options(options));
  }

  Fragments split(SplitStrategy strategy, String options, String content)
      throws IOException, StrategyException {
    return strategy.split(context(options).input("input", utf8(content)));
  }

  String merge(MergeStrategy strategy, String options, List<byte[]> outputs)
      throws IOException, StrategyException {
    var result = Laws.merge(strategy, JsonText.options(options), outputs, fresh());
    return new String(result, StandardCharsets.UTF_8);
  }

  String merge(MergeStrategy strategy, String options, String... outputs)
      throws IOException, StrategyException {
    return merge(strategy, options, List.of(outputs).stream().map(Sandbox::utf8).toList());
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try (var walk = Files.walk(folder)) {
      for (var path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
