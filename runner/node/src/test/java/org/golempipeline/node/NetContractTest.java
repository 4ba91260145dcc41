package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Virtual networks, with the daemon's own answers. */
class NetContractTest extends NodeTest {
  private static final String ROOT = "/net-api/v1/net";
  private static final String NODE = "0x" + "a".repeat(40);

  private String net;

  @BeforeEach
  void makeNetwork() {
    net = ROOT + "/" + make(Map.of("ip", "192.168.0.0/24")).get("id").asText();
  }

  private JsonNode make(Map<String, Object> network) {
    return requestor.post(ROOT, network).expect(200).json();
  }

  private void refused(String path, Map<String, Object> body) {
    requestor.post(path, body).expect(400);
  }

  @Test
  void networksAreDescribed() {
    JsonNode known = requestor.get(net).expect(200).json();
    assertThat(known.get("ip").asText()).isEqualTo("192.168.0.0/24");
    assertThat(known.get("mask").asText()).isEqualTo("255.255.255.0");
    assertThat(known.get("gateway").asText()).isEqualTo("192.168.0.1");
    JsonNode masked = make(Map.of("ip", "10.1.0.0", "mask", "255.255.0.0", "gateway", "10.1.0.9"));
    assertThat(masked.get("ip").asText()).isEqualTo("10.1.0.0/16");
    assertThat(masked.get("gateway").asText()).isEqualTo("10.1.0.9");
    assertThat(make(Map.of("ip", "10.2.0.7/32")).get("gateway").asText()).isEqualTo("10.2.0.7");
    assertThat(requestor.get(ROOT).json()).hasSize(3);
    assertThat(requestor.get("/net-api/v2/vpn/net").json()).hasSize(3);
  }

  @Test
  void whatIsNoNetworkIsRefused() {
    refused(ROOT, Map.of());
    refused(ROOT, Map.of("ip", "nonsense"));
    refused(ROOT, Map.of("ip", "1.2.3"));
    refused(ROOT, Map.of("ip", "1.2.3.256"));
    refused(ROOT, Map.of("ip", "10.0.0.0/33"));
    refused(ROOT, Map.of("ip", "10.0.0.0/x"));
    refused(ROOT, Map.of("ip", "10.0.0.0/"));
    refused(ROOT, Map.of("ip", "10.0.0.0", "mask", "x"));
    refused(ROOT, Map.of("ip", "10.0.0.0", "gateway", "x"));
    assertThat(requestor.get(ROOT).json()).hasSize(1);
  }

  @Test
  void takenAddressesAreNoError() {
    Map<String, Object> own = Map.of("ip", "192.168.0.1");
    requestor.post(net + "/addresses", own).expect(200);
    requestor.post(net + "/addresses", own).expect(200);
    assertThat(requestor.get(net + "/addresses").json().toString())
        .isEqualTo("[{\"ip\":\"192.168.0.1/24\"}]");
    Map<String, Object> member = Map.of("id", NODE, "ip", "192.168.0.2");
    assertThat(requestor.post(net + "/nodes", member).expect(200).text()).isEqualTo("null");
    requestor.post(net + "/nodes", member).expect(200);
    requestor.post(net + "/nodes", Map.of("id", "0xbb", "ip", "192.168.0.2")).expect(200);
    requestor.post(net + "/nodes", Map.of("id", NODE, "ip", "192.168.0.3")).expect(200);
    assertThat(requestor.get(net + "/nodes").json())
        .extracting(each -> each.get("id").asText() + each.get("ip").asText())
        .containsExactly(NODE + "192.168.0.2", NODE + "192.168.0.3");
    requestor.delete(net + "/nodes/" + NODE).expect(200);
    requestor.delete(net + "/nodes/" + NODE).expect(200);
    assertThat(requestor.get(net + "/nodes").json()).isEmpty();
  }

  @Test
  void strangeAddressesAreRefused() {
    for (String ip :
        new String[] {"192.168.1.2", "x", "127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"}) {
      refused(net + "/addresses", Map.of("ip", ip));
      refused(net + "/nodes", Map.of("id", NODE, "ip", ip));
    }
    refused(net + "/nodes", Map.of("ip", "192.168.0.2"));
    refused(net + "/nodes", Map.of("id", NODE));
  }

  @Test
  void unknownNetworksAreForbiddenToWhoOwnsOthers() {
    requestor.get(ROOT + "/none").expect(403);
    requestor.delete(net).expect(200);
    requestor.get(net).expect(404);
    requestor.get(net + "/tcp/192.168.0.2/80").expect(404);
  }

  private CompletableFuture<WebSocket> connect(String ip, int port, Peer peer) {
    URI uri = URI.create((node.url() + net + "/tcp/" + ip + "/" + port).replace("http:", "ws:"));
    return Requestor.HTTP
        .newWebSocketBuilder()
        .header("Authorization", "Bearer key")
        .buildAsync(uri, peer);
  }

  /** Collects what comes. */
  private static final class Peer implements WebSocket.Listener {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] more = new byte[data.remaining()];
      data.get(more);
      bytes.writeBytes(more);
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return null;
    }
  }

  /** Echoes what comes, up to a number of bytes. */
  private static ServerSocket echo(int bytes) throws IOException {
    ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    var unused =
        CompletableFuture.runAsync(
            () -> {
              try (server;
                  var socket = server.accept()) {
                byte[] buffer = new byte[1000];
                for (int left = bytes; left > 0; ) {
                  int count = socket.getInputStream().read(buffer);
                  socket.getOutputStream().write(buffer, 0, count);
                  left -= count;
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    return server;
  }

  @Test
  void connectionsToMembersLeadToProgramsHere() throws Exception {
    requestor.post(net + "/nodes", Map.of("id", NODE, "ip", "192.168.0.2")).expect(200);
    byte[] sent = new byte[1_000_000];
    new Random(3).nextBytes(sent);
    Peer peer = new Peer();
    WebSocket socket =
        connect("192.168.0.2", echo(sent.length).getLocalPort(), peer).get(120, TimeUnit.SECONDS);
    for (int at = 0; at < sent.length; at += 250_000) {
      socket.sendBinary(ByteBuffer.wrap(sent, at, 250_000), true).get(120, TimeUnit.SECONDS);
    }
    assertThat(peer.closed.get(120, TimeUnit.SECONDS)).isEqualTo(1000);
    assertThat(peer.bytes.toByteArray()).isEqualTo(sent);

    Peer talker = new Peer();
    WebSocket text =
        connect("192.168.0.2", echo(3).getLocalPort(), talker).get(120, TimeUnit.SECONDS);
    text.sendText("hey", true).get(120, TimeUnit.SECONDS);
    assertThat(talker.closed.get(120, TimeUnit.SECONDS)).isEqualTo(1000);
    assertThat(talker.bytes.toString(StandardCharsets.UTF_8)).isEqualTo("hey");
  }

  @Test
  void theProgramNoticesThatItsPeerLeft() throws Exception {
    requestor.post(net + "/nodes", Map.of("id", NODE, "ip", "192.168.0.2")).expect(200);
    for (boolean orderly : new boolean[] {true, false}) {
      try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        WebSocket socket =
            connect("192.168.0.2", server.getLocalPort(), new Peer()).get(120, TimeUnit.SECONDS);
        try (var accepted = server.accept()) {
          if (orderly) {
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(120, TimeUnit.SECONDS);
          } else {
            socket.abort();
          }
          accepted.setSoTimeout(10_000);
          assertThat(accepted.getInputStream().read()).isNegative();
        }
      }
    }
  }

  @Test
  void removedNetworksCarryNothing() throws Exception {
    requestor.post(net + "/nodes", Map.of("id", NODE, "ip", "192.168.0.2")).expect(200);
    Peer peer = new Peer();
    connect("192.168.0.2", echo(10).getLocalPort(), peer).get(120, TimeUnit.SECONDS);
    requestor.delete(net).expect(200);
    assertThat(peer.closed.get(120, TimeUnit.SECONDS)).isEqualTo(1001);
  }

  @Test
  void connectionsThatCanNotBeAreRefused() throws Exception {
    requestor.post(net + "/nodes", Map.of("id", NODE, "ip", "192.168.0.2")).expect(200);
    int free;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = server.getLocalPort();
    }
    assertThat(status("192.168.0.2", free)).isEqualTo(400);
    assertThat(status("192.168.0.3", free)).isEqualTo(504);
    assertThat(status("127.0.0.1", free)).isEqualTo(400);
    assertThat(status("192.168.0.2", 65536)).isEqualTo(404);
    requestor.get(net + "/tcp/192.168.0.2/" + free).expect(400);
  }

  @Test
  void packetsAreNotCarried() {
    assertThat(requestor.get(net + "/raw/from/192.168.0.1/to/192.168.0.2").expect(501).text())
        .contains("This node carries TCP connections and no packets");
  }

  private int status(String ip, int port) {
    int[] status = {0};
    assertThatThrownBy(() -> connect(ip, port, new Peer()).get(120, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> status[0] = refused.getResponse().statusCode());
    return status[0];
  }
}
