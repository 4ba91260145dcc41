package org.golempipeline.run;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.golempipeline.spec.Archive;

/**
 * Packs collected outputs. The same files in the same order give the same bytes: entries carry no
 * owner and the same old time, whatever clock and time zone the machine has.
 */
final class PackedOutput implements AutoCloseable {
  private static final int MODE = 0100644;

  /**
   * A zip writes down a local time. The first one that it can name stands for all before it, and
   * would be told apart by a second time in UTC, so this is a later one.
   */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 12, 0);

  private static final int BUFFER = 64 * 1024;

  private final ArchiveOutputStream<? extends ArchiveEntry> archive;
  private final Archive kind;

  private PackedOutput(Archive kind, ArchiveOutputStream<? extends ArchiveEntry> archive) {
    this.kind = kind;
    this.archive = archive;
  }

  /** Starts an archive at {@code file}, which must not exist. */
  static PackedOutput open(Archive kind, Path file) throws IOException {
    var stream =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW), BUFFER);
    return new PackedOutput(
        kind,
        switch (kind) {
          case ZIP -> zip(stream);
          case TAR -> tar(stream);
          case TAR_GZ -> tar(new GZIPOutputStream(stream, BUFFER));
        });
  }

  private static ZipArchiveOutputStream zip(OutputStream stream) {
    var zip = new ZipArchiveOutputStream(stream);
    zip.setUseZip64(Zip64Mode.AsNeeded);
    zip.setEncoding("UTF-8");
    return zip;
  }

  private static TarArchiveOutputStream tar(OutputStream stream) {
    var tar = new TarArchiveOutputStream(stream, "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    return tar;
  }

  /** Adds a file of {@code size} bytes. */
  void add(String name, long size, InputStream content) throws IOException {
    if (archive instanceof ZipArchiveOutputStream zip) {
      var entry = new Entry(name);
      entry.setSize(size);
      entry.setMethod(ZipEntry.DEFLATED);
      entry.setUnixMode(MODE);
      entry.setTimeLocal(TIME);
      zip.putArchiveEntry(entry);
    } else if (archive instanceof TarArchiveOutputStream tar) {
      var entry = new TarArchiveEntry(name);
      entry.setSize(size);
      entry.setMode(MODE);
      entry.setModTime(0);
      entry.setIds(0, 0);
      entry.setNames("", "");
      tar.putArchiveEntry(entry);
    } else {
      throw new AssertionError(kind);
    }
    content.transferTo(archive);
    archive.closeArchiveEntry();
  }

  @Override
  public void close() throws IOException {
    archive.close();
  }

  /** Called as it is: in names of DOS, a backslash would become a slash. */
  private static final class Entry extends ZipArchiveEntry {
    Entry(String name) {
      super(name);
      setPlatform(PLATFORM_UNIX);
      setName(name);
    }
  }
}
