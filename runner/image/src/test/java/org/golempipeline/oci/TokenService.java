package org.golempipeline.oci;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What Docker Hub and GitHub put in front of their registries: signs tokens for whoever logs in,
 * and for everybody who wants to read what is in {@code public/}.
 */
final class TokenService implements AutoCloseable {
  /** In place of the password of {@link LoopbackRegistry#USER}. */
  static final String IDENTITY = "an identity token";

  private static final String SERVICE = "the registry";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrivateKey key;
  private final String certificate;
  private final Path bundle;
  private final HttpServer server;

  /** Whether strangers are refused, as GitHub does; Docker Hub gives them a token for nothing. */
  volatile boolean refusesStrangers;

  /** Who asked for which scope. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  private TokenService(Path folder) throws IOException, GeneralSecurityException {
    // keytool -genkeypair -alias tokens -keyalg EC -dname CN=tokens -validity 36500
    var keys = KeyStore.getInstance("PKCS12");
    try (var stored = TokenService.class.getResourceAsStream("tokens.p12")) {
      keys.load(stored, "secret".toCharArray());
    }
    key = (PrivateKey) keys.getKey("tokens", "secret".toCharArray());
    certificate = Base64.getEncoder().encodeToString(keys.getCertificate("tokens").getEncoded());
    bundle =
        Files.writeString(
            folder.resolve("tokens.pem"),
            "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
                .formatted(certificate.replaceAll("(.{64})", "$1\n")));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/token", this::answer);
    server.start();
  }

  static TokenService start(Path folder) throws IOException, GeneralSecurityException {
    return new TokenService(folder);
  }

  /** For a registry that believes it. */
  String configuration() {
    return "auth: { token: { realm: 'http://127.0.0.1:%d/token', service: '%s', issuer: us, rootcertbundle: %s } }%n"
        .formatted(server.getAddress().getPort(), SERVICE, bundle);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var form = new HashMap<String, String>();
      add(form, exchange.getRequestURI().getRawQuery());
      add(form, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      var header = exchange.getRequestHeaders().getFirst("Authorization");
      var user = user(header, form);
      var scope = form.getOrDefault("scope", "");
      asked.add((user == null ? "nobody" : user) + " " + scope);
      var stranger = header == null && !form.containsKey("refresh_token");
      var refused = user == null && (!stranger || refusesStrangers);
      if (refused || !SERVICE.equals(form.get("service"))) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      var token = token(user, scope);
      var body = JSON.writeValueAsBytes(Map.of("token", token, "access_token", token));
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static void add(Map<String, String> form, @Nullable String query) {
    for (var pair : query == null ? List.<String>of() : List.of(query.split("&"))) {
      var both = pair.split("=", 2);
      if (both.length == 2) {
        form.put(both[0], URLDecoder.decode(both[1], StandardCharsets.UTF_8));
      }
    }
  }

  private static @Nullable String user(@Nullable String header, Map<String, String> form) {
    var both = LoopbackRegistry.USER + ":" + LoopbackRegistry.PASSWORD;
    var basic =
        "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    return basic.equals(header) || IDENTITY.equals(form.get("refresh_token"))
        ? LoopbackRegistry.USER
        : null;
  }

  private String token(@Nullable String user, String scope)
      throws IOException, GeneralSecurityException {
    var access = new ArrayList<Map<String, Object>>();
    var parts = scope.split(":", 3);
    if (parts.length == 3 && (user != null || parts[1].startsWith("public/"))) {
      access.add(
          Map.of(
              "type", parts[0], "name", parts[1], "actions", Arrays.asList(parts[2].split(","))));
    }
    var now = Instant.now().getEpochSecond();
    var head = Map.of("typ", "JWT", "alg", "ES256", "x5c", List.of(certificate));
    var claims =
        Map.of(
            "iss",
            "us",
            "sub",
            "",
            "aud",
            SERVICE,
            "exp",
            now + 300,
            "nbf",
            now - 300,
            "iat",
            now,
            "jti",
            UUID.randomUUID().toString(),
            "access",
            access);
    var text = part(JSON.writeValueAsBytes(head)) + "." + part(JSON.writeValueAsBytes(claims));
    var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initSign(key);
    signature.update(text.getBytes(StandardCharsets.US_ASCII));
    return text + "." + part(signature.sign());
  }

  private static String part(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
