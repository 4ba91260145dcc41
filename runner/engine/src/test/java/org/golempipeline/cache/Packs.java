package org.golempipeline.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.golempipeline.cache.ResultCache.Found;
import org.golempipeline.cache.ResultCache.Kept;
import org.golempipeline.cache.ResultCache.Range;

/** Archives that came back, as far as a cache cares. */
final class Packs {
  private Packs() {}

  /** The key of the fragment called {@code name}. */
  static Digest key(String name) {
    return new Fields().text("fragment", name).end();
  }

  /** What that fragment left. */
  static String output(String name) {
    return "output of " + name + "\n";
  }

  /** Writes a pack with the outputs of {@code names} and keeps all of them. */
  static ResultCache.Pack keep(ResultCache cache, String... names) throws IOException {
    var pack = cache.newPack();
    var content = new StringBuilder("some header");
    var results = new ArrayList<Kept>();
    for (var name : names) {
      results.add(
          new Kept(
              key(name),
              "provider-" + name,
              List.of(new Range("", content.length(), output(name).length()))));
      content.append(output(name));
    }
    Files.writeString(pack, content);
    return cache.keep(pack, results);
  }

  /** The bytes of the only file of {@code found}. */
  static String content(Found found) throws IOException {
    var part = found.parts().get(0);
    var bytes = Files.readAllBytes(found.pack());
    var from = (int) part.offset();
    return new String(
        Arrays.copyOfRange(bytes, from, from + (int) part.size()), StandardCharsets.UTF_8);
  }

  /** Replaces one byte. */
  static void damage(Path file, int at) throws IOException {
    var bytes = Files.readAllBytes(file);
    bytes[at < 0 ? bytes.length + at : at] ^= 1;
    var modified = Files.getLastModifiedTime(file);
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, modified);
  }
}
