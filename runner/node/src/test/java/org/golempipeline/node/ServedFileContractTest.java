package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.golempipeline.node.Requestor.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.session.Yagna;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file that our client serves, read by providers as they read an image. */
@Timeout(240)
final class ServedFileContractTest {
  @TempDir Path folder;
  private EmbeddedNode node;
  private Requestor requestor;
  private GolemNetwork network;
  private final List<GolemEvent> events = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() throws Exception {
    node = Requestor.startNode(folder.resolve("node"), 3, true);
    requestor = new Requestor(node);
    SessionTerms terms = ClientSide.session(UUID.randomUUID().toString(), "run-1", BigDecimal.TEN);
    network =
        Yagna.open(new GolemConnection(node.url(), "key"), terms, events::add)
            .get(120, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() {
    network.close();
    node.close();
  }

  @Test
  void severalProvidersReadItAtOnceUnderItsHash() throws Exception {
    byte[] image = ClientSide.random(3_000_001);
    String url = serve(ClientSide.source(image));
    assertThat(url).matches("gftp://" + requestor.identity() + "/[0-9a-f]{32}");
    List<Requestor.Machine> machines =
        List.of(requestor.machine(), requestor.machine(), requestor.machine());
    List<CompletableFuture<JsonNode>> transfers = new ArrayList<>();
    for (Requestor.Machine machine : machines) {
      transfers.add(
          CompletableFuture.supplyAsync(
              () ->
                  requestor.execute(
                      machine.activity(),
                      transfer(
                          "hash:sha3:" + sha3(image) + ":" + url,
                          "container:/golem/work/image.gvmi"))));
    }
    for (CompletableFuture<JsonNode> each : transfers) {
      assertThat(each.get(120, TimeUnit.SECONDS).at("/0/result").asText()).isEqualTo("Ok");
    }
    for (Requestor.Machine machine : machines) {
      assertThat(Files.readAllBytes(machine.folder().resolve("image.gvmi"))).isEqualTo(image);
    }
    network.settle(Duration.ofSeconds(10)).get(120, TimeUnit.SECONDS);
    assertThat(events)
        .filteredOn(GolemEvent.FilesServed.class::isInstance)
        .singleElement()
        .satisfies(
            event -> {
              GolemEvent.FilesServed served = (GolemEvent.FilesServed) event;
              assertThat(served.bytes()).isBetween(image.length * 2L, image.length * 3L - 3);
              assertThat(served.time()).isPositive();
            });
  }

  @Test
  void filesHaveUrlsOfTheirOwn() throws Exception {
    Requestor.Machine machine = requestor.machine();
    String empty = serve(ClientSide.source(new byte[0]));
    String text = serve(ClientSide.source("text".getBytes(StandardCharsets.UTF_8)));
    JsonNode results =
        requestor.execute(
            machine.activity(),
            transfer(empty, "container:/golem/work/empty"),
            transfer(text, "container:/golem/work/text"));
    assertThat(results).hasSize(2);
    assertThat(machine.folder().resolve("empty")).isEmptyFile();
    assertThat(machine.folder().resolve("text")).hasContent("text");
  }

  @Test
  void nobodyCanWriteToIt() throws Exception {
    Requestor.Machine machine = requestor.machine();
    String url = serve(ClientSide.source(ClientSide.random(10)));
    JsonNode results =
        requestor.execute(
            machine.activity(),
            Requestor.sh("echo evil > " + machine.folder().resolve("evil")),
            transfer("container:/golem/work/evil", url));
    assertThat(results.at("/1/result").asText()).isEqualTo("Error");
  }

  @Test
  void aFileThatCannotBeReadIsAFailedTransferOfThatProvider() throws Exception {
    Requestor.Machine machine = requestor.machine();
    String url =
        serve(
            new ByteSource() {
              @Override
              public long size() {
                return 5L << 30;
              }

              @Override
              public void read(long offset, ByteBuffer target) throws IOException {
                throw new IOException("the disk is gone");
              }
            });
    JsonNode results =
        requestor.execute(machine.activity(), transfer(url, "container:/golem/work/image"));
    assertThat(results.at("/0/message").asText()).contains("the disk is gone");
  }

  @Test
  void theAddressIsGivenBackWhenTheSessionIsSettled() throws Exception {
    String url = serve(ClientSide.source(ClientSide.random(10)));
    String address = "/public/gftp/" + url.substring(url.lastIndexOf('/') + 1);
    String id =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(address.getBytes(StandardCharsets.UTF_8));
    network.settle(Duration.ofSeconds(10)).get(120, TimeUnit.SECONDS);
    requestor.delete("/gsb-api/v1/services/" + id).expect(404);
    assertThatThrownBy(() -> serve(ClientSide.source(ClientSide.random(10))))
        .hasCauseInstanceOf(GolemException.class);
  }

  @Test
  void aRefusedAddressIsAFailureOfTheDaemon() {
    node.faults().endpoint("POST", "/gsb-api/v1/services", EndpointFault.INTERNAL_ERROR, 20, 1);
    assertThatThrownBy(() -> serve(ClientSide.source(ClientSide.random(10))))
        .cause()
        .isInstanceOfSatisfying(
            GolemException.class,
            failure -> {
              assertThat(failure.kind()).isEqualTo(GolemException.Kind.YAGNA);
              assertThat(failure).hasMessageStartingWith("Could not ");
            });
  }

  private String serve(ByteSource source) throws Exception {
    return network.serve(source).get(120, TimeUnit.SECONDS);
  }

  private static String sha3(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA3-224").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
