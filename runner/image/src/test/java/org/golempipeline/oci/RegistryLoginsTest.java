package org.golempipeline.oci;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.tools.jib.api.Credential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryLoginsTest {
  private static final String HUB = "registry-1.docker.io";

  @TempDir Path folder;

  @Test
  void filesAreLookedForWhereEnginesKeepThem() {
    assertThat(logins(Map.of("HOME", "/h")).files())
        .containsExactly(
            Path.of("/h/.config/containers/auth.json"), Path.of("/h/.docker/config.json"));
    var all =
        Map.of(
            "HOME", "/h", "XDG_RUNTIME_DIR", "/r", "XDG_CONFIG_HOME", "/c", "DOCKER_CONFIG", "/d");
    assertThat(logins(all).files())
        .containsExactly(
            Path.of("/r/containers/auth.json"),
            Path.of("/c/containers/auth.json"),
            Path.of("/d/config.json"));
    assertThat(logins(Map.of("HOME", "/h", "REGISTRY_AUTH_FILE", "/a.json")).files())
        .containsExactly(Path.of("/a.json"));
    assertThat(logins(Map.of())).isEqualTo(RegistryLogins.NONE);
  }

  @Test
  void theNarrowestNameWins() throws IOException {
    var logins =
        file(
            """
            { "auths": {
              "quay.io/a": { "auth": "%s" },
              "quay.io": { "auth": "%s" },
              "quay.io/b/c": { "auth": "%s" },
              "https://index.docker.io/v1/": { "auth": "%s" },
              "https://old.example/v2/": { "identitytoken": "long" },
              "plain.example:5000": { "username": "me", "password": "x" }
            } }
            """
                .formatted(auth("a"), auth("all"), auth("c"), auth("hub")));
    assertThat(user(logins, "quay.io", "a/x")).isEqualTo("a");
    assertThat(user(logins, "quay.io", "b/c")).isEqualTo("c");
    assertThat(user(logins, "quay.io", "b/d")).isEqualTo("all");
    assertThat(user(logins, "quay.io", "ab/x")).isEqualTo("all");
    assertThat(user(logins, HUB, "library/debian")).isEqualTo("hub");
    assertThat(user(logins, "plain.example:5000", "x")).isEqualTo("me");
    assertThat(user(logins, "plain.example", "x")).isEqualTo("nobody");
    assertThat(logins.find("quay.io", "a/x").place()).isEqualTo(folder.resolve("auth.json"));
    assertThat(logins.find("old.example", "x").credential())
        .matches(Credential::isOAuth2RefreshToken)
        .returns("long", Credential::getPassword);
  }

  @Test
  void aPasswordMayHoldColons() throws IOException {
    var both = Base64.getEncoder().encodeToString("me:a:b".getBytes(StandardCharsets.UTF_8));
    var logins = file("{ \"auths\": { \"x.example\": { \"auth\": \"" + both + "\" } } }");
    assertThat(logins.find("x.example", "y").credential()).isEqualTo(Credential.from("me", "a:b"));
  }

  @Test
  void whatCannotBeAskedIsToldAndTheNextFileDecides() throws IOException {
    var broken = Files.writeString(folder.resolve("broken.json"), "{");
    var named =
        Files.writeString(
            folder.resolve("helpers.json"),
            """
            { "credHelpers": { "x.example": "of-nobody" }, "credsStore": "gone",
              "auths": { "y.example": {}, "z.example": { "auth": "###" } } }
            """);
    var last =
        Files.writeString(
            folder.resolve("last.json"),
            "{ \"auths\": { \"x.example\": { \"auth\": \"" + auth("me") + "\" } } }");
    var logins = new RegistryLogins(List.of(folder.resolve("none.json"), broken, named, last));
    var found = logins.find("x.example", "image");
    assertThat(found.credential()).isEqualTo(Credential.from("me", "secret"));
    assertThat(found.place()).isEqualTo(last);
    assertThat(found.troubles())
        .containsExactly(
            "`%s` is not JSON".formatted(broken),
            "`docker-credential-of-nobody`, which `%s` names, is not installed".formatted(named),
            "`docker-credential-gone`, which `%s` names, is not installed".formatted(named));
    assertThat(logins.find("y.example", "image").troubles())
        .hasSize(2)
        .last()
        .asString()
        .contains("gone");
    assertThat(logins.find("z.example", "image").troubles())
        .last()
        .asString()
        .contains("cannot be read");
  }

  /** Programs that keep passwords are looked up along the PATH of this process. */
  @Test
  void aProgramThatKeepsPasswordsIsAsked() throws Exception {
    var helper =
        Files.writeString(
            folder.resolve("docker-credential-own"),
            """
            #!/bin/sh
            [ "$1" = get ] && [ "$(cat)" = x.example ] || {
              echo 'credentials not found in native keychain'
              exit 1
            }
            echo '{"ServerURL":"x.example","Username":"me","Secret":"kept"}'
            """);
    assertThat(helper.toFile().setExecutable(true)).isTrue();
    var file =
        Files.writeString(
            folder.resolve("config.json"), "{ \"credsStore\": \"own\", \"auths\": {} }");
    var child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Asking.class.getName(),
                file.toString(),
                "x.example",
                "y.example")
            .redirectErrorStream(true);
    child.environment().merge("PATH", folder.toString(), (path, own) -> own + ":" + path);
    var process = child.start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("x.example me:kept []\ny.example none []\n");
    assertThat(process.waitFor()).isZero();
  }

  /** Says what a file knows of registries. */
  static final class Asking {
    private Asking() {}

    public static void main(String[] arguments) {
      var logins = new RegistryLogins(List.of(Path.of(arguments[0])));
      for (var registry : List.of(arguments).subList(1, arguments.length)) {
        var found = logins.find(registry, "image");
        var credential = found.credential();
        System.out.printf(
            "%s %s %s%n",
            registry,
            credential == null ? "none" : credential.getUsername() + ":" + credential.getPassword(),
            found.troubles());
      }
    }
  }

  private static RegistryLogins logins(Map<String, String> environment) {
    return RegistryLogins.of(name -> Optional.ofNullable(environment.get(name)));
  }

  private RegistryLogins file(String text) throws IOException {
    return new RegistryLogins(List.of(Files.writeString(folder.resolve("auth.json"), text)));
  }

  private static String user(RegistryLogins logins, String registry, String repository) {
    var credential = logins.find(registry, repository).credential();
    return credential == null ? "nobody" : credential.getUsername();
  }

  private static String auth(String user) {
    return Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
  }
}
