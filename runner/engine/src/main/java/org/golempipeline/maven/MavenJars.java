package org.golempipeline.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.apache.maven.settings.Profile;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.building.DefaultSettingsBuilderFactory;
import org.apache.maven.settings.building.DefaultSettingsBuildingRequest;
import org.apache.maven.settings.building.SettingsBuildingException;
import org.apache.maven.settings.crypto.DefaultSettingsDecrypter;
import org.apache.maven.settings.crypto.DefaultSettingsDecryptionRequest;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.repository.LocalRepository;
import org.eclipse.aether.repository.Proxy;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.repository.RepositoryPolicy;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.supplier.RepositorySystemSupplier;
import org.eclipse.aether.util.repository.AuthenticationBuilder;
import org.eclipse.aether.util.repository.DefaultAuthenticationSelector;
import org.eclipse.aether.util.repository.DefaultMirrorSelector;
import org.eclipse.aether.util.repository.DefaultProxySelector;
import org.golempipeline.lock.MavenCoordinates;
import org.sonatype.plexus.components.cipher.DefaultPlexusCipher;
import org.sonatype.plexus.components.sec.dispatcher.DefaultSecDispatcher;

/**
 * Finds jars as the user's Maven does: in the local repository, else in those that {@code
 * ~/.m2/settings.xml} names and at Maven Central, with its mirrors, proxies and logins, unless it
 * says that there is no network. Gets the one jar and nothing that it may depend on.
 */
public final class MavenJars {
  private static final String CENTRAL = "https://repo.maven.apache.org/maven2";
  private static final String USUAL_LAYOUT = "default";

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
   * The jar; blocks while it is downloaded.
   *
   * @throws IOException with the reason why it cannot be had
   */
  public Path get(MavenCoordinates wanted) throws IOException {
    var settings = settings();
    var repository =
        settings.getLocalRepository() == null
            ? own.resolve("repository")
            : Path.of(settings.getLocalRepository());
    var here =
        repository
            .resolve(wanted.group().replace('.', '/'))
            .resolve(wanted.artifact())
            .resolve(wanted.version())
            .resolve(wanted.artifact() + "-" + wanted.version() + ".jar");
    return Files.isRegularFile(here) ? here : download(wanted, settings, repository);
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
          "`%s` cannot be understood: %s".formatted(settingsFile(), firstLine(e)), e);
    }
  }

  private Path download(MavenCoordinates wanted, Settings settings, Path repository)
      throws IOException {
    var system = new RepositorySystemSupplier().get();
    try {
      var session = MavenRepositorySystemUtils.newSession();
      session.setLocalRepositoryManager(
          system.newLocalRepositoryManager(session, new LocalRepository(repository.toFile())));
      session.setOffline(settings.isOffline());
      tell(session, settings);
      var repositories = system.newResolutionRepositories(session, repositories(settings));
      var artifact =
          new DefaultArtifact(wanted.group(), wanted.artifact(), "jar", wanted.version());
      return system
          .resolveArtifact(session, new ArtifactRequest(artifact, repositories, null))
          .getArtifact()
          .getFile()
          .toPath();
    } catch (ArtifactResolutionException e) {
      var reasons = e.getResult().getExceptions();
      throw new IOException(firstLine(reasons.isEmpty() ? e : reasons.get(reasons.size() - 1)), e);
    } finally {
      system.shutdown();
    }
  }

  /** Mirrors, and what stands between. */
  private void tell(DefaultRepositorySystemSession session, Settings settings) {
    var mirrors = new DefaultMirrorSelector();
    for (var each : settings.getMirrors()) {
      mirrors.add(
          each.getId(),
          each.getUrl(),
          each.getLayout(),
          false,
          each.isBlocked(),
          each.getMirrorOf(),
          each.getMirrorOfLayouts());
    }
    session.setMirrorSelector(mirrors);
    var readable =
        new DefaultSettingsDecrypter(
                new DefaultSecDispatcher(
                    new DefaultPlexusCipher(),
                    Map.of(),
                    own.resolve("settings-security.xml").toString()))
            .decrypt(new DefaultSettingsDecryptionRequest(settings));
    var logins = new DefaultAuthenticationSelector();
    for (var each : readable.getServers()) {
      logins.add(
          each.getId(),
          new AuthenticationBuilder()
              .addUsername(each.getUsername())
              .addPassword(each.getPassword())
              .addPrivateKey(each.getPrivateKey(), each.getPassphrase())
              .build());
    }
    session.setAuthenticationSelector(logins);
    var proxies = new DefaultProxySelector();
    for (var each : readable.getProxies()) {
      if (each.isActive()) {
        var login =
            new AuthenticationBuilder()
                .addUsername(each.getUsername())
                .addPassword(each.getPassword())
                .build();
        proxies.add(
            new Proxy(each.getProtocol(), each.getHost(), each.getPort(), login),
            each.getNonProxyHosts());
      }
    }
    session.setProxySelector(proxies);
  }

  private static List<RemoteRepository> repositories(Settings settings) {
    // As Maven itself does; what counts is the digest that is pinned.
    var releases =
        new RepositoryPolicy(
            true, RepositoryPolicy.UPDATE_POLICY_ALWAYS, RepositoryPolicy.CHECKSUM_POLICY_WARN);
    var found = new ArrayList<RemoteRepository>();
    for (var profile : settings.getProfiles()) {
      if (isActive(profile, settings)) {
        for (var each : profile.getRepositories()) {
          found.add(
              new RemoteRepository.Builder(each.getId(), each.getLayout(), each.getUrl())
                  .setReleasePolicy(releases)
                  .build());
        }
      }
    }
    if (found.stream().noneMatch(each -> each.getId().equals("central"))) {
      found.add(
          new RemoteRepository.Builder("central", USUAL_LAYOUT, CENTRAL)
              .setReleasePolicy(releases)
              .build());
    }
    return found;
  }

  private static boolean isActive(Profile profile, Settings settings) {
    return settings.getActiveProfiles().contains(profile.getId())
        || profile.getActivation() != null && profile.getActivation().isActiveByDefault();
  }

  private static String firstLine(Exception e) {
    var said = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason is given");
    return said.strip().replaceFirst("\\.$", "");
  }
}
