package org.golempipeline.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.golempipeline.lock.MavenCoordinates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sonatype.plexus.components.cipher.DefaultPlexusCipher;

/** Against a server that is a repository with a login, and a proxy with another one. */
@Timeout(240)
class MavenJarsTest {
  private static final MavenCoordinates WANTED = coordinates("org.acme:words:1.0");

  @TempDir Path home;
  private final Map<String, String> files = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private MavenJars jars;

  @BeforeEach
  void start() throws IOException {
    jars = new MavenJars(home);
    files.put("/private/org/acme/words/1.0/words-1.0.jar", "a jar");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** What has a host in its first line was sent to a proxy. */
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var address = exchange.getRequestURI();
      asked.add(address.toString());
      if (address.getHost() != null && !says(exchange, "Proxy-Authorization", "proxy:gate")) {
        exchange.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"gate\"");
        exchange.sendResponseHeaders(407, -1);
      } else if (!says(exchange, "Authorization", "me:pass word")) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"here\"");
        exchange.sendResponseHeaders(401, -1);
      } else {
        var file = files.get(address.getPath());
        var bytes = file == null ? new byte[0] : file.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(file == null ? 404 : 200, file == null ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  private static boolean says(HttpExchange exchange, String header, String login) {
    var wanted = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    return ("Basic " + wanted).equals(exchange.getRequestHeaders().getFirst(header));
  }

  @Test
  void aRepositoryOfTheSettingsIsAskedWithItsLoginAndOnlyForTheJar() throws IOException {
    settings("pass word");
    var jar = jars.get(List.of(WANTED)).get(0);
    assertThat(jar)
        .hasContent("a jar")
        .isEqualTo(home.resolve(".m2/repository/org/acme/words/1.0/words-1.0.jar"));
    assertThat(asked).isNotEmpty().allMatch(path -> path.contains("/words-1.0.jar"));

    asked.clear();
    assertThat(jars.get(List.of(WANTED))).containsExactly(jar);
    assertThat(asked).isEmpty();
  }

  @Test
  void whyAJarCannotBeHadIsSaid() throws IOException {
    settings("wrong");
    assertThatThrownBy(() -> jars.get(List.of(WANTED))).hasMessageContaining("401");
    settings("pass word");
    assertThatThrownBy(() -> jars.get(List.of(WANTED, coordinates("org.acme:words:2.0"))))
        .hasMessageStartingWith("Could not find artifact org.acme:words:jar:2.0 in own (http");
    Files.writeString(jars.settingsFile(), "<settings>");
    assertThatThrownBy(() -> jars.get(List.of(coordinates("org.acme:words:2.0"))))
        .hasMessageStartingWith("`" + jars.settingsFile() + "` cannot be understood: ");
  }

  @Test
  void thePasswordOfALoginMayBeEncrypted() throws Exception {
    var cipher = new DefaultPlexusCipher();
    settings(cipher.encryptAndDecorate("pass word", "the master"));
    assertThatThrownBy(() -> jars.get(List.of(WANTED)))
        .hasMessageContaining("401")
        .hasMessageContaining("; Failed to decrypt password for server own: ");

    Files.writeString(
        home.resolve(".m2/settings-security.xml"),
        "<settingsSecurity><master>%s</master></settingsSecurity>"
            .formatted(cipher.encryptAndDecorate("the master", "settings.security")));
    assertThat(jars.get(List.of(WANTED)).get(0)).hasContent("a jar");
  }

  @Test
  void whatStandsBetweenIsAskedWithALoginOfItsOwn() throws IOException {
    var repository = "http://repository.invalid/private";
    var proxy =
        """
        <proxies><proxy>
          <id>gate</id><active>true</active><protocol>http</protocol>
          <host>127.0.0.1</host><port>%d</port><username>proxy</username><password>gate</password>
        </proxy></proxies>
        """
            .formatted(server.getAddress().getPort());
    settings("pass word", repository, proxy);

    assertThat(jars.get(List.of(WANTED)).get(0)).hasContent("a jar");
    assertThat(asked).allMatch(path -> path.startsWith(repository + "/org/acme/words/"));
  }

  @Test
  void whatAJarNeedsWhenItRunsIsNamedByPoms() throws IOException {
    settings("pass word");
    pom(
        "words:1.0",
        """
        <dependencyManagement><dependencies>
          <dependency><groupId>org.acme</groupId><artifactId>deep</artifactId><version>2</version></dependency>
        </dependencies></dependencyManagement>
        <repositories><repository><id>elsewhere</id><url>%s/elsewhere</url></repository></repositories>
        """
            .formatted(url()),
        needs(
            "lib:1",
            "<exclusions><exclusion><groupId>org.acme</groupId>"
                + "<artifactId>unwanted</artifactId></exclusion></exclusions>"),
        needs("native:3", "<classifier>linux</classifier><scope>runtime</scope>"),
        needs("many:1", "<type>pom</type>"),
        needs("checks:1", "<scope>test</scope>"),
        needs("there:1", "<scope>provided</scope>"),
        needs("extra:1", "<optional>true</optional>"),
        "<dependency><groupId>org.golempipeline</groupId>"
            + "<artifactId>golem-pipeline-plugin-api</artifactId><version>9</version></dependency>");
    pom(
        "lib:1",
        "",
        needs("deep:1", ""),
        needs("unwanted:1", ""),
        needs("checks:1", "<scope>test</scope>"),
        needs("there:1", "<scope>provided</scope>"),
        needs("extra:1", "<optional>true</optional>"));
    pom("deep:2", "");
    pom("native:3", "");
    pom("many:1", "<packaging>pom</packaging>", needs("one:1", ""));

    // That nobody has a POM of it does not matter.
    assertThat(jars.libraries(WANTED))
        .extracting(MavenCoordinates::toString)
        .containsExactly(
            "org.acme:lib:1", "org.acme:deep:2", "org.acme:native:jar:linux:3", "org.acme:one:1");
    assertThat(asked).isNotEmpty().noneMatch(path -> path.contains("elsewhere"));
    assertThat(asked).noneMatch(path -> path.endsWith(".jar"));

    files.put("/private/org/acme/native/3/native-3-linux.jar", "machine code");
    assertThat(jars.get(List.of(WANTED, coordinates("org.acme:native:jar:linux:3"))).get(1))
        .hasContent("machine code");
  }

  @Test
  void whatCannotBeKnownOrMayChangeIsNotTakenForNothing() throws IOException {
    settings("pass word");
    assertThat(jars.libraries(WANTED)).as("a jar without a POM").isEmpty();

    pom("words:1.0", "", needs("lib:1-SNAPSHOT", ""));
    assertThatThrownBy(() -> jars.libraries(coordinates("org.acme:words:1.0")))
        .hasMessage("it needs `org.acme:lib:1-SNAPSHOT`, which may change");
    pom("broken:1", "<nonsense");
    assertThatThrownBy(() -> jars.libraries(coordinates("org.acme:broken:1")))
        .hasMessageStartingWith("Failed to read artifact descriptor for org.acme:broken:jar:1: ")
        .hasMessageContaining("Non-parseable POM");

    settings("pass word", url() + "/private", "<offline>true</offline>");
    assertThatThrownBy(() -> jars.libraries(coordinates("org.acme:other:1")))
        .hasMessageContaining("org.acme:other:pom:1")
        .hasMessageContaining("offline");
  }

  private void pom(String named, String more, String... dependencies) {
    var parts = named.split(":");
    files.put(
        "/private/org/acme/%1$s/%2$s/%1$s-%2$s.pom".formatted(parts[0], parts[1]),
        """
        <project>
          <modelVersion>4.0.0</modelVersion>
          <groupId>org.acme</groupId><artifactId>%s</artifactId><version>%s</version>
          %s<dependencies>%s</dependencies>
        </project>
        """
            .formatted(parts[0], parts[1], more, String.join("", dependencies)));
  }

  private static String needs(String named, String more) {
    var parts = named.split(":");
    return "<dependency><groupId>org.acme</groupId><artifactId>%s</artifactId><version>%s</version>%s</dependency>"
        .formatted(parts[0], parts[1], more);
  }

  private void settings(String password) throws IOException {
    settings(password, url() + "/private", "");
  }

  /** Only the profile's repository: what stands in for Maven Central is the same. */
  private void settings(String password, String repository, String more) throws IOException {
    Files.createDirectories(home.resolve(".m2"));
    Files.writeString(
        jars.settingsFile(),
        """
        <settings>
          %s
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
            .formatted(more, password, repository, repository));
  }

  private String url() {
    return "http://127.0.0.1:%d".formatted(server.getAddress().getPort());
  }

  private static MavenCoordinates coordinates(String text) {
    return MavenCoordinates.parse(text).orElseThrow();
  }
}
