package org.golempipeline.gvmi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Makes a tar, name by name as it is given. */
public final class Tar {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");
  private boolean finished;

  public Tar() {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
  }

  public Tar folder(String name, int mode) {
    return add(name + "/", TarConstants.LF_DIR, new byte[0], entry -> entry.setMode(mode));
  }

  public Tar file(String name, int mode, byte[] content) {
    return file(name, content, entry -> entry.setMode(mode));
  }

  public Tar file(String name, String content) {
    return file(name, 0644, content.getBytes(StandardCharsets.UTF_8));
  }

  public Tar file(String name, byte[] content, Consumer<TarArchiveEntry> more) {
    return add(name, TarConstants.LF_NORMAL, content, more);
  }

  public Tar link(String name, String target) {
    return add(
        name,
        TarConstants.LF_SYMLINK,
        new byte[0],
        entry -> {
          entry.setMode(0777);
          entry.setLinkName(target);
        });
  }

  public Tar hardLink(String name, String target) {
    return add(name, TarConstants.LF_LINK, new byte[0], entry -> entry.setLinkName(target));
  }

  public Tar device(String name, int major, int minor) {
    return add(
        name,
        TarConstants.LF_CHR,
        new byte[0],
        entry -> {
          entry.setMode(0666);
          entry.setDevMajor(major);
          entry.setDevMinor(minor);
        });
  }

  private Tar add(String name, byte type, byte[] content, Consumer<TarArchiveEntry> more) {
    try {
      var entry = new TarArchiveEntry(name, type, true);
      entry.setModTime(1_000_000_000_000L);
      entry.setIds(0, 0);
      entry.setSize(content.length);
      more.accept(entry);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nothing is added after this. */
  public byte[] bytes() {
    try {
      if (!finished) {
        tar.finish();
        finished = true;
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
