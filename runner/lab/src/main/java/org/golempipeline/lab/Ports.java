package org.golempipeline.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of this machine on which nobody listens at the moment. */
final class Ports {
  private Ports() {}

  static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Listens on a port of four digits: the daemon takes no longer one for its hub. */
  static ServerSocket listenOnFourDigits() throws IOException {
    for (var tries = 100; ; tries--) {
      var port = ThreadLocalRandom.current().nextInt(2000, 10_000);
      try {
        return new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        if (tries == 0) {
          throw e;
        }
      }
    }
  }
}
