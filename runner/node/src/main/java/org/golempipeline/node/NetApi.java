package org.golempipeline.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Virtual networks, as far as keeping account of them goes: everything runs on this machine, so
 * nothing is ever sent through one.
 */
final class NetApi {
  private static final int ADDRESS_BITS = 32;

  private final NodeContext context;
  private final Map<String, Network> networks = new LinkedHashMap<>();

  NetApi(NodeContext context) {
    this.context = context;
  }

  private static final class Network {
    final Map<String, String> description;
    final String prefix;

    /** Node ids by address; our own addresses have none. */
    final Map<String, String> addresses = new LinkedHashMap<>();

    Network(Map<String, String> description, String prefix) {
      this.description = description;
      this.prefix = prefix;
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
    routes.get(one, call -> Reply.json(200, network(call).description));
    routes.delete(
        one,
        call -> {
          synchronized (context.lock) {
            networks.remove(network(call).description.get("id"));
          }
          return Reply.jsonNull();
        });
    routes.get(one + "/addresses", call -> Reply.json(200, members(call, false)));
    routes.post(one + "/addresses", call -> join(call, ""));
    routes.get(one + "/nodes", call -> Reply.json(200, members(call, true)));
    routes.post(one + "/nodes", call -> join(call, call.json().path("id").asText()));
    routes.delete(
        one + "/nodes/{node}",
        call -> {
          synchronized (context.lock) {
            network(call).addresses.values().removeIf(call.path("node")::equalsIgnoreCase);
          }
          return Reply.jsonNull();
        });
  }

  private Network network(Call call) {
    synchronized (context.lock) {
      Network network = networks.get(call.path("net"));
      if (network == null) {
        throw new ApiException(404, "Network not found: " + call.path("net"));
      }
      return network;
    }
  }

  private Reply create(Call call) {
    JsonNode body = call.json();
    String[] ip = body.path("ip").asText().split("/", 2);
    long address = number(ip[0]);
    int bits =
        ip.length == 2
            ? Integer.parseInt(ip[1])
            : Long.bitCount(number(body.path("mask").asText("255.255.255.0")));
    long mask = (-1L << (ADDRESS_BITS - bits)) & 0xffff_ffffL;
    Map<String, String> network = new LinkedHashMap<>();
    String id = context.hex(ADDRESS_BITS);
    network.put("id", id);
    network.put("ip", text(address & mask) + "/" + bits);
    network.put("mask", text(mask));
    network.put("gateway", body.path("gateway").asText(text((address & mask) + 1)));
    synchronized (context.lock) {
      networks.put(id, new Network(network, "/" + bits));
    }
    return Reply.json(200, network);
  }

  private static long number(String ip) {
    long number = 0;
    String[] parts = ip.split("\\.", -1);
    try {
      for (String part : parts) {
        number = (number << 8) | Integer.parseInt(part);
      }
    } catch (NumberFormatException e) {
      throw new ApiException(400, "Bad request: not an address: " + ip);
    }
    if (parts.length != 4) {
      throw new ApiException(400, "Bad request: not an address: " + ip);
    }
    return number;
  }

  private static String text(long number) {
    return "%d.%d.%d.%d"
        .formatted(number >> 24 & 0xff, number >> 16 & 0xff, number >> 8 & 0xff, number & 0xff);
  }

  private Reply join(Call call, String node) {
    String ip = call.json().path("ip").asText();
    synchronized (context.lock) {
      Network network = network(call);
      boolean taken = !node.isEmpty() && network.addresses.containsValue(node);
      if (taken || network.addresses.putIfAbsent(ip, node) != null) {
        throw new ApiException(409, "Address or node is taken: " + ip);
      }
      return Reply.jsonNull();
    }
  }

  private List<Map<String, String>> members(Call call, boolean nodes) {
    synchronized (context.lock) {
      Network network = network(call);
      return network.addresses.entrySet().stream()
          .filter(each -> each.getValue().isEmpty() != nodes)
          .map(
              each ->
                  nodes
                      ? Map.of("id", each.getValue(), "ip", each.getKey())
                      : Map.of("ip", each.getKey() + network.prefix))
          .toList();
    }
  }
}
