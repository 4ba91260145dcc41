package org.golempipeline.oci;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.registry.RegistryAliasGroup;
import com.google.cloud.tools.jib.registry.credentials.CredentialHelperNotFoundException;
import com.google.cloud.tools.jib.registry.credentials.CredentialHelperUnhandledServerUrlException;
import com.google.cloud.tools.jib.registry.credentials.DockerCredentialHelper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What this user told container engines of accounts at registries: {@code docker login}, {@code
 * podman login} and their kin write it into files, or into programs that those files name. The
 * files are read when a registry is about to be asked.
 *
 * @param files the first that has a login for a registry decides
 */
public record RegistryLogins(List<Path> files) {
  /** Registries are asked as anybody may ask them. */
  public static final RegistryLogins NONE = new RegistryLogins(List.of());

  /** Under which Docker keeps its own registry. */
  private static final String HUB = "https://index.docker.io/v1/";

  private static final String HUB_NAME = "docker.io";

  public RegistryLogins {
    files = List.copyOf(files);
  }

  /**
   * In the files where engines look for them.
   *
   * @param variable what the environment says
   */
  public static RegistryLogins of(Function<String, Optional<String>> variable) {
    var chosen = variable.apply("REGISTRY_AUTH_FILE");
    if (chosen.isPresent()) {
      return new RegistryLogins(List.of(Path.of(chosen.get())));
    }
    var home = variable.apply("HOME").map(Path::of);
    var files = new ArrayList<Path>();
    variable
        .apply("XDG_RUNTIME_DIR")
        .ifPresent(folder -> files.add(Path.of(folder, "containers", "auth.json")));
    variable
        .apply("XDG_CONFIG_HOME")
        .map(Path::of)
        .or(() -> home.map(folder -> folder.resolve(".config")))
        .ifPresent(folder -> files.add(folder.resolve("containers").resolve("auth.json")));
    variable
        .apply("DOCKER_CONFIG")
        .map(Path::of)
        .or(() -> home.map(folder -> folder.resolve(".docker")))
        .ifPresent(folder -> files.add(folder.resolve("config.json")));
    return new RegistryLogins(files);
  }

  /**
   * What is known of one registry.
   *
   * @param credential null if there is none
   * @param place the file that it is from
   * @param troubles why files or programs could not be asked, as clauses
   */
  record Login(@Nullable Credential credential, @Nullable Path place, List<String> troubles) {
    Login {
      troubles = List.copyOf(troubles);
    }
  }

  /** The login for a repository. What cannot be asked counts as empty, and is told. */
  Login find(String registry, String repository) {
    var troubles = new ArrayList<String>();
    var json = new ObjectMapper();
    for (var file : files) {
      try {
        var found = new Accounts(file, json.readTree(Files.readAllBytes(file)), troubles);
        var credential = found.find(registry, repository);
        if (credential != null) {
          return new Login(credential, file, troubles);
        }
      } catch (NoSuchFileException e) {
        // Most users have one of them at most.
      } catch (AccessDeniedException e) {
        troubles.add("`%s` may not be read by this user".formatted(file));
      } catch (JsonProcessingException e) {
        troubles.add("`%s` is not JSON".formatted(file));
      } catch (IOException | IllegalArgumentException e) {
        troubles.add("`%s` cannot be read: %s".formatted(file, e.getMessage()));
      }
    }
    return new Login(null, null, troubles);
  }

  /** What people call a registry when they log in. */
  static String name(String registry) {
    return isHub(registry) ? HUB_NAME : registry;
  }

  private static boolean isHub(String registry) {
    return RegistryAliasGroup.getAliasesGroup(registry).contains(HUB_NAME);
  }

  /** One file. */
  private record Accounts(Path file, JsonNode json, List<String> troubles) {
    @Nullable Credential find(String registry, String repository) throws IOException {
      var hosts = RegistryAliasGroup.getAliasesGroup(registry);
      for (var helper : json.path("credHelpers").properties()) {
        if (hosts.contains(plain(helper.getKey()))) {
          var credential = ask(helper.getValue().asText(), helper.getKey());
          if (credential != null) {
            return credential;
          }
        }
      }
      var store = json.path("credsStore").asText();
      for (var path : narrowestFirst(repository)) {
        for (var entry : json.path("auths").properties()) {
          var key = plain(entry.getKey());
          if (hosts.stream().anyMatch(host -> key.equals(host + path))) {
            var credential = credential(entry.getValue());
            if (credential != null) {
              return credential;
            }
            if (!store.isEmpty()) {
              return ask(store, entry.getKey());
            }
          }
        }
      }
      return store.isEmpty() ? null : ask(store, isHub(registry) ? HUB : registry);
    }

    /** {@code /a/b}, {@code /a}, and nothing: an account may be for a part of a registry. */
    private static List<String> narrowestFirst(String repository) {
      var paths = new ArrayList<String>();
      for (var path = "/" + repository; !path.isEmpty(); ) {
        paths.add(path);
        path = path.substring(0, path.lastIndexOf('/'));
      }
      paths.add("");
      return paths;
    }

    /** Docker writes the addresses of earlier protocols, others the name alone. */
    private static String plain(String key) {
      return key.replaceFirst("^https?://", "").replaceFirst("(/v[12])?/*$", "");
    }

    private static @Nullable Credential credential(JsonNode account) {
      var token = account.path("identitytoken").asText();
      if (!token.isEmpty()) {
        return Credential.from(Credential.OAUTH2_TOKEN_USER_NAME, token);
      }
      var both = account.path("auth").asText();
      if (!both.isEmpty()) {
        var text = new String(Base64.getDecoder().decode(both), StandardCharsets.UTF_8);
        var colon = text.indexOf(':');
        return colon < 0
            ? null
            : Credential.from(text.substring(0, colon), text.substring(colon + 1));
      }
      var user = account.path("username").asText();
      return user.isEmpty() ? null : Credential.from(user, account.path("password").asText());
    }

    /** A program of the user's that keeps passwords. */
    private @Nullable Credential ask(String helper, String server) {
      var program = "docker-credential-" + helper;
      try {
        return new DockerCredentialHelper(server, Path.of(program)).retrieve();
      } catch (CredentialHelperUnhandledServerUrlException e) {
        return null;
      } catch (CredentialHelperNotFoundException e) {
        troubles.add("`%s`, which `%s` names, is not installed".formatted(program, file));
      } catch (IOException | RuntimeException e) {
        troubles.add("`%s`, which `%s` names, does not answer".formatted(program, file));
      }
      return null;
    }
  }
}
