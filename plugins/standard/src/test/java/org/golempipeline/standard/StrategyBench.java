package org.golempipeline.standard;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.testing.JsonText;
import org.golempipeline.strategy.testing.TestMergeContext;
import org.golempipeline.strategy.testing.TestSplitContext;

/**
 * One strategy at work in a process of its own, for {@code runner/bench/strategies.sh}, which
 * measures it from outside.
 *
 * <pre>
 * StrategyBench start
 * StrategyBench split  NAME OPTIONS FOLDER FILE       prints how many fragments
 * StrategyBench merge  NAME OPTIONS FOLDER FILE...    writes FOLDER/result/target
 * StrategyBench sha256 FILE                           prints the digest
 * </pre>
 *
 * Options are JSON; the folder is empty or not there.
 */
final class StrategyBench {
  private static final int BUFFER = 1 << 18;

  private StrategyBench() {}

  public static void main(String[] arguments) throws Exception {
    var rest = List.of(arguments).subList(1, arguments.length);
    switch (arguments[0]) {
      case "start" -> StandardStrategies.splits();
      case "split" -> split(rest);
      case "merge" -> merge(rest);
      case "sha256" -> System.out.println(sha256(Path.of(rest.get(0))));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void split(List<String> arguments) throws Exception {
    var strategy =
        StandardStrategies.splits().stream()
            .filter(split -> split.name().equals(arguments.get(0)))
            .findAny()
            .orElseThrow();
    var file = Path.of(arguments.get(3));
    var context =
        new TestSplitContext(Path.of(arguments.get(2)), JsonText.options(arguments.get(1)))
            .input(new InputFile(file, 0, Files.size(file), "input"));
    System.out.println(strategy.split(context).count());
  }

  private static void merge(List<String> arguments) throws Exception {
    var strategy =
        StandardStrategies.merges().stream()
            .filter(merge -> merge.name().equals(arguments.get(0)))
            .findAny()
            .orElseThrow();
    var context =
        new TestMergeContext(Path.of(arguments.get(2)), JsonText.options(arguments.get(1)));
    try (var merger = strategy.open(context)) {
      for (var i = 3; i < arguments.size(); i++) {
        merger.add(new Output(i - 3, Path.of(arguments.get(i))));
      }
      merger.finish();
    }
  }

  private static String sha256(Path file) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    var buffer = ByteBuffer.allocate(BUFFER);
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** An output that came back as a file; read and copied as the runner reads and copies it. */
  private record Output(int index, Path file) implements FragmentOutput {
    @Override
    public String label() {
      return "fragment " + index;
    }

    @Override
    public Map<String, String> variables() {
      return Map.of();
    }

    @Override
    public long size() {
      return file.toFile().length();
    }

    @Override
    public InputStream open() throws IOException {
      return Channels.newInputStream(FileChannel.open(file, StandardOpenOption.READ));
    }

    @Override
    public void copyTo(WritableByteChannel target) throws IOException {
      try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
        for (var done = 0L; done < channel.size(); ) {
          done += channel.transferTo(done, channel.size() - done, target);
        }
      }
    }
  }
}
