package org.golempipeline.gvmi;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;

/**
 * Writes and reads squashfs file systems by the programs of squashfs-tools. Blocks; an interrupt
 * ends the program.
 */
public final class Squashfs {
  private static final String HINT =
      "Install the package `squashfs-tools`: `apt-get install squashfs-tools` on Debian and Ubuntu.";

  /** Of a listing: {@code -rw-r--r-- 0/0 12 2026-01-01 00:00 squashfs-root/name}. */
  private static final Pattern LINE =
      Pattern.compile("([-dlcbps])[-rwxsStT]{9} \\d+/\\d+ +(\\d+)(?:, *\\d+)? \\S+ \\S+ .*");

  private static final String WRITER = "sqfstar";
  private static final List<String> AS_ROOT = List.of("unshare", "--map-root-user");

  /** The root is no entry of a tar; providers read any compression but zstd. */
  private static final List<String> OPTIONS =
      List.of("-comp gzip -root-mode 755 -quiet -no-progress".split(" "));

  private static final int LONGEST_COMPLAINT = 2000;

  private Squashfs() {}

  /** Writes a tar. */
  @FunctionalInterface
  public interface Tar<X extends Exception> {
    /** Does not close {@code target}. */
    void write(OutputStream target) throws X, IOException, InterruptedException;
  }

  /**
   * What is in a file system.
   *
   * @param entries files, folders, links and so on, the root among them, devices not
   * @param bytes of all files; what has several names counts several times
   */
  record Listing(long entries, long bytes) {}

  /**
   * Makes a file system of a tar, in the order of the tar. The same tar makes the same bytes,
   * whatever the machine and the day.
   *
   * @param target a file that does not exist yet
   * @param latest the time of the youngest file, in seconds since 1970. It becomes the time of the
   *     root too, which the program gives the current one whatever its options say.
   */
  public static <X extends Exception> void write(Path target, long latest, Tar<X> tar)
      throws X, IOException, ImageException, InterruptedException {
    var process =
        start(
            WRITER,
            "an image is made",
            OPTIONS,
            Map.of("SOURCE_DATE_EPOCH", String.valueOf(latest)),
            target);
    var said = said(process);
    var pipe = new Pipe(process.getOutputStream());
    try {
      try (var stdin = new BufferedOutputStream(pipe, 1 << 16)) {
        tar.write(stdin);
      } catch (IOException e) {
        if (!pipe.broken) {
          throw e;
        }
      }
      if (process.waitFor() != 0 || pipe.broken) {
        throw failed(WRITER, "make the file system of an image", said);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  /** Knows whether it is the reader of the pipe who is gone. */
  private static final class Pipe extends FilterOutputStream {
    private boolean broken;

    Pipe(OutputStream target) {
      super(target);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      broken = true;
      out.write(bytes, offset, length);
      broken = false;
    }

    @Override
    public void close() throws IOException {
      broken = true;
      out.close();
      broken = false;
    }
  }

  /** Looks what is in a file system. Nothing of a hostile one can do more than be counted. */
  static Listing list(Path file) throws IOException, ImageException, InterruptedException {
    var process = start("unsquashfs", "images are unpacked", List.of("-lln"), Map.of(), file);
    try {
      process.getOutputStream().close();
      var complaint = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
      var entries = 0L;
      var bytes = 0L;
      try (var lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          var parts = LINE.matcher(line);
          if (!parts.matches()) {
            continue;
          }
          entries += parts.group(1).matches("[bc]") ? 0 : 1;
          bytes = sum(bytes, parts.group(1).equals("-") ? parts.group(2) : "0");
        }
      }
      if (process.waitFor() != 0) {
        throw failed("unsquashfs", "read the file system of the image", complaint);
      }
      return new Listing(entries, bytes);
    } finally {
      process.destroyForcibly();
    }
  }

  /** A name may hold a line end, and then what looks like a line with any size. */
  private static long sum(long bytes, String size) {
    var sum = new BigInteger(size).add(BigInteger.valueOf(bytes));
    return sum.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
  }

  /**
   * Unpacks a file system. Whether all of it was created is the caller's to see: devices and owners
   * are refused to most.
   *
   * @param target a folder that does not exist yet
   * @return whether everything went well
   */
  static boolean unpack(Path file, Path target)
      throws IOException, ImageException, InterruptedException {
    var process =
        start(
            "unsquashfs",
            "images are unpacked",
            List.of("-no-progress", "-quiet", "-no-xattrs", "-dest", target.toString()),
            Map.of(),
            file);
    try {
      process.getOutputStream().close();
      var complaint = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
      try (var output = process.getInputStream()) {
        output.transferTo(OutputStream.nullOutputStream());
      }
      var exit = process.waitFor();
      // By its manual 2 means that something of little weight was left out.
      if (exit != 0 && exit != 2) {
        throw failed("unsquashfs", "unpack the file system of the image", complaint);
      }
      return exit == 0;
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(
      String program,
      String purpose,
      List<String> options,
      Map<String, String> environment,
      Path file)
      throws ImageException {
    var command = new ArrayList<String>();
    if (program.equals(WRITER) && canBeRoot()) {
      command.addAll(AS_ROOT);
    }
    command.add(program);
    command.addAll(options);
    command.add(file.toAbsolutePath().toString());
    try {
      var builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      return builder.start();
    } catch (IOException e) {
      throw new ImageException(
          "There is no program `%s`, by which %s.".formatted(program, purpose), HINT, e);
    }
  }

  /**
   * Whether the system lets the program be root among its own. The root folder of what it writes
   * belongs to whoever runs it, whatever its options say.
   */
  private static boolean canBeRoot() {
    var probe = new ArrayList<>(AS_ROOT);
    probe.addAll(List.of(WRITER, "-version"));
    try {
      return new ProcessBuilder(probe)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What a program says on both of its outputs. */
  private static CompletableFuture<String> said(Process process) {
    var output = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
    return CompletableFuture.supplyAsync(() -> text(process.getErrorStream()))
        .thenCombine(output, (error, out) -> error.isBlank() ? out : error);
  }

  private static String text(InputStream stream) {
    try (stream) {
      var start = new String(stream.readNBytes(LONGEST_COMPLAINT), StandardCharsets.UTF_8);
      stream.transferTo(OutputStream.nullOutputStream());
      return start;
    } catch (IOException e) {
      return "";
    }
  }

  private static ImageException failed(
      String program, String purpose, CompletableFuture<String> complaint) {
    String said;
    try {
      said = complaint.join().strip();
    } catch (CompletionException e) {
      said = "";
    }
    var last = said.substring(said.lastIndexOf('\n') + 1);
    return new ImageException(
        "Could not %s: `%s` says: %s"
            .formatted(purpose, program, last.isEmpty() ? "nothing" : last),
        "Check that there is room on the disk, and that the image is whole.");
  }
}
