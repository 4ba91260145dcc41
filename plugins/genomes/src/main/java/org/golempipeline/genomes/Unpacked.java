package org.golempipeline.genomes;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.StrategyException;

/**
 * Input files as text: those that gzip or bgzip compressed are written out in the working folder,
 * under their names without {@code .gz}; the others are what they were.
 */
final class Unpacked {
  private static final Pattern SUFFIX = Pattern.compile("(?i)\\.b?gz$");
  private static final int BUFFER = 1 << 16;

  private Unpacked() {}

  /** The input of {@code context}, in its order. */
  static List<InputFile> of(SplitContext context) throws IOException, StrategyException {
    Path folder = null;
    var files = new ArrayList<InputFile>();
    for (var file : context.inputs()) {
      if (file.remote() != null || !isGzip(file)) {
        files.add(file);
        continue;
      }
      if (folder == null) {
        folder = Files.createTempDirectory(context.workingFolder(), "reads-");
      }
      var target = folder.resolve(Integer.toString(files.size()));
      write(file, target);
      var path = SUFFIX.matcher(file.path()).replaceFirst("");
      files.add(new InputFile(target, 0, Files.size(target), path.isEmpty() ? file.path() : path));
    }
    return files;
  }

  private static boolean isGzip(InputFile file) throws IOException {
    try (var in = open(file)) {
      return in.read() == 0x1f && in.read() == 0x8b;
    }
  }

  private static void write(InputFile file, Path target) throws IOException, StrategyException {
    try (var packed = open(file);
        var out = Files.newOutputStream(target)) {
      GzipMembers.unpack(packed, out);
    } catch (EOFException | ZipException e) {
      var refused =
          new StrategyException(
              "`%s` cannot be decompressed: it is damaged, or was not copied to its end."
                  .formatted(file.path()),
              "See what `gzip -t` says of it, and get it again.");
      refused.initCause(e);
      throw refused;
    }
  }

  private static InputStream open(InputFile file) throws IOException {
    var in = new BufferedInputStream(Channels.newInputStream(file.open()), BUFFER);
    try {
      in.skipNBytes(file.offset());
      return new Range(in, file.size());
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** The next bytes of a stream, and no more of it. */
  private static final class Range extends FilterInputStream {
    private long left;

    Range(InputStream in, long left) {
      super(in);
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      var next = left > 0 ? super.read() : -1;
      left -= next < 0 ? 0 : 1;
      return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      var count = super.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(0, count);
      return count;
    }
  }
}
