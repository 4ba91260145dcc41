package org.golempipeline.plugins;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
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
    var left = JarBytes.LARGEST_UNPACKED;
    try (var zip = new ZipInputStream(new ByteArrayInputStream(jar.bytes()))) {
      for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
        if (entry.isDirectory()) {
          continue;
        }
        var content = zip.readNBytes((int) left + 1);
        left -= content.length;
        if (left < 0) {
          throw JarBytes.tooLarge(jar.name());
        }
        entries.put(entry.getName(), content);
      }
    }
    return entries;
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
