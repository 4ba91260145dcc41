package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlowRequestTest extends NodeTest {
  private static final String HEAD = "POST /market-api/v1/demands HTTP/1.1\r\nHost: x\r\n";

  @Override
  Timings timings() {
    return Timings.REAL.withArriving(Duration.ofMillis(200));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /me HT",
        HEAD,
        HEAD + "Authorization: Bearer key\r\nContent-Length: 100\r\n\r\n{\"proper",
        HEAD + "Authorization: Bearer key\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"p",
      })
  void whatIsSentInHalfIsNotWaitedForForever(String sent) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.url().getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }
    requestor.get("/me").expect(200);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5})
  void longPollsMayTakeLonger(double timeout) {
    assertThat(requestor.get(Requestor.PAYMENT + "/invoiceEvents?timeout=" + timeout).json())
        .isEmpty();
  }
}
