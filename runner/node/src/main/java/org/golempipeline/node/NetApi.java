package org.golempipeline.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.undertow.websockets.core.CloseMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Virtual networks: who has which address in them, and TCP connections to their members. Members
 * are programs on this machine that have no addresses of their own, so a connection to a port of
 * any of them leads to that port on loopback. IPv4 only, and no packets: members do not find each
 * other at their addresses.
 */
final class NetApi {
  private static final int ADDRESS_BITS = 32;
  private static final int ID_DIGITS = 32;
  private static final long ALL = 0xffff_ffffL;
  private static final int LARGEST_PORT = 0xffff;

  private final NodeContext context;
  private final Map<String, Network> networks = new LinkedHashMap<>();

  NetApi(NodeContext context) {
    this.context = context;
  }

  private static final class Network {
    final Map<String, String> description;
    final long address;
    final int bits;

    /** Our own. */
    final Set<String> addresses = new LinkedHashSet<>();

    /** Node ids by address. */
    final Map<String, String> nodes = new LinkedHashMap<>();

    final Set<WebSocketChannel> connections = new LinkedHashSet<>();

    Network(Map<String, String> description, long address, int bits) {
      this.description = description;
      this.address = address;
      this.bits = bits;
    }

    boolean contains(long ip) {
      return ((ip ^ address) & mask(bits)) == 0;
    }
  }

  void addTo(Routes routes) {
    for (String root : List.of("/net-api/v1/net", "/net-api/v2/vpn/net")) {
      add(routes, root);
    }
  }

  private void add(Routes routes, String root) {
    routes.post(root, this::create);
    routes.get(
        root,
        call -> {
          synchronized (context.lock) {
            return Reply.json(200, networks.values().stream().map(n -> n.description).toList());
          }
        });
    String one = root + "/{net}";
    routes.get(one, call -> Reply.json(200, network(call.path("net")).description));
    routes.delete(one, this::remove);
    routes.get(one + "/addresses", call -> Reply.json(200, addresses(call)));
    routes.post(one + "/addresses", this::addAddress);
    routes.get(one + "/nodes", call -> Reply.json(200, nodes(call)));
    routes.post(one + "/nodes", this::addNode);
    routes.act(
        "DELETE",
        one + "/nodes/{node}",
        Reply.jsonNull(),
        call -> {
          synchronized (context.lock) {
            network(call.path("net")).nodes.values().removeIf(call.path("node")::equals);
          }
        });
    routes.socket(one + "/tcp/{ip}/{port}", this::connect);
    routes.get(
        one + "/raw/from/{from}/to/{to}",
        call -> {
          throw new ApiException(501, "This node carries TCP connections and no packets");
        });
  }

  /** Who owns other networks may not know whether this one exists. */
  private Network network(String id) {
    synchronized (context.lock) {
      Network network = networks.get(id);
      if (network != null) {
        return network;
      }
      throw networks.isEmpty()
          ? new ApiException(404, "Network not found")
          : new ApiException(Reply.empty(403));
    }
  }

  private Reply create(Call call) {
    JsonNode body = call.json();
    String[] ip = text(body, "ip").split("/", 2);
    long address = number(ip[0]);
    int bits = ip.length == 2 ? prefix(ip[1]) : ones(body.path("mask").asText("255.255.255.0"));
    JsonNode gateway = body.path("gateway");
    long firstHost = (address & mask(bits)) + (bits < ADDRESS_BITS - 1 ? 1 : 0);
    Map<String, String> network = new LinkedHashMap<>();
    String id = context.hex(ID_DIGITS);
    network.put("id", id);
    network.put("ip", dotted(address) + "/" + bits);
    network.put("mask", dotted(mask(bits)));
    network.put("gateway", dotted(gateway.isTextual() ? number(gateway.asText()) : firstHost));
    Network made = new Network(network, address, bits);
    made.addresses.add(dotted(firstHost) + "/" + bits);
    synchronized (context.lock) {
      networks.put(id, made);
    }
    return Reply.json(200, network);
  }

  private static long mask(int bits) {
    return (ALL << (ADDRESS_BITS - bits)) & ALL;
  }

  private static int ones(String mask) {
    return Long.numberOfLeadingZeros(~(number(mask) << ADDRESS_BITS));
  }

  private static int prefix(String text) {
    if (!text.matches("[0-9]{1,2}") || Integer.parseInt(text) > ADDRESS_BITS) {
      throw new ApiException(400, "Invalid network prefix: " + text);
    }
    return Integer.parseInt(text);
  }

  private static String text(JsonNode body, String field) {
    JsonNode value = body.path(field);
    if (!value.isTextual()) {
      throw new ApiException(400, "Json deserialize error: missing field `" + field + "`");
    }
    return value.asText();
  }

  private static long number(String ip) {
    String[] parts = ip.split("\\.", -1);
    long number = 0;
    for (String part : parts) {
      if (!part.matches("[0-9]{1,3}") || Integer.parseInt(part) > 0xff) {
        throw new ApiException(400, "Invalid IP address: " + ip);
      }
      number = (number << 8) | Integer.parseInt(part);
    }
    if (parts.length != 4) {
      throw new ApiException(400, "Invalid IP address: " + ip);
    }
    return number;
  }

  private static String dotted(long number) {
    return "%d.%d.%d.%d"
        .formatted(number >> 24 & 0xff, number >> 16 & 0xff, number >> 8 & 0xff, number & 0xff);
  }

  /** An address that one machine can have: not loopback, multicast, none or all. */
  private static long ofMachine(String ip) {
    long number = number(ip);
    long first = number >> 24;
    if (number == 0 || first == 127 || (first >= 224 && first < 240) || number == ALL) {
      throw new ApiException(400, "IP address not allowed: " + ip);
    }
    return number;
  }

  private static long member(Network network, Call call) {
    long ip = ofMachine(text(call.json(), "ip"));
    if (!network.contains(ip)) {
      throw new ApiException(
          400, "IP address %s does not belong to the network".formatted(dotted(ip)));
    }
    return ip;
  }

  private Reply remove(Call call) {
    synchronized (context.lock) {
      Network network = network(call.path("net"));
      networks.remove(call.path("net"));
      for (WebSocketChannel each : List.copyOf(network.connections)) {
        WebSockets.sendClose(CloseMessage.GOING_AWAY, "network removed", each, null);
      }
    }
    return Reply.jsonNull();
  }

  private Reply addAddress(Call call) {
    synchronized (context.lock) {
      Network network = network(call.path("net"));
      network.addresses.add(dotted(member(network, call)) + "/" + network.bits);
      return Reply.jsonNull();
    }
  }

  /** An address that is taken stays whose it is, and that is no error. */
  private Reply addNode(Call call) {
    synchronized (context.lock) {
      Network network = network(call.path("net"));
      String node = text(call.json(), "id");
      network.nodes.putIfAbsent(dotted(member(network, call)), node);
      return Reply.jsonNull();
    }
  }

  private List<Map<String, String>> addresses(Call call) {
    synchronized (context.lock) {
      return network(call.path("net")).addresses.stream().map(ip -> Map.of("ip", ip)).toList();
    }
  }

  private List<Map<String, String>> nodes(Call call) {
    synchronized (context.lock) {
      return network(call.path("net")).nodes.entrySet().stream()
          .map(each -> Map.of("id", each.getValue(), "ip", each.getKey()))
          .toList();
    }
  }

  private Supplier<CompletableFuture<Routes.SocketTaker>> connect(Call call) {
    Network network = network(call.path("net"));
    int port = port(call.path("port"));
    requireNode(network, call.path("ip"));
    return () -> CompletableFuture.supplyAsync(() -> tunnel(network, port), context.pool);
  }

  private static int port(String port) {
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > LARGEST_PORT) {
      throw new ApiException(404, "can not parse `" + port + "` to a port");
    }
    return Integer.parseInt(port);
  }

  /** To an address that nobody has, a connection would never come about. */
  private void requireNode(Network network, String ip) {
    long number = ofMachine(ip);
    synchronized (context.lock) {
      if (!network.nodes.containsKey(dotted(number))) {
        throw new ApiException(Reply.empty(504));
      }
    }
  }

  private Routes.SocketTaker tunnel(Network network, int port) {
    TcpTunnel tunnel;
    try {
      tunnel = TcpTunnel.to(port, context.pool);
    } catch (IOException e) {
      throw new ApiException(400, "Connection error: " + e.getMessage());
    }
    return new Routes.SocketTaker() {
      @Override
      public void attach(WebSocketChannel socket) {
        synchronized (context.lock) {
          network.connections.add(socket);
        }
        socket.addCloseTask(
            closed -> {
              synchronized (context.lock) {
                network.connections.remove(closed);
              }
            });
        tunnel.attach(socket);
      }

      @Override
      public void cancel() {
        tunnel.close();
      }
    };
  }
}
