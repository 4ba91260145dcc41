package org.golempipeline.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.golempipeline.lock.MavenCoordinates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MavenJarsTest {
  private static final MavenCoordinates WANTED =
      MavenCoordinates.parse("org.acme:words:1.0").orElseThrow();

  @TempDir Path home;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private MavenJars jars;

  @BeforeEach
  void start() throws IOException {
    jars = new MavenJars(home);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var jar = "a jar".getBytes(StandardCharsets.UTF_8);
    server
        .createContext(
            "/private",
            exchange -> {
              try (exchange) {
                var path = exchange.getRequestURI().getPath();
                asked.add(path);
                var there = path.equals("/private/org/acme/words/1.0/words-1.0.jar");
                exchange.sendResponseHeaders(there ? 200 : 404, there ? jar.length : -1);
                if (there) {
                  exchange.getResponseBody().write(jar);
                }
              }
            })
        .setAuthenticator(
            new BasicAuthenticator("here") {
              @Override
              public boolean checkCredentials(String user, String password) {
                return user.equals("me") && password.equals("pass word");
              }
            });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aRepositoryOfTheSettingsIsAskedWithItsLoginAndOnlyForTheJar() throws IOException {
    settings("pass word");
    var jar = jars.get(WANTED);
    assertThat(jar)
        .hasContent("a jar")
        .isEqualTo(home.resolve(".m2/repository/org/acme/words/1.0/words-1.0.jar"));
    assertThat(asked).isNotEmpty().allMatch(path -> path.contains("/words-1.0.jar"));

    asked.clear();
    assertThat(jars.get(WANTED)).isEqualTo(jar);
    assertThat(asked).isEmpty();
  }

  @Test
  void whyAJarCannotBeHadIsSaid() throws IOException {
    settings("wrong");
    assertThatThrownBy(() -> jars.get(WANTED)).hasMessageContaining("401");
    settings("pass word");
    assertThatThrownBy(() -> jars.get(MavenCoordinates.parse("org.acme:words:2.0").orElseThrow()))
        .hasMessageStartingWith("Could not find artifact org.acme:words:jar:2.0 in own (http");
    Files.writeString(jars.settingsFile(), "<settings>");
    assertThatThrownBy(() -> jars.get(WANTED))
        .hasMessageStartingWith("`" + jars.settingsFile() + "` cannot be understood: ");
  }

  /** Only the profile's repository: what stands in for Maven Central is the same. */
  private void settings(String password) throws IOException {
    Files.createDirectories(home.resolve(".m2"));
    Files.writeString(
        jars.settingsFile(),
        """
        <settings>
          <servers>
            <server><id>own</id><username>me</username><password>%s</password></server>
          </servers>
          <mirrors>
            <mirror><id>own</id><mirrorOf>central</mirrorOf><url>%s</url></mirror>
          </mirrors>
          <profiles>
            <profile>
              <id>work</id>
              <repositories><repository><id>own</id><url>%s</url></repository></repositories>
            </profile>
          </profiles>
          <activeProfiles><activeProfile>work</activeProfile></activeProfiles>
        </settings>
        """
            .formatted(password, url(), url()));
  }

  private String url() {
    return "http://127.0.0.1:%d/private".formatted(server.getAddress().getPort());
  }
}
