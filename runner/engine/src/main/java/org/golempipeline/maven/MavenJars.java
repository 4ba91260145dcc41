package org.golempipeline.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.building.DefaultSettingsBuilderFactory;
import org.apache.maven.settings.building.DefaultSettingsBuildingRequest;
import org.apache.maven.settings.building.SettingsBuildingException;
import org.golempipeline.lock.MavenCoordinates;

/**
 * Finds jars as the user's Maven does: in the local repository, else in those that {@code
 * ~/.m2/settings.xml} names and at Maven Central, with its mirrors, proxies and logins, unless it
 * says that there is no network.
 */
public final class MavenJars {
  private final Path own;

  /**
   * @param home of the user
   */
  public MavenJars(Path home) {
    this.own = home.resolve(".m2");
  }

  /** What Maven is told by. */
  public Path settingsFile() {
    return own.resolve("settings.xml");
  }

  /**
   * The jars, in that order; blocks while those that are not on this machine are downloaded.
   *
   * @throws IOException with the reason why one cannot be had
   */
  public List<Path> get(List<MavenCoordinates> wanted) throws IOException {
    var settings = settings();
    var repository = localRepository(settings);
    var jars = wanted.stream().map(each -> repository.resolve(place(each))).toList();
    var absent = new ArrayList<MavenCoordinates>();
    for (var i = 0; i < jars.size(); i++) {
      if (!Files.isRegularFile(jars.get(i))) {
        absent.add(wanted.get(i));
      }
    }
    if (!absent.isEmpty()) {
      try (var maven = Resolution.open(settings, repository, own)) {
        maven.download(absent);
      }
    }
    return jars;
  }

  /**
   * What a jar needs beside itself when it runs, in the order of the class path, by its POM and
   * those that this names; the plugin interface, which is there, is left out. Blocks while POMs are
   * downloaded, from where the settings say alone.
   *
   * @throws IOException with the reason why that cannot be known
   */
  public List<MavenCoordinates> libraries(MavenCoordinates of) throws IOException {
    var settings = settings();
    try (var maven = Resolution.open(settings, localRepository(settings), own)) {
      return maven.libraries(of);
    }
  }

  private Path localRepository(Settings settings) {
    return settings.getLocalRepository() == null
        ? own.resolve("repository")
        : Path.of(settings.getLocalRepository());
  }

  private static String place(MavenCoordinates jar) {
    var classifier = jar.classifier().isEmpty() ? "" : "-" + jar.classifier();
    return "%s/%s/%s/%s-%s%s.jar"
        .formatted(
            jar.group().replace('.', '/'),
            jar.artifact(),
            jar.version(),
            jar.artifact(),
            jar.version(),
            classifier);
  }

  private Settings settings() throws IOException {
    var request = new DefaultSettingsBuildingRequest();
    request.setUserSettingsFile(settingsFile().toFile());
    request.setSystemProperties(System.getProperties());
    try {
      return new DefaultSettingsBuilderFactory()
          .newInstance()
          .build(request)
          .getEffectiveSettings();
    } catch (SettingsBuildingException e) {
      throw new IOException(
          "`%s` cannot be understood: %s".formatted(settingsFile(), Resolution.reason(e)), e);
    }
  }
}
