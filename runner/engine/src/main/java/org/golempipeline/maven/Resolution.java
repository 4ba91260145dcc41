package org.golempipeline.maven;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.apache.maven.settings.Profile;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.building.SettingsProblem;
import org.apache.maven.settings.crypto.DefaultSettingsDecrypter;
import org.apache.maven.settings.crypto.DefaultSettingsDecryptionRequest;
import org.apache.maven.settings.crypto.SettingsDecryptionResult;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.graph.Exclusion;
import org.eclipse.aether.repository.LocalRepository;
import org.eclipse.aether.repository.Proxy;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.repository.RepositoryPolicy;
import org.eclipse.aether.resolution.ArtifactDescriptorException;
import org.eclipse.aether.resolution.ArtifactDescriptorRequest;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.supplier.RepositorySystemSupplier;
import org.eclipse.aether.util.artifact.JavaScopes;
import org.eclipse.aether.util.graph.selector.AndDependencySelector;
import org.eclipse.aether.util.graph.selector.ExclusionDependencySelector;
import org.eclipse.aether.util.graph.visitor.PreorderNodeListGenerator;
import org.eclipse.aether.util.repository.AuthenticationBuilder;
import org.eclipse.aether.util.repository.DefaultAuthenticationSelector;
import org.eclipse.aether.util.repository.DefaultMirrorSelector;
import org.eclipse.aether.util.repository.DefaultProxySelector;
import org.eclipse.aether.util.repository.SimpleArtifactDescriptorPolicy;
import org.golempipeline.lock.MavenCoordinates;
import org.jspecify.annotations.Nullable;
import org.sonatype.plexus.components.cipher.DefaultPlexusCipher;
import org.sonatype.plexus.components.sec.dispatcher.DefaultSecDispatcher;

/** Maven's resolver, told what the user's settings say. */
final class Resolution implements AutoCloseable {
  private static final String CENTRAL = "https://repo.maven.apache.org/maven2";
  private static final String USUAL_LAYOUT = "default";
  private static final String JAR = "jar";
  private static final Set<String> AT_RUN_TIME = Set.of(JavaScopes.COMPILE, JavaScopes.RUNTIME);

  /** The plugin interface, with what it is made of. */
  private static final Exclusion PROVIDED =
      new Exclusion("org.golempipeline", "golem-pipeline-plugin-api", "*", "*");

  private final RepositorySystem system;
  private final DefaultRepositorySystemSession session;
  private final List<RemoteRepository> repositories;

  /** Passwords that could not be read; they matter only if a repository wants them. */
  private final List<SettingsProblem> unreadable;

  private Resolution(
      RepositorySystem system,
      DefaultRepositorySystemSession session,
      Settings settings,
      SettingsDecryptionResult logins) {
    this.system = system;
    this.session = session;
    this.repositories = system.newResolutionRepositories(session, repositories(settings));
    this.unreadable = List.copyOf(logins.getProblems());
  }

  /**
   * @param own the user's folder for Maven
   */
  static Resolution open(Settings settings, Path repository, Path own) {
    var system = new RepositorySystemSupplier().get();
    var session = MavenRepositorySystemUtils.newSession();
    session.setLocalRepositoryManager(
        system.newLocalRepositoryManager(session, new LocalRepository(repository.toFile())));
    session.setOffline(settings.isOffline());
    // A POM that nobody has says that there is nothing; one that could not be asked for does not.
    session.setArtifactDescriptorPolicy(
        new SimpleArtifactDescriptorPolicy(!settings.isOffline(), false));
    // Who is asked is said by the user alone, and so is the same whenever a pinned jar is got.
    session.setIgnoreArtifactDescriptorRepositories(true);
    session.setDependencySelector(
        new AndDependencySelector(
            session.getDependencySelector(), new ExclusionDependencySelector(Set.of(PROVIDED))));
    var logins =
        new DefaultSettingsDecrypter(
                new DefaultSecDispatcher(
                    new DefaultPlexusCipher(),
                    Map.of(),
                    own.resolve("settings-security.xml").toString()))
            .decrypt(new DefaultSettingsDecryptionRequest(settings));
    tell(session, settings, logins);
    return new Resolution(system, session, settings, logins);
  }

  /** Puts jars into the local repository. */
  void download(List<MavenCoordinates> jars) throws IOException {
    var requests =
        jars.stream().map(each -> new ArtifactRequest(artifact(each), repositories, null)).toList();
    try {
      system.resolveArtifacts(session, requests);
    } catch (ArtifactResolutionException e) {
      throw failed(e);
    }
  }

  /** What a jar needs beside itself when it runs. */
  List<MavenCoordinates> libraries(MavenCoordinates of) throws IOException {
    var libraries = new ArrayList<MavenCoordinates>();
    for (var needed : needed(artifact(of))) {
      libraries.add(coordinates(needed));
    }
    return libraries;
  }

  /** Its POM counts as it does where the jar is built: what it manages, it manages all the way. */
  private List<Artifact> needed(Artifact jar) throws IOException {
    try {
      var descriptor =
          system.readArtifactDescriptor(
              session, new ArtifactDescriptorRequest(jar, repositories, null));
      var direct =
          descriptor.getDependencies().stream().filter(Resolution::isNeededAtRunTime).toList();
      var request =
          new CollectRequest()
              .setRootArtifact(jar)
              .setDependencies(direct)
              .setManagedDependencies(descriptor.getManagedDependencies())
              .setRepositories(repositories);
      var nodes = new PreorderNodeListGenerator();
      system.collectDependencies(session, request).getRoot().accept(nodes);
      return nodes.getDependencies(true).stream()
          .filter(Resolution::isNeededAtRunTime)
          .map(Dependency::getArtifact)
          .filter(each -> each.getExtension().equals(JAR))
          .toList();
    } catch (RepositoryException e) {
      throw failed(e);
    }
  }

  private static boolean isNeededAtRunTime(Dependency dependency) {
    return AT_RUN_TIME.contains(dependency.getScope()) && !dependency.isOptional();
  }

  private static Artifact artifact(MavenCoordinates jar) {
    return new DefaultArtifact(jar.group(), jar.artifact(), jar.classifier(), JAR, jar.version());
  }

  private static MavenCoordinates coordinates(Artifact jar) throws IOException {
    var text =
        new MavenCoordinates(
                jar.getGroupId(), jar.getArtifactId(), jar.getClassifier(), jar.getVersion())
            .toString();
    return MavenCoordinates.parse(text)
        .orElseThrow(() -> new IOException("it needs `%s`, which may change".formatted(text)));
  }

  private IOException failed(RepositoryException e) {
    var reason = reason(e);
    return new IOException(
        unreadable.isEmpty() ? reason : reason + "; " + oneLine(unreadable.get(0).getMessage()), e);
  }

  /** The innermost that says something, since those around it only repeat what was wanted. */
  static String reason(Throwable e) {
    if (e instanceof ArtifactResolutionException several) {
      for (var each : several.getResults()) {
        var reasons = each.getExceptions();
        if (!each.isResolved() && !reasons.isEmpty()) {
          return oneLine(reasons.get(reasons.size() - 1).getMessage());
        }
      }
    }
    if (e instanceof RepositoryException && e.getCause() instanceof RepositoryException inner) {
      return reason(inner);
    }
    var said = oneLine(e.getMessage());
    // Of a POM that makes no sense the last line tells why.
    return e instanceof ArtifactDescriptorException && e.getCause() != null
        ? said
            + ": "
            + String.valueOf(e.getCause().getMessage()).strip().replaceFirst("(?s).*\\R", "")
        : said;
  }

  /** Mirrors, and what stands between. */
  private static void tell(
      DefaultRepositorySystemSession session,
      Settings settings,
      SettingsDecryptionResult readable) {
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

  private static String oneLine(@Nullable String said) {
    var line = String.valueOf(said).lines().findFirst().orElse("no reason is given");
    return line.strip().replaceFirst("\\.$", "");
  }

  @Override
  public void close() {
    system.shutdown();
  }
}
