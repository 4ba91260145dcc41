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

  private final String sha256;
  private final Attributes manifest;
  private final Map<String, byte[]> entries;

  private JarContent(String sha256, Attributes manifest, Map<String, byte[]> entries) {
    this.sha256 = sha256;
    this.manifest = manifest;
    this.entries = entries;
  }

  /** Unpacks a file that was read. */
  static JarContent of(JarBytes jar) throws PluginException {
    var name = jar.name();
    try {
      var entries = unpacked(jar);
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
      return new JarContent(jar.sha256(), attributes, entries);
    } catch (IOException | IllegalArgumentException e) {
      throw JarBytes.broken(
          "`%s` is not a jar, or is damaged: %s.".formatted(name, Trouble.reason(e)));
    }
  }

  /** The digest of the whole file. */
  String sha256() {
    return sha256;
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

  private static Map<String, byte[]> unpacked(JarBytes jar) throws IOException, PluginException {
    var entries = new HashMap<String, byte[]>();
    var sizes = sizes(jar).iterator();
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
  private static List<Integer> sizes(JarBytes jar) throws IOException, PluginException {
    var sizes = new ArrayList<Integer>();
    var left = JarBytes.LARGEST_UNPACKED;
    var buffer = new byte[BUFFER];
    try (var zip = new ZipInputStream(new ByteArrayInputStream(jar.bytes()))) {
      while (zip.getNextEntry() != null) {
        var size = 0;
        for (int count; (count = zip.read(buffer)) > 0; size += count) {
          left -= count;
          if (left < 0) {
            throw JarBytes.tooLarge(jar.name());
          }
        }
        sizes.add(size);
        if (sizes.size() > JarBytes.MOST_ENTRIES) {
          throw JarBytes.tooLarge(jar.name());
        }
      }
    }
    return sizes;
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
