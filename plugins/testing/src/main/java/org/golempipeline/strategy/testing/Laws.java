package org.golempipeline.strategy.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.StrategyException;

/**
 * What every split and merge promises, as checks that hold for any input: feed them generated ones.
 */
public final class Laws {
  private Laws() {}

  /** How much of the input the fragments must hold. */
  public enum Coverage {
    /** Every byte of every file exactly once, in order. */
    ONCE_IN_ORDER {
      @Override
      void check(List<InputFile> inputs, List<Fragment> fragments) {
        var covered = new ArrayList<Piece.Slice>();
        fragments.forEach(fragment -> covered.addAll(slices(fragment)));
        var position = 0L;
        var file = 0;
        for (var slice : covered) {
          while (file < inputs.size() - 1
              && position == inputs.get(file).size()
              && !slice.file().equals(inputs.get(file))) {
            file++;
            position = 0;
          }
          assertEquals(inputs.get(file).path(), slice.file().path(), "the file that comes next");
          assertEquals(
              position,
              slice.offset(),
              "where the next slice of " + slice.file().path() + " begins");
          position += slice.length();
        }
        EVERY_BYTE.check(inputs, fragments);
      }
    },
    /** Every file exactly once and whole, in any order. */
    EVERY_FILE_ONCE {
      @Override
      void check(List<InputFile> inputs, List<Fragment> fragments) {
        var paths = new ArrayList<String>();
        for (var fragment : fragments) {
          for (var slice : slices(fragment)) {
            assertEquals(slice.file().size(), slice.length(), slice.file().path() + " is whole");
            paths.add(slice.file().path());
          }
        }
        var expected = inputs.stream().map(InputFile::path).sorted().toList();
        assertEquals(expected, paths.stream().sorted().toList(), "the files in the fragments");
      }
    },
    /** Every byte of every file at least once: a header may be repeated. */
    EVERY_BYTE {
      @Override
      void check(List<InputFile> inputs, List<Fragment> fragments) {
        var slices = new HashMap<InputFile, TreeMap<Long, Long>>();
        for (var fragment : fragments) {
          for (var slice : slices(fragment)) {
            slices
                .computeIfAbsent(slice.file(), file -> new TreeMap<>())
                .merge(slice.offset(), slice.offset() + slice.length(), Math::max);
          }
        }
        for (var input : inputs) {
          var parts = slices.getOrDefault(input, new TreeMap<>());
          assertFalse(parts.isEmpty(), input.path() + " is in no fragment");
          var covered = 0L;
          for (var slice : parts.entrySet()) {
            assertTrue(slice.getKey() <= covered, input.path() + " lacks bytes from " + covered);
            covered = Math.max(covered, slice.getValue());
          }
          assertEquals(input.size(), covered, "how much of " + input.path() + " is covered");
        }
      }
    },
    /** Nothing is checked: the strategy has no input, or makes its own. */
    FREE {
      @Override
      void check(List<InputFile> inputs, List<Fragment> fragments) {}
    };

    abstract void check(List<InputFile> inputs, List<Fragment> fragments);
  }

  private static List<Piece.Slice> slices(Fragment fragment) {
    var slices = new ArrayList<Piece.Slice>();
    for (var piece : fragment.pieces()) {
      if (piece instanceof Piece.Slice slice) {
        slices.add(slice);
      }
    }
    return slices;
  }

  /** Fails unless the fragments hold the input as {@code coverage} says. */
  public static void covers(List<InputFile> inputs, Fragments fragments, Coverage coverage) {
    coverage.check(inputs, all(fragments));
  }

  /** All fragments, in order. */
  public static List<Fragment> all(Fragments fragments) {
    var list = new ArrayList<Fragment>();
    for (var i = 0; i < fragments.count(); i++) {
      list.add(fragments.get(i));
    }
    return list;
  }

  /** Describes a fragment by all that may show in a result: no paths of this machine. */
  public static String describe(Fragment fragment) {
    var text = new StringBuilder();
    for (var piece : fragment.pieces()) {
      if (piece instanceof Piece.Slice slice) {
        text.append("%s[%d+%d] ".formatted(slice.file().path(), slice.offset(), slice.length()));
      } else if (piece instanceof Piece.Literal literal) {
        text.append("'%s' ".formatted(literal.text()));
      } else {
        throw new AssertionError(piece);
      }
    }
    return text.append(fragment.variables()).toString();
  }

  /** {@link #describe} for all fragments, in order. */
  public static List<String> describe(Fragments fragments) {
    return all(fragments).stream().map(Laws::describe).toList();
  }

  /** What {@code $in} holds for a fragment whose pieces are joined to a file. */
  public static byte[] content(Fragment fragment) throws IOException {
    var content = new ByteArrayOutputStream();
    for (var piece : fragment.pieces()) {
      if (piece instanceof Piece.Slice slice) {
        try (var file = new RandomAccessFile(slice.file().file().toFile(), "r")) {
          var bytes = new byte[Math.toIntExact(slice.length())];
          file.seek(slice.file().offset() + slice.offset());
          file.readFully(bytes);
          content.writeBytes(bytes);
        }
      } else if (piece instanceof Piece.Literal literal) {
        content.writeBytes(literal.text().getBytes(StandardCharsets.UTF_8));
      } else {
        throw new AssertionError(piece);
      }
    }
    return content.toByteArray();
  }

  /** {@link #content} for all fragments, in order: the outputs of a command that only copies. */
  public static List<byte[]> contents(Fragments fragments) throws IOException {
    var contents = new ArrayList<byte[]>();
    for (var fragment : all(fragments)) {
      contents.add(content(fragment));
    }
    return contents;
  }

  /**
   * Fails unless the fragments hold whole items: {@code items} finds the same ones in them, one
   * after the other, as in the whole input. So a command that treats each item by itself gives the
   * same answer, split or not.
   *
   * @param items reads the lines, rows, records... of a file
   */
  public static <T> void keepsItemsWhole(
      byte[] input, Fragments fragments, Function<byte[], List<T>> items) throws IOException {
    var found = new ArrayList<T>();
    for (var content : contents(fragments)) {
      found.addAll(items.apply(content));
    }
    assertEquals(items.apply(input), found, "the items of all fragments");
  }

  /** Merges {@code outputs} in {@code folder}, which is empty or not there. */
  public static byte[] merge(
      MergeStrategy strategy, Options options, List<byte[]> outputs, Path folder)
      throws IOException, StrategyException {
    return merge(strategy, new TestMergeContext(folder, options), outputs, Integer.MAX_VALUE);
  }

  static byte[] merge(
      MergeStrategy strategy, TestMergeContext context, List<byte[]> outputs, int steps)
      throws IOException, StrategyException {
    var received = context.target().resolveSibling("../received").normalize();
    try (var merger = strategy.open(context)) {
      for (var i = 0; i < outputs.size(); i++) {
        merger.add(TestOutput.of(i, outputs.get(i), received).inSteps(steps));
      }
      merger.finish();
    }
    return Files.readAllBytes(context.target());
  }
}
