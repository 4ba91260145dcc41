package org.golempipeline.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A chain of this machine that daemons take for the test network Hoodi, with a token and a payment
 * contract of ours at the addresses that they know.
 */
final class Chain implements AutoCloseable {
  private static final String ANVIL = "@foundry-rs/anvil-linux-amd64@1.7.1";
  private static final String HOODI = "560048";
  private static final String TOKEN = "0x55555555555556AcFf9C332Ed151758858bd7a26";
  private static final String MULTI_PAYMENT = "0x222222222220C9269Cfb43eD434888F604d1dC21";
  private static final String MINT = "0x40c10f19";
  private static final String BALANCE_OF = "0x70a08231";
  private static final BigDecimal UNITS = BigDecimal.TEN.pow(18);

  private final Program program;
  private final URI url;

  private Chain(Program program, URI url) {
    this.program = program;
    this.url = url;
  }

  static Chain open(Path logs) throws IOException, InterruptedException {
    var port = Ports.free();
    Files.createDirectories(logs);
    var program =
        Program.start(
            List.of(
                installed().toString(),
                "--chain-id",
                HOODI,
                "--port",
                Integer.toString(port),
                "--block-time",
                "1",
                "--silent"),
            Map.of(),
            logs.toAbsolutePath(),
            logs.resolve("chain.log"));
    var chain = new Chain(program, URI.create("http://127.0.0.1:" + port));
    Waiting.until("the chain", chain::answers);
    chain.call("anvil_setCode", TOKEN, code("Token"));
    chain.call("anvil_setCode", MULTI_PAYMENT, code("MultiPayment"));
    return chain;
  }

  /** What a daemon needs to use it, and to pay within seconds. */
  Map<String, String> environment() {
    return Map.of(
        "HOODI_GETH_ADDR", url.toString(),
        "HOODI_WRAPPER_CONTRACT_ADDRESS", "0x" + "0".repeat(40),
        "ERC20_SENDOUT_INTERVAL_SECS", "5",
        "PAYMENT_CYCLE_DEFAULT_INTERVAL", "10s",
        "PAYMENT_CYCLE_DEFAULT_EXTRA_PAY_TIME", "5s");
  }

  /** Gives an account tokens, and what it pays for its transactions. */
  void fund(String account, int glm) throws IOException {
    var amount = BigInteger.valueOf(glm).multiply(UNITS.toBigInteger());
    call("anvil_setBalance", account, "0x" + amount.toString(16));
    call(
        "eth_sendTransaction",
        Map.of(
            "from",
            call("eth_accounts").get(0).asText(),
            "to",
            TOKEN,
            "data",
            MINT + word(account) + "%064x".formatted(amount)));
    Waiting.until("tokens of " + account, () -> balance(account).signum() > 0);
  }

  /** In GLM. */
  BigDecimal balance(String account) {
    try {
      var answer =
          call("eth_call", Map.of("to", TOKEN, "data", BALANCE_OF + word(account)), "latest");
      return new BigDecimal(new BigInteger(answer.asText().substring(2), 16)).divide(UNITS);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String word(String address) {
    return "0".repeat(24) + address.substring(2);
  }

  private boolean answers() {
    try {
      return !call("eth_chainId").isNull();
    } catch (IOException e) {
      return false;
    }
  }

  private JsonNode call(String method, Object... parameters) throws IOException {
    var body =
        Daemon.JSON.writeValueAsString(
            Map.of("jsonrpc", "2.0", "id", 1, "method", method, "params", List.of(parameters)));
    try {
      var response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(url)
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString(body))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      var answer = Daemon.JSON.readTree(response.body());
      if (answer.has("error")) {
        throw new IllegalStateException(method + ": " + answer.get("error"));
      }
      return answer.get("result");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static String code(String contract) throws IOException {
    try (var in = Chain.class.getResourceAsStream("/chain/" + contract + ".hex")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
    }
  }

  private static Path installed() throws IOException, InterruptedException {
    var folder = Files.createDirectories(Path.of("target/chain").toAbsolutePath());
    var program = folder.resolve("node_modules/.bin/anvil");
    if (!Files.exists(program)) {
      var npm =
          new ProcessBuilder("npm", "install", "--no-fund", "--no-audit", ANVIL)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("npm.log").toFile())
              .start();
      if (!npm.waitFor(240, TimeUnit.SECONDS) || npm.exitValue() != 0) {
        npm.destroyForcibly();
        throw new IllegalStateException(
            "npm failed: " + Files.readString(folder.resolve("npm.log")));
      }
    }
    return program;
  }

  @Override
  public void close() {
    program.close();
  }
}
