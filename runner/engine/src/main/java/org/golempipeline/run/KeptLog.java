package org.golempipeline.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.golempipeline.batch.ReturnedFragment.Extent;
import org.golempipeline.spec.Secrets;

/**
 * What a fragment's command wrote, in the form in which it may stay on this machine: not for ever
 * long, and without secrets, of which half may be left where the driver cut the text.
 */
final class KeptLog {
  /** More than an honest driver sends. */
  private static final int LONGEST = 1 << 20;

  private static final Pattern CUT =
      Pattern.compile("\n\\[golem-pipeline: [0-9]+ bytes left out]\n");

  private final byte[] text;

  private KeptLog(byte[] text) {
    this.text = text;
  }

  static KeptLog read(Path pack, Extent log, Secrets secrets) throws IOException {
    var bytes = ByteBuffer.allocate((int) Math.min(log.size(), LONGEST));
    try (var reader = new ArchiveReader()) {
      reader.read(pack, log.offset(), bytes);
    }
    var text = new String(bytes.array(), StandardCharsets.ISO_8859_1);
    var kept = new ByteArrayOutputStream();
    var start = 0;
    for (var cut = CUT.matcher(text); cut.find(); start = cut.end()) {
      kept.writeBytes(part(text, start, cut.start(), secrets));
      kept.writeBytes(cut.group().getBytes(StandardCharsets.ISO_8859_1));
    }
    // A command that was killed may have been about to write more.
    kept.writeBytes(part(text, start, text.length(), secrets));
    if (log.size() > LONGEST) {
      kept.writeBytes(
          "\n[golem-pipeline: %d bytes left out]\n"
              .formatted(log.size() - LONGEST)
              .getBytes(StandardCharsets.ISO_8859_1));
    }
    return new KeptLog(kept.toByteArray());
  }

  private static byte[] part(String text, int start, int end, Secrets secrets) {
    return secrets.hide(
        text.substring(start, end).getBytes(StandardCharsets.ISO_8859_1), start > 0, true);
  }

  void write(Path file) throws IOException {
    Files.write(file, text);
  }
}
