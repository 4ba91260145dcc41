package org.golempipeline.oci;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.tools.jib.api.DescriptorDigest;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.RegistryUnauthorizedException;
import com.google.cloud.tools.jib.event.EventHandlers;
import com.google.cloud.tools.jib.http.FailoverHttpClient;
import com.google.cloud.tools.jib.http.ResponseException;
import com.google.cloud.tools.jib.image.json.BuildableManifestTemplate;
import com.google.cloud.tools.jib.image.json.ManifestListTemplate;
import com.google.cloud.tools.jib.image.json.ManifestTemplate;
import com.google.cloud.tools.jib.registry.ManifestAndDigest;
import com.google.cloud.tools.jib.registry.RegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.oci.RegistryLogins.Login;
import org.jspecify.annotations.Nullable;

/**
 * One image in a registry, asked for with the user's login if there is one, else as anybody may:
 * the home of Jib. Plain HTTP is spoken with this machine alone. What arrives has the digest that
 * was asked for.
 */
final class Registry {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private final ImageReference reference;
  private final RegistryLogins logins;
  private @Nullable Login login;
  private @Nullable RegistryClient client;

  Registry(ImageReference reference, RegistryLogins logins) {
    this.reference = reference;
    this.logins = logins;
  }

  private RegistryClient client() {
    if (client == null) {
      var local = reference.getRegistry().matches("(localhost|127\\.[0-9.]+)(:\\d+)?");
      var factory =
          RegistryClient.factory(
                  EventHandlers.NONE,
                  reference.getRegistry(),
                  reference.getRepository(),
                  new FailoverHttpClient(local, local, message -> {}))
              .setUserAgent("golem-pipeline");
      if (login().credential() != null) {
        factory.setCredential(login().credential());
      }
      client = factory.newRegistryClient();
    }
    return client;
  }

  private Login login() {
    if (login == null) {
      login = logins.find(reference.getRegistry(), reference.getRepository());
    }
    return login;
  }

  static ImageReference parse(String text) throws ImageException {
    try {
      return ImageReference.parse(text);
    } catch (InvalidImageReferenceException e) {
      throw new ImageException(
          "`%s` is no reference of an image in a registry.".formatted(text),
          "Write it as `debian:bookworm-slim`, `ghcr.io/user/name:tag` or `name@sha256:…`.",
          e);
    }
  }

  /** The digest of what the reference means now. */
  String digest() throws ImageException, InterruptedException {
    return "sha256:" + manifest(reference.getQualifier()).getDigest().getHash();
  }

  /**
   * Downloads the image.
   *
   * @param folder for its blobs
   */
  ContainerImage pull(Path folder, Consumer<String> progress)
      throws IOException, ImageException, InterruptedException {
    var manifest = manifest(reference.getQualifier()).getManifest();
    if (manifest instanceof ManifestListTemplate index) {
      var fitting = index.getDigestsForPlatform(ContainerImage.ARCHITECTURE, ContainerImage.OS);
      if (fitting.isEmpty()) {
        throw ContainerImage.wrongMachine(reference.toString(), "is for other machines");
      }
      manifest = manifest(fitting.get(0)).getManifest();
    }
    if (!(manifest instanceof BuildableManifestTemplate image)
        || image.getContainerConfiguration() == null) {
      throw new ImageException(
          "The image `%s` has a form that is no longer in use.".formatted(reference),
          "Push it again with a container engine of today.");
    }
    var configuration = blob(image.getContainerConfiguration().getDigest(), folder);
    var layers = new ArrayList<Layer>();
    var count = image.getLayers().size();
    for (var each : image.getLayers()) {
      progress.accept(
          "layer %d of %d, %.1f MB"
              .formatted(layers.size() + 1, count, each.getSize() / 1_000_000.0));
      var file = blob(each.getDigest(), folder);
      layers.add(() -> Files.newInputStream(file));
    }
    return ContainerImage.of(reference.toString(), layers, json(configuration));
  }

  private JsonNode json(Path configuration) throws IOException, ImageException {
    try {
      return JSON.readTree(Files.readAllBytes(configuration));
    } catch (JsonProcessingException e) {
      throw new ImageException(
          "The configuration of the image `%s` is not JSON.".formatted(reference),
          "Push it again with a container engine of today.",
          e);
    }
  }

  private ManifestAndDigest<ManifestTemplate> manifest(String qualifier)
      throws ImageException, InterruptedException {
    var found = ask(() -> client().pullManifest(qualifier));
    if (qualifier.startsWith("sha256:")
        && !qualifier.equals("sha256:" + found.getDigest().getHash())) {
      throw new ImageException(
          "The registry %s answers with another image than `%s`."
              .formatted(reference.getRegistry(), qualifier),
          "Do not use this registry for it.");
    }
    return found;
  }

  private Path blob(DescriptorDigest digest, Path folder)
      throws ImageException, InterruptedException {
    var file = folder.resolve(digest.getHash());
    if (Files.exists(file)) {
      return file;
    }
    return ask(
        () -> {
          try (var target = Files.newOutputStream(file)) {
            client().pullBlob(digest, size -> {}, count -> {}).writeTo(target);
          }
          return file;
        });
  }

  private interface Question<T> {
    T ask() throws IOException, RegistryException;
  }

  /** Asks, and once more as whom the registry wants to know: it says so only when asked. */
  private <T> T ask(Question<T> question) throws ImageException, InterruptedException {
    try {
      try {
        return question.ask();
      } catch (RegistryUnauthorizedException e) {
        if (!client().doPullBearerAuth()) {
          if (login().credential() == null) {
            throw e;
          }
          client().configureBasicAuth();
        }
        return question.ask();
      }
    } catch (IOException | RegistryException | IllegalArgumentException e) {
      // The last of them is of an address that cannot be one.
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw isRefusal(e)
          ? refused(e)
          : new ImageException(
              "Could not get the image `%s`: %s.".formatted(reference, reason(e)),
              "Check the name, and the connection to %s.".formatted(reference.getRegistry()),
              e);
    }
  }

  private static boolean isRefusal(Throwable e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof RegistryUnauthorizedException
          || each instanceof ResponseException answer
              && (answer.getStatusCode() == UNAUTHORIZED || answer.getStatusCode() == FORBIDDEN)) {
        return true;
      }
    }
    return false;
  }

  private ImageException refused(Exception e) {
    var registry = reference.getRegistry();
    var name = RegistryLogins.name(registry);
    if (login().credential() != null) {
      return new ImageException(
          "The registry %s refuses the image `%s` to the login of `%s`."
              .formatted(registry, reference, login().place()),
          "Check the name, and log in anew: `docker login %s` or `podman login %s`."
              .formatted(name, name),
          e);
    }
    var where = logins.files().stream().map("`%s`"::formatted).collect(Collectors.joining(" or "));
    var known = where.isEmpty() ? "" : ", and no login for it is in " + where;
    var troubles = login().troubles().stream().map("; "::concat).collect(Collectors.joining());
    return new ImageException(
        "The registry %s does not give the image `%s` to anybody%s%s."
            .formatted(registry, reference, known, troubles),
        "Check the name. For a private image log in: `docker login %s` or `podman login %s`, or name"
                .formatted(name, name)
            + " another file of logins in `REGISTRY_AUTH_FILE`.",
        e);
  }

  /** What is said first, without the advice of the library. */
  private static String reason(Throwable e) {
    var deepest = e;
    while (deepest.getCause() != null && deepest.getCause() != deepest) {
      deepest = deepest.getCause();
    }
    var said = String.valueOf(deepest.getMessage()).lines().findFirst().orElse("no answer");
    return said.strip().replaceFirst("\\.$", "");
  }
}
