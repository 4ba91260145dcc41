package org.golempipeline.oci;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.archivers.zip.ZipEncoding;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;
import org.jspecify.annotations.Nullable;

/**
 * The tar of a layer, which tells names that are not in UTF-8. They are read with question marks in
 * them, as several others are, so it is their bytes that are looked at.
 */
final class LayerTar extends TarArchiveInputStream {
  private static final ZipEncoding UTF_8 = ZipEncodingHelper.getZipEncoding("UTF-8");
  private static final ZipEncoding BYTES = ZipEncodingHelper.getZipEncoding("ISO-8859-1");

  private byte[] header = new byte[0];
  private boolean longNameIsBroken;

  LayerTar(InputStream layer) {
    super(layer, StandardCharsets.UTF_8.name());
  }

  /** The next entry, null at the end. */
  @Nullable TarArchiveEntry next() throws IOException {
    longNameIsBroken = false;
    return getNextEntry();
  }

  /** Whether the names of the entry that was read last are what is in the layer. */
  boolean isUtf8(TarArchiveEntry entry) throws IOException {
    String name = entry.getName();
    String target = entry.getLinkName();
    if (longNameIsBroken) {
      return false;
    }
    if (!isDoubtful(name) && !isDoubtful(target)) {
      return true;
    }
    var read = new TarArchiveEntry(header, UTF_8);
    var bytes = new TarArchiveEntry(header, BYTES);
    return isClear(name, read.getName(), bytes.getName())
        && isClear(target, read.getLinkName(), bytes.getLinkName());
  }

  /** What other bytes are read as, in a header and in a record of POSIX. */
  private static boolean isDoubtful(String name) {
    return name.indexOf('?') >= 0 || name.indexOf('\ufffd') >= 0;
  }

  /**
   * The header tells only of a name that was read from it: in front of a longer one, which was cut
   * for the header, that may end within a character.
   */
  private static boolean isClear(String name, String read, String bytes) {
    return name.equals(read)
        ? isUtf8(bytes.getBytes(StandardCharsets.ISO_8859_1))
        : name.indexOf('\ufffd') < 0;
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Override
  protected byte @Nullable [] readRecord() throws IOException {
    byte[] record = super.readRecord();
    if (record != null && TarUtils.verifyCheckSum(record)) {
      header = record.clone();
    }
    return record;
  }

  @Override
  protected byte @Nullable [] getLongNameData() throws IOException {
    byte[] name = super.getLongNameData();
    longNameIsBroken |= name != null && !isUtf8(name);
    return name;
  }
}
