package com.example;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.golempipeline.golem.ByteSink;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.ScriptOutcome;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.Settlement;
import org.golempipeline.golem.image.ImageRegistry;
import org.golempipeline.golem.session.Yagna;

/** Rents one machine, sends it a text, and prints it back in capitals. */
public final class RentOneMachine {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  public static void main(String[] arguments) throws Exception {
    var daemon =
        new GolemConnection(
            URI.create(System.getenv("YAGNA_API_URL")), System.getenv("YAGNA_APPKEY"));
    var registry = new ImageRegistry(URI.create("https://registry.golem.network"));
    System.out.println(capitals(daemon, registry, "hello from java"));
  }

  static String capitals(GolemConnection daemon, ImageRegistry registry, String text)
      throws Exception {
    if (!(registry.resolve("golem/alpine:latest").get()
        instanceof ImageRegistry.Answer.Found image)) {
      throw new IllegalStateException("The registry does not know the image.");
    }
    // Written down before anything is spent: Yagna.settle finds by it what a crash leaves.
    var session =
        new SessionTerms(
            UUID.randomUUID().toString(),
            "my-program-" + UUID.randomUUID(),
            new BigDecimal("0.1"),
            Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MILLIS),
            "erc20-hoodi-tglm",
            "public");
    try (GolemNetwork network = Yagna.open(daemon, session, event -> {}).get()) {
      try {
        Rental machine = network.rent(terms(image)).get();
        String answer = capitals(machine, text);
        machine.close(EndReason.success("The work is done")).get();
        return answer;
      } finally {
        // Ends what is rented, accepts the invoices, and releases what is left of the budget.
        Settlement settlement = network.settle(Duration.ofMinutes(1)).get();
        settlement.outstanding().forEach(System.err::println);
      }
    }
  }

  private static RentalTerms terms(ImageRegistry.Answer.Found image) {
    return new RentalTerms(
        image.hash(),
        image.url(),
        1, // thread
        512L << 20, // bytes of memory
        1L << 30, // bytes of storage
        List.of(), // capabilities of the runtime
        Instant.now().plus(30, ChronoUnit.MINUTES), // when the agreement ends at the latest
        new BigDecimal("0.01"), // GLM for a start
        new BigDecimal("0.0001"), // GLM for a second of a thread
        new BigDecimal("0.0001"), // GLM for a second
        Set.of(), // providers to be used alone
        Set.of(), // providers not to be used
        LIMIT, // to find one
        LIMIT); // until its image has started
  }

  private static String capitals(Rental machine, String text) throws Exception {
    String in = machine.folder() + "/in";
    String out = machine.folder() + "/out";
    var result = new Received();
    var script =
        new Script(
            List.of(
                new Script.Upload(new Sent(text.getBytes(StandardCharsets.UTF_8)), in),
                new Script.Run("/bin/sh", List.of("-c", "tr a-z A-Z < " + in + " > " + out)),
                new Script.Download(out, result)),
            LIMIT,
            LIMIT,
            line -> {});
    ScriptOutcome outcome = machine.execute(script).get();
    if (!outcome.ok()) {
      throw new IllegalStateException("A command failed: " + outcome.results());
    }
    return result.bytes.toString(StandardCharsets.UTF_8);
  }

  /** A file to be sent; it is read at any place, as providers ask for it. */
  private record Sent(byte[] bytes) implements ByteSource {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
      target.put(bytes, (int) offset, target.remaining());
    }
  }

  /** A file that comes back; it is whole, with the hash that the provider states, or not at all. */
  private static final class Received implements ByteSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void restart() {
      bytes.reset();
    }

    @Override
    public void write(ByteBuffer chunk) {
      byte[] part = new byte[chunk.remaining()];
      chunk.get(part);
      bytes.writeBytes(part);
    }

    @Override
    public void finish() {}
  }
}
