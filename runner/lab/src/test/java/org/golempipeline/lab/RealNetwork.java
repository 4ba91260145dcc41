package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.golempipeline.cli.ChildJvm;
import org.golempipeline.cli.Workspace;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A folder with the command line in it, on a network of released daemons. */
@ExtendWith(SharedLab.class)
@Timeout(300)
abstract class RealNetwork {
  @TempDir Path folder;
  Lab lab;
  Workspace workspace;
  private Instant begin;

  @BeforeEach
  void enter() {
    lab = SharedLab.current();
    workspace = new Workspace(folder);
    lab.environment().forEach(workspace::with);
    begin = Instant.now();
  }

  /** Runs a pipeline of the folder on the network. */
  Workspace.Ran run(String... arguments) {
    return workspace.run(command(arguments));
  }

  /** The same beside the test, which looks at {@link #journal} meanwhile. */
  CompletableFuture<Workspace.Ran> running(String... arguments) {
    return CompletableFuture.supplyAsync(() -> run(arguments));
  }

  /** The same in a process of its own. */
  ChildJvm child(String... arguments) throws IOException {
    return ChildJvm.start(folder, lab.environment(), command(arguments));
  }

  private static String[] command(String... arguments) {
    var command = new ArrayList<>(List.of("run", "--on", "golem"));
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }

  /** What the runs of this folder have written down so far. */
  List<String> journal() {
    var runs = folder.resolve(".golem-pipeline/runs");
    if (!Files.isDirectory(runs)) {
      return List.of();
    }
    try (var files = Files.walk(runs)) {
      var lines = new ArrayList<String>();
      for (var file : files.filter(each -> each.endsWith("journal.ndjson")).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for an event, and answers the first of that type. */
  JsonNode await(String type) throws IOException {
    Waiting.until("the event " + type, () -> journal().stream().anyMatch(of(type)));
    return Daemon.JSON.readTree(journal().stream().filter(of(type)).findFirst().orElseThrow());
  }

  static Predicate<String> of(String type) {
    return line -> line.contains("\"type\":\"" + type + "\"") && line.endsWith("}");
  }

  /** The provider that the first machine belongs to. */
  Provider working() throws IOException {
    await("batch-started");
    var name = await("rental-opened").get("providerName").asText();
    return lab.providers().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Nothing of this test runs, and nothing is reserved for it any more. */
  void assertNothingIsLeft() {
    var market = "/market-api/v1";
    assertThat(lab.requestor().get(market + "/agreements?state=Approved&afterDate=" + begin))
        .isEmpty();
    assertThat(ofThisTest(market + "/demands")).isEmpty();
    assertThat(ofThisTest("/payment-api/v1/allocations")).isEmpty();
  }

  private List<JsonNode> ofThisTest(String path) {
    var all = new ArrayList<JsonNode>();
    lab.requestor().get(path).forEach(all::add);
    all.removeIf(each -> Instant.parse(each.get("timestamp").asText()).isBefore(begin));
    return all;
  }

  /** The same, and every invoice that came in this test is accepted, which are so many or more. */
  void assertSettled(int invoices) {
    assertNothingIsLeft();
    assertThat(invoices())
        .hasSizeGreaterThanOrEqualTo(invoices)
        .allMatch(each -> List.of("ACCEPTED", "SETTLED").contains(each.get("status").asText()));
  }

  List<JsonNode> invoices() {
    return ofThisTest("/payment-api/v1/invoices");
  }
}
