package org.golempipeline.oci;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.oci.FileTree.Node;
import org.jspecify.annotations.Nullable;

/**
 * Makes one tar of the layers of an image. Each layer is read twice, as a stream: first the names,
 * which say what is left in the end, then the contents of that. Nothing is written to a disk, and
 * the same layers make the same tar.
 */
final class Flattener {
  /** What a file system must have for programs to be run in it: something is mounted there. */
  private static final List<String> MOUNTED = List.of("dev", "etc", "proc", "sys", "tmp");

  private static final int MOST_ENTRIES = 4_000_000;
  private static final long LATEST = 0xffff_ffffL;
  private static final long LARGEST_ID = 0xffff_fffeL;
  private static final long ROOM_FOR_HEADERS = 1L << 30;
  private static final String XATTR = "SCHILY.xattr.";

  private final ContainerImage image;
  private final long largest;
  private final FileTree tree = new FileTree();
  private final List<String> hiding = new ArrayList<>();
  private final long[] sizes;
  private long read;
  private long announced;
  private long latest;
  private int entries;

  /**
   * For one image.
   *
   * @param largest how many bytes the layers may have when they are decompressed
   */
  Flattener(ContainerImage image, long largest) {
    this.image = image;
    this.largest = largest;
    this.sizes = new long[image.layers().size()];
  }

  /** Reads all names. */
  void survey() throws IOException, ImageException, InterruptedException {
    var top = image.layers().size();
    eachEntry(
        (entry, layer, number, content) -> {
          var size = entry.isFile() ? entry.getRealSize() : 0;
          sizes[layer] += size;
          announced += size;
          if (announced > largest) {
            throw tooLarge(largest);
          }
          if (++entries > MOST_ENTRIES) {
            throw new ImageException(
                "The image has more than %d files.".formatted(MOST_ENTRIES),
                "Make an image of fewer files: pack those that are used together.");
          }
          latest = Math.max(latest, seconds(entry));
          tree.apply(entry, layer, number);
        });
    for (var folder : MOUNTED) {
      tree.require(folder, top);
    }
    for (var volume : image.configuration().volumes()) {
      if (!ImageConfiguration.isVolume(volume)) {
        throw new ImageException(
            "The image has `VOLUME %s`, and no folder can be put there.".formatted(volume),
            "Name an absolute path outside of `/dev`, `/proc` and `/sys` in the Dockerfile:"
                + " `VOLUME /golem/work`.");
      }
      if (!tree.require(volume, top)) {
        hiding.add(volume);
      }
    }
    if (image.configuration().workingDir().isPresent()) {
      tree.require(image.configuration().workingDir().get(), top);
    }
  }

  /** Volumes in which the image has something, which is hidden by them. */
  List<String> hiding() {
    return hiding;
  }

  /** Bytes of the files in a layer. */
  long size(int layer) {
    return sizes[layer];
  }

  /** When the youngest file was changed, in seconds since 1970. */
  long latest() {
    return latest;
  }

  /** Writes the tar; {@link #survey} comes before. */
  void write(OutputStream target) throws IOException, ImageException, InterruptedException {
    var out = new TarArchiveOutputStream(target, StandardCharsets.UTF_8.name());
    out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    var files = writeWhatHasNoContent(out);
    eachEntry(
        (entry, layer, number, content) -> {
          var node = files.get(new Place(layer, number));
          if (node != null) {
            var copy = copy(entry, node.names.get(0), TarConstants.LF_NORMAL);
            copy.setSize(entry.getRealSize());
            out.putArchiveEntry(copy);
            content.transferTo(out);
            out.closeArchiveEntry();
          }
        });
    for (var node : files.values()) {
      for (var name : node.names.subList(1, node.names.size())) {
        var link = new TarArchiveEntry(name, TarConstants.LF_LINK, true);
        link.setModTime(0);
        link.setLinkName(node.names.get(0));
        put(out, link);
      }
    }
    out.finish();
  }

  /** An entry of a layer. */
  private record Place(int layer, int number) {}

  private interface EntryReader {
    void read(TarArchiveEntry entry, int layer, int number, InputStream content)
        throws IOException, ImageException;
  }

  private void eachEntry(EntryReader reader)
      throws IOException, ImageException, InterruptedException {
    read = 0;
    for (var layer = 0; layer < image.layers().size(); layer++) {
      try (var tar = open(image.layers().get(layer))) {
        var number = 0;
        for (var entry = next(tar); entry != null; entry = next(tar)) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          if (!tar.isUtf8(entry)) {
            throw new ImageException(
                "A layer of the image has an entry `%s`, whose name or target is not in UTF-8."
                    .formatted(entry.getName()),
                "Rename it, or remove it in the step that makes it.");
          }
          reader.read(entry, layer, number++, tar);
        }
      } catch (UnreadableException e) {
        var cause = e.getCause();
        throw cause == null ? tooLarge(largest) : unreadable(cause);
      }
    }
  }

  private LayerTar open(Layer layer) throws UnreadableException {
    try {
      return new LayerTar(new Counted(layer.open()));
    } catch (IOException | RuntimeException e) {
      throw new UnreadableException(e);
    }
  }

  private static @Nullable TarArchiveEntry next(LayerTar tar) throws UnreadableException {
    try {
      return tar.next();
    } catch (UnreadableException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new UnreadableException(e);
    }
  }

  private static ImageException unreadable(Throwable e) {
    return new ImageException(
        "A layer of the image cannot be read: %s.".formatted(Archives.reason(e)),
        "Check that the source is whole: get it or save it once more. A layer is a tar, plain or"
            + " compressed by gzip or zstd.",
        e);
  }

  static ImageException tooLarge(long largest) {
    return new ImageException(
        "The image has more than %d MiB unpacked, which is the limit.".formatted(largest >> 20),
        "If that is meant, raise the limit with `--largest`; else look what is in the image.");
  }

  /** All but files; answers where those are. */
  private Map<Place, Node> writeWhatHasNoContent(TarArchiveOutputStream out) throws IOException {
    var files = new LinkedHashMap<Place, Node>();
    var others = new ArrayList<TarArchiveEntry>();
    tree.walk(
        (name, node) -> {
          node.names.add(name);
          if (node.isFile()) {
            files.put(new Place(node.layer, node.number), node);
          } else if (node.entry == null) {
            others.add(implied(name));
          } else if (node.inside != null) {
            others.add(copy(node.entry, name + "/", TarConstants.LF_DIR));
          } else {
            var copy = copy(node.entry, name, node.entry.getLinkFlag());
            copy.setLinkName(node.entry.getLinkName());
            copy.setDevMajor(node.entry.getDevMajor());
            copy.setDevMinor(node.entry.getDevMinor());
            others.add(copy);
          }
        });
    for (var entry : others) {
      put(out, entry);
    }
    return files;
  }

  private static void put(TarArchiveOutputStream out, TarArchiveEntry entry) throws IOException {
    out.putArchiveEntry(entry);
    out.closeArchiveEntry();
  }

  private static TarArchiveEntry implied(String name) {
    var folder = new TarArchiveEntry(name + "/", TarConstants.LF_DIR, true);
    folder.setMode(name.equals("tmp") ? 01777 : 0755);
    folder.setIds(0, 0);
    folder.setModTime(0);
    return folder;
  }

  /** As a file system has it: between 1970 and 2106. */
  private static long seconds(TarArchiveEntry entry) {
    return Math.min(LATEST, Math.max(0, entry.getLastModifiedTime().to(TimeUnit.SECONDS)));
  }

  /** Of what a layer says, all that a file system keeps. */
  private static TarArchiveEntry copy(TarArchiveEntry entry, String name, byte type) {
    var copy = new TarArchiveEntry(name, type, true);
    copy.setMode(entry.getMode() & 07777);
    copy.setUserId(Math.min(LARGEST_ID, Math.max(0, entry.getLongUserId())));
    copy.setGroupId(Math.min(LARGEST_ID, Math.max(0, entry.getLongGroupId())));
    copy.setLastModifiedTime(FileTime.from(seconds(entry), TimeUnit.SECONDS));
    for (var extra : new TreeMap<>(entry.getExtraPaxHeaders()).entrySet()) {
      if (extra.getKey().startsWith(XATTR) && extra.getValue().indexOf('\ufffd') < 0) {
        copy.addPaxHeader(extra.getKey(), extra.getValue());
      }
    }
    return copy;
  }

  /** It is the layer that is to blame, not who reads it. */
  private static final class UnreadableException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The layers have become larger than they may. */
    UnreadableException() {}

    UnreadableException(Exception cause) {
      super(cause);
    }
  }

  /** Counts what the layers have, and ends the reading when that is too much. */
  private final class Counted extends FilterInputStream {
    Counted(InputStream layer) {
      super(layer);
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return (int) count(in.read(bytes, offset, length));
      } catch (UnreadableException e) {
        throw e;
      } catch (IOException e) {
        throw new UnreadableException(e);
      }
    }

    /** What is skipped has to be decompressed too. */
    @Override
    public long skip(long count) throws IOException {
      return Math.max(0, read(new byte[(int) Math.min(count, 1 << 16)]));
    }

    private long count(long count) throws UnreadableException {
      read += Math.max(0, count);
      if (read > largest + ROOM_FOR_HEADERS) {
        throw new UnreadableException();
      }
      return count;
    }
  }
}
