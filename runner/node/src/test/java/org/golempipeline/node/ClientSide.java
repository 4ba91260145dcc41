package org.golempipeline.node;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.SessionTerms;

/** What our client is given to talk to a node with. */
final class ClientSide {
  private ClientSide() {}

  static SessionTerms session(String sessionId, String runId, BigDecimal amount) {
    return new SessionTerms(
        sessionId,
        runId,
        amount,
        Instant.now().plus(2, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MILLIS),
        Requestor.PLATFORM,
        "public");
  }

  /**
   * Any machine.
   *
   * @param allow the only providers, by name; empty for all
   */
  static RentalTerms machine(Duration negotiate, Duration deploy, Set<String> allow) {
    return new RentalTerms(
        "0".repeat(56),
        "http://localhost/image.gvmi",
        1,
        64L << 20,
        64L << 20,
        List.of(),
        Instant.now().plus(1, ChronoUnit.HOURS),
        null,
        null,
        null,
        allow,
        Set.of(),
        negotiate,
        deploy);
  }

  /** Bytes of no meaning, the same each time. */
  static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  static ByteSource source(byte[] bytes) {
    return new ByteSource() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public void read(long offset, ByteBuffer target) {
        target.put(bytes, (int) offset, target.remaining());
      }
    };
  }
}
