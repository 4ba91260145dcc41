package org.golempipeline.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.golempipeline.golem.wire.Identity;
import org.golempipeline.golem.wire.ServiceBinding;
import org.golempipeline.golem.wire.Version;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.StoredImage;

/** What else the daemon serves: identity, version, bus services; and an image registry. */
final class NodeApi {
  private static final String SERVICES = "/gsb-api/v1/services";
  private static final String VERSION = "0.17.6";
  private static final String DOWNLOADS = "/download/";
  private static final long SOME_SIZE = 2_588_672;
  private static final String NO_IMAGES =
      "This node gives no images away: programs run inside those of its machine, or are its own.";

  private final NodeContext context;
  private final FileServices services;

  NodeApi(NodeContext context, FileServices services) {
    this.context = context;
    this.services = services;
  }

  void addTo(Routes routes) {
    routes.get(
        "/me",
        call -> Reply.json(200, new Identity(context.identity, "autoconfigured", "manager")));
    routes.get("/version/get", call -> Reply.json(200, version()));
    routes.get("/healthcheck", call -> Reply.json(200, Map.of("status", "ok")));
    routes.get("/metrics-api/v1/expose", call -> Reply.text(200, ""));
    routes.get(
        "/net-api/v2/net/status",
        call ->
            Reply.json(
                200,
                Map.of(
                    "nodeId",
                    context.identity,
                    "listenIp",
                    "127.0.0.1",
                    "publicIp",
                    "127.0.0.1",
                    "sessions",
                    List.of())));
    routes.get("/v1/image/info", this::image);
    routes.get(DOWNLOADS + "{hash}", call -> Reply.text(404, NO_IMAGES));
    // Some SDKs look whether there is something before they name it to a provider.
    routes.add("HEAD", DOWNLOADS + "{hash}", call -> Reply.empty(200));
    routes.post(SERVICES, this::bind);
    routes.act(
        "DELETE",
        SERVICES + "/{service}",
        Reply.jsonNull(),
        call -> services.unbind(call.path("service")));
    routes.socket(SERVICES + "/{service}", this::open);
  }

  private static Version version() {
    return new Version(
        new Version.Release(
            VERSION,
            "yagna v" + VERSION,
            false,
            "2025-06-01T10:00:00",
            "2025-06-02T08:00:00",
            null),
        null);
  }

  /**
   * A tag means what it means on this machine. Every other one exists too, whatever it stands for
   * elsewhere: its hash comes from its name, and its content is nowhere.
   */
  private Reply image(Call call) {
    String hash = call.query("hash");
    String tag = call.query("tag");
    if (hash == null && tag == null) {
      return Reply.text(400, "tag or hash is expected");
    }
    Optional<StoredImage> here = hash == null ? here(String.valueOf(tag)) : Optional.empty();
    String sha3 =
        hash == null
            ? here.map(StoredImage::sha3).orElseGet(() -> sha3(String.valueOf(tag)))
            : hash;
    long size = here.map(StoredImage::size).orElse(SOME_SIZE);
    // There is no TLS here; who prefers it is answered with what there is.
    String url = "http://" + call.host() + DOWNLOADS + sha3;
    return Reply.json(200, Map.of("http", url, "https", url, "sha3", sha3, "size", size));
  }

  private Optional<StoredImage> here(String tag) {
    try {
      Optional<ImageStore> images = context.options.images();
      return images.isPresent() ? images.get().named(tag) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha3(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA3-224");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private Reply bind(Call call) {
    ServiceBinding request = call.body(ServiceBinding.class);
    if (Call.lacks(request.listen()) || Call.lacks(request.listen().on())) {
      throw new ApiException(400, "Json deserialize error: missing field `listen`");
    }
    ServiceBinding bound = services.bind(request);
    return Reply.json(201, bound).at("/" + bound.servicesId());
  }

  private Supplier<CompletableFuture<Routes.SocketTaker>> open(Call call) {
    FileServices.Service service = services.byId(call.path("service"));
    return () -> CompletableFuture.completedFuture(service::attach);
  }
}
