package org.golempipeline.plugins;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.golempipeline.diagnostic.Trouble;
import org.jspecify.annotations.Nullable;

/**
 * What a jar holds. In a jar for several Java releases an entry is the one for the release that
 * runs.
 */
final class JarContent {
  private static final int BUFFER = 64 << 10;
  private static final Pattern VERSIONED = Pattern.compile("META-INF/versions/([0-9]{1,4})/(.+)");

  private final Attributes manifest;
  private final Map<String, byte[]> entries;

  private JarContent(Attributes manifest, Map<String, byte[]> entries) {
    this.manifest = manifest;
    this.entries = entries;
  }

  /** Unpacks files that were read, which may not take too much memory together. */
  static List<JarContent> of(List<JarBytes> jars) throws PluginException {
    var room = new Room();
    var contents = new ArrayList<JarContent>();
    for (var jar : jars) {
      contents.add(of(jar, room));
    }
    return contents;
  }

  private static JarContent of(JarBytes jar, Room room) throws PluginException {
    var name = jar.name();
    try {
      var entries = unpacked(jar, room);
      if (entries.isEmpty()) {
        throw JarBytes.broken("`%s` is not a jar.".formatted(name));
      }
      var manifest = new Manifest();
      var text = entries.get("META-INF/MANIFEST.MF");
      if (text != null) {
        manifest.read(new ByteArrayInputStream(text));
      }
      var attributes = manifest.getMainAttributes();
      if (Boolean.parseBoolean(attributes.getValue(Attributes.Name.MULTI_RELEASE))) {
        entries.putAll(forThisRelease(entries));
      }
      return new JarContent(attributes, entries);
    } catch (IOException | IllegalArgumentException e) {
      throw JarBytes.broken(
          "`%s` is not a jar, or is damaged: %s.".formatted(name, Trouble.reason(e)));
    }
  }

  /** A main attribute of the manifest. */
  @Nullable String attribute(String name) {
    var value = manifest.getValue(name);
    return value == null || value.isBlank() ? null : value.strip();
  }

  /** The content of an entry, not to be changed; null if there is none. */
  byte @Nullable [] entry(String name) {
    return entries.get(name);
  }

  private static Map<String, byte[]> unpacked(JarBytes jar, Room room)
      throws IOException, PluginException {
    var entries = new HashMap<String, byte[]>();
    var sizes = sizes(jar, room).iterator();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(jar.bytes()))) {
      for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
        var content = zip.readNBytes(sizes.next());
        if (!entry.isDirectory()) {
          entries.put(entry.getName(), content);
        }
      }
    }
    return entries;
  }

  /**
   * What each entry unpacks to, in bytes: found out before any of it is kept, since a few kilobytes
   * can stand for more than there is memory, and what the jar says of them need not be true.
   */
  private static List<Integer> sizes(JarBytes jar, Room room) throws IOException, PluginException {
    var sizes = new ArrayList<Integer>();
    var buffer = new byte[BUFFER];
    try (var zip = new ZipInputStream(new ByteArrayInputStream(jar.bytes()))) {
      while (zip.getNextEntry() != null) {
        var size = 0;
        for (int count; (count = zip.read(buffer)) > 0; size += count) {
          room.bytes -= count;
          if (room.bytes < 0) {
            throw JarBytes.tooLarge(jar.name());
          }
        }
        sizes.add(size);
        room.entries--;
        if (room.entries < 0) {
          throw JarBytes.tooLarge(jar.name());
        }
      }
    }
    return sizes;
  }

  /** What is left of the memory for one plugin. */
  private static final class Room {
    private long bytes = JarBytes.LARGEST_UNPACKED;
    private int entries = JarBytes.MOST_ENTRIES;
  }

  private static Map<String, byte[]> forThisRelease(Map<String, byte[]> entries) {
    var chosen = new HashMap<String, byte[]>();
    var releases = new HashMap<String, Integer>();
    entries.forEach(
        (name, content) -> {
          var versioned = VERSIONED.matcher(name);
          if (versioned.matches()) {
            var release = Integer.parseInt(versioned.group(1));
            var plain = versioned.group(2);
            if (release <= Runtime.version().feature()
                && release > releases.getOrDefault(plain, 0)) {
              releases.put(plain, release);
              chosen.put(plain, content);
            }
          }
        });
    return chosen;
  }
}
