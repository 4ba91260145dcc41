package org.golempipeline.genomes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;
import org.golempipeline.strategy.testing.JsonText;
import org.golempipeline.strategy.testing.Laws;
import org.golempipeline.strategy.testing.TestSplitContext;

/** A folder for one try of a test, removed after it; says splits and merges briefly. */
final class Sandbox implements AutoCloseable {
  private final Path folder;
  private int used;

  Sandbox() {
    try {
      folder = Files.createTempDirectory("genomes");
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

  /**
   * @param files path and content of each input, one after the other
   */
  Fragments split(SplitStrategy strategy, String options, String... files)
      throws IOException, StrategyException {
    var context = context(options);
    for (var i = 0; i < files.length; i += 2) {
      context.input(files[i], utf8(files[i + 1]));
    }
    return strategy.split(context);
  }

  String merge(MergeStrategy strategy, String options, List<String> outputs)
      throws IOException, StrategyException {
    var bytes = outputs.stream().map(Sandbox::utf8).toList();
    return text(Laws.merge(strategy, JsonText.options(options), bytes, fresh()));
  }

  /** What the fragments' files hold. */
  static List<String> contents(Fragments fragments) throws IOException {
    var contents = new ArrayList<String>();
    for (var content : Laws.contents(fragments)) {
      contents.add(text(content));
    }
    return contents;
  }

  /** What the fragments' folders hold in the place of the given file. */
  static List<String> contents(Fragments fragments, int file) throws IOException {
    var contents = new ArrayList<String>();
    for (var fragment : Laws.all(fragments)) {
      var piece = fragment.pieces().get(file);
      contents.add(text(Laws.content(org.golempipeline.strategy.Fragment.of(piece))));
    }
    return contents;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    if (!Files.exists(folder)) {
      return;
    }
    try (var walk = Files.walk(folder)) {
      for (var path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
