package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.ByteSink;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.ScriptOutcome;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.Settlement;
import org.golempipeline.golem.session.Yagna;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own client against the embedded node, with and without faults. */
@Timeout(240)
final class ClientContractTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final List<GolemEvent> events = new CopyOnWriteArrayList<>();
  private boolean near;
  private EmbeddedNode node;
  private GolemNetwork network;

  @AfterEach
  void stop() {
    if (network != null) {
      network.close();
    }
    if (node != null) {
      node.close();
    }
  }

  @Test
  void runsScriptsAndSettles() throws Exception {
    open(1, true);
    Rental rental = rent();
    assertThat(rental.folder()).startsWith("/").doesNotEndWith("/");
    for (int size : new int[] {0, 1, 40_960, 40_961, 1_000_000}) {
      byte[] input = ClientSide.random(size);
      Collector copy = new Collector();
      String in = rental.folder() + "/in-" + size;
      String out = rental.folder() + "/out-" + size;
      ScriptOutcome outcome =
          execute(
              rental,
              new Script.Upload(ClientSide.source(input), in),
              shell("cp " + in + " " + out + "; echo copied; echo oh >&2"),
              new Script.Download(out, copy));
      assertThat(outcome.ok()).isTrue();
      assertThat(outcome.results()).hasSize(3);
      assertThat(outcome.results().get(1).stdout()).isEqualTo("copied\n");
      assertThat(outcome.results().get(1).stderr()).isEqualTo("oh\n");
      assertThat(copy.bytes()).isEqualTo(input);
      assertThat(copy.finished).isTrue();
    }
    Settlement settlement = settle();
    assertThat(settlement.outstanding()).isEmpty();
    assertThat(settlement.agreements()).isEqualTo(1);
    assertBalanced();
  }

  /** Where both are in one process, nothing goes through a socket. */
  @Test
  void withoutASocketTheConversationIsTheSame() throws Exception {
    near = true;
    runsScriptsAndSettles();
    assertThat(node.near()).isPresent();
  }

  @Test
  void withoutASocketNoHashIsStated() throws Exception {
    near = true;
    open(1, true);
    node.faults().provider(0, ProviderFault.WRONG_HASH);
    Rental rental = rent();
    byte[] input = ClientSide.random(100_000);
    Collector copy = new Collector();
    ScriptOutcome outcome =
        execute(
            rental,
            new Script.Upload(ClientSide.source(input), rental.folder() + "/file"),
            new Script.Download(rental.folder() + "/file", copy));
    assertThat(outcome.ok()).isTrue();
    assertThat(copy.bytes()).isEqualTo(input);
  }

  /** A file that several read would be closed for all of them. */
  @Test
  void whoEndsAnActivityInterruptsNobodyWhoReadsForIt() throws Exception {
    near = true;
    open(1, true);
    Rental rental = rent();
    CompletableFuture<Void> reading = new CompletableFuture<>();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    ByteSource slow =
        new ByteSource() {
          @Override
          public long size() {
            return 10;
          }

          @Override
          public void read(long offset, ByteBuffer target) {
            reading.complete(null);
            ended.join();
            interrupted.complete(Thread.currentThread().isInterrupted());
            target.position(target.limit());
          }
        };
    var unused =
        rental.execute(
            new Script(
                List.of(new Script.Upload(slow, rental.folder() + "/in")),
                LIMIT,
                LIMIT,
                line -> {}));
    reading.get(120, TimeUnit.SECONDS);
    rental.close(EndReason.success("Enough")).get(120, TimeUnit.SECONDS);
    ended.complete(null);
    assertThat(interrupted.get(120, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void everyProviderIsAnOperatorOfItsOwn() throws Exception {
    open(2, true);
    Rental first = rent();
    Rental second = rent();
    assertThat(first.provider().wallet()).startsWith("0x").isNotEqualTo(second.provider().wallet());
  }

  @Test
  void severalFilesOfOneScriptHaveTheirOwnSlots() throws Exception {
    open(1, true);
    Rental rental = rent();
    String at = rental.folder();
    for (int round = 0; round < 2; round++) {
      byte[] first = ClientSide.random(50_000);
      byte[] second = ClientSide.random(70_000);
      Collector swapped = new Collector();
      Collector same = new Collector();
      ScriptOutcome outcome =
          execute(
              rental,
              new Script.Upload(ClientSide.source(first), at + "/a" + round),
              new Script.Upload(ClientSide.source(second), at + "/b" + round),
              new Script.Download(at + "/b" + round, swapped),
              new Script.Download(at + "/a" + round, same));
      assertThat(outcome.ok()).isTrue();
      assertThat(swapped.bytes()).isEqualTo(second);
      assertThat(same.bytes()).isEqualTo(first);
    }
  }

  @Test
  void theProviderFetchesFromTheWebWhatHasTheHash() throws Exception {
    open(1, true);
    Rental rental = rent();
    byte[] content = ClientSide.random(100_000);
    byte[] uploaded = ClientSide.random(50_000);
    HttpServer web = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    web.createContext(
        "/",
        exchange -> {
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(200, head ? -1 : content.length);
          if (!head) {
            exchange.getResponseBody().write(content);
          }
          exchange.close();
        });
    web.start();
    try {
      String url = "http://127.0.0.1:" + web.getAddress().getPort() + "/a%20b?c=d:e";
      String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA3-224").digest(content));
      Collector fetched = new Collector();
      Collector returned = new Collector();
      ScriptOutcome good =
          execute(
              rental,
              new Script.Fetch(url, hash, rental.folder() + "/web"),
              new Script.Upload(ClientSide.source(uploaded), rental.folder() + "/up"),
              new Script.Download(rental.folder() + "/web", fetched),
              new Script.Download(rental.folder() + "/up", returned));
      assertThat(good.ok()).isTrue();
      assertThat(fetched.bytes()).isEqualTo(content);
      assertThat(returned.bytes()).isEqualTo(uploaded);
      ScriptOutcome bad =
          execute(
              rental,
              shell("exit 0"),
              new Script.Fetch(url, "0".repeat(56), rental.folder() + "/other"),
              shell("exit 0"));
      assertThat(bad.ok()).isFalse();
      assertThat(bad.results()).hasSize(2);
      assertThat(bad.results().get(1).message()).containsIgnoringCase("hash");
    } finally {
      web.stop(0);
    }
  }

  @Test
  void aFailingCommandEndsTheScriptButNotTheRental() throws Exception {
    open(1, true);
    Rental rental = rent();
    ScriptOutcome outcome =
        execute(rental, shell("exit 0"), shell("echo no >&2; exit 3"), shell("exit 0"));
    assertThat(outcome.ok()).isFalse();
    assertThat(outcome.results()).hasSize(2);
    assertThat(outcome.results().get(1).message()).contains("code 3");
    assertThat(outcome.results().get(1).stderr()).isEqualTo("no\n");
    assertThat(execute(rental, shell("exit 0")).ok()).isTrue();
  }

  @Test
  void aMissingFileIsAFailedCommand() throws Exception {
    open(1, true);
    Rental rental = rent();
    Collector nothing = new Collector();
    ScriptOutcome outcome =
        execute(rental, new Script.Download(rental.folder() + "/nowhere", nothing));
    assertThat(outcome.ok()).isFalse();
    assertThat(outcome.results().get(0).message()).isNotBlank();
    assertThat(nothing.finished).isFalse();
  }

  @Test
  void aSinkThatRefusesFailsTheCommandWithItsWords() throws Exception {
    open(1, true);
    Rental rental = rent();
    String file = rental.folder() + "/file";
    ByteSink full =
        new ByteSink() {
          @Override
          public void restart() {}

          @Override
          public void write(ByteBuffer chunk) throws java.io.IOException {
            throw new java.io.IOException("the disk is full");
          }

          @Override
          public void finish() {}
        };
    ScriptOutcome outcome =
        execute(
            rental,
            new Script.Upload(ClientSide.source(ClientSide.random(10)), file),
            new Script.Download(file, full));
    assertThat(outcome.ok()).isFalse();
    assertThat(outcome.results().get(1).message()).isEqualTo("the disk is full");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void linesOfALongCommandReachTheWatcher(boolean inOneProcess) throws Exception {
    near = inOneProcess;
    open(1, true);
    Rental rental = rent();
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    // Speaks until somebody listened, since what is said before that is lost.
    Path heard = folder.resolve("heard");
    CompletableFuture<ScriptOutcome> running =
        rental.execute(
            new Script(
                List.of(
                    shell(
                        "i=0; while [ ! -e "
                            + heard
                            + " ]; do echo line $i; i=$((i+1));"
                            + " sleep 0.1; done")),
                LIMIT,
                LIMIT,
                lines::add));
    assertThat(lines.poll(120, TimeUnit.SECONDS)).startsWith("line ");
    java.nio.file.Files.createFile(heard);
    assertThat(running.get(120, TimeUnit.SECONDS).ok()).isTrue();
  }

  @Test
  void aFailureInTheMiddleOfALongScriptIsSeenAtOnce() throws Exception {
    open(1, true);
    Rental rental = rent();
    long begin = System.nanoTime();
    ScriptOutcome outcome = execute(rental, shell("sleep 2; exit 1"), shell("exit 0"));
    assertThat(outcome.results()).hasSize(1);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void clocksEndAScript() throws Exception {
    open(2, true);
    assertThat(failure(rent().execute(script(Duration.ofMillis(400), LIMIT, "sleep 30"))))
        .extracting(GolemException::kind)
        .isEqualTo(GolemException.Kind.DEADLINE);
    assertThat(failure(rent().execute(script(LIMIT, Duration.ofMillis(400), "sleep 30"))))
        .hasMessageContaining("no sign of life");
    assertThat(settle().outstanding()).isEmpty();
  }

  @Test
  void twentyMachinesWorkAtOnce() throws Exception {
    open(20, true);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    Map<String, String> providers = new java.util.concurrent.ConcurrentHashMap<>();
    for (int i = 0; i < 20; i++) {
      byte[] input = ClientSide.random(100_000 + i);
      all.add(
          network
              .rent(terms(LIMIT))
              .thenCompose(
                  rental -> {
                    providers.put(rental.provider().id(), rental.agreementId());
                    Collector copy = new Collector();
                    String file = rental.folder() + "/file";
                    return rental
                        .execute(
                            new Script(
                                List.of(
                                    new Script.Upload(ClientSide.source(input), file),
                                    shell("exit 0"),
                                    new Script.Download(file, copy)),
                                LIMIT,
                                LIMIT,
                                line -> {}))
                        .thenAccept(
                            outcome -> {
                              assertThat(outcome.ok()).isTrue();
                              assertThat(copy.bytes()).isEqualTo(input);
                            });
                  }));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
    assertThat(providers).hasSize(20);
    assertThat(events).filteredOn(GolemEvent.DemandSubscribed.class::isInstance).hasSize(1);
    Settlement settlement = settle();
    assertThat(settlement.outstanding()).isEmpty();
    assertThat(settlement.agreements()).isEqualTo(20);
    assertBalanced();
  }

  @Test
  void aMachineIsRentedAgainAfterItsRentalIsClosed() throws Exception {
    open(1, true);
    for (int i = 0; i < 3; i++) {
      Rental rental = rent();
      assertThat(execute(rental, shell("exit 0")).ok()).isTrue();
      rental.close(EndReason.success("Enough")).get(120, TimeUnit.SECONDS);
    }
    assertThat(settle().agreements()).isEqualTo(3);
    assertBalanced();
  }

  @Test
  void aProviderThatEndsTheAgreementIsLost() throws Exception {
    open(1, true);
    node.faults().provider(0, ProviderFault.CRASHES);
    Rental rental = rent();
    GolemException failure = failure(rental.execute(script(LIMIT, LIMIT, "sleep 20")));
    assertThat(failure.kind()).isEqualTo(GolemException.Kind.PROVIDER);
    assertThat(rental.lost().get(120, TimeUnit.SECONDS)).isNotBlank();
    rental.close(EndReason.cancelled("Lost")).get(120, TimeUnit.SECONDS);
    assertThat(settle().outstanding()).isEmpty();
  }

  @Test
  void aProviderThatVanishesFailsTheScript() throws Exception {
    open(1, true);
    node.faults().provider(0, ProviderFault.VANISHES);
    Rental rental = rent();
    GolemException failure =
        failure(rental.execute(script(Duration.ofSeconds(6), Duration.ofSeconds(6), "sleep 20")));
    assertThat(failure.kind()).isIn(GolemException.Kind.PROVIDER, GolemException.Kind.DEADLINE);
    Settlement settlement = network.settle(Duration.ofSeconds(3)).get(120, TimeUnit.SECONDS);
    assertThat(settlement.outstanding()).isNotEmpty();
  }

  @Test
  void otherProvidersAreTriedAfterRefusals() throws Exception {
    open(4, true);
    node.faults().provider(0, ProviderFault.REFUSES_PROPOSALS);
    node.faults().provider(1, ProviderFault.REFUSES_AGREEMENTS);
    node.faults().provider(2, ProviderFault.REFUSES_AGREEMENTS);
    assertThat(rent().provider().name()).isEqualTo("local-4");
    assertThat(settle().outstanding()).isEmpty();
    assertBalanced();
  }

  @Test
  void whoAgreesToTalkAndDoesNotSignIsToBlameAndNotTheMarket() throws Exception {
    open(1, true);
    node.faults().provider(0, ProviderFault.REFUSES_AGREEMENTS);
    GolemException failure = failure(network.rent(terms(Duration.ofSeconds(2))));
    assertThat(failure.kind()).isEqualTo(GolemException.Kind.PROVIDER);
    assertThat(failure.hint().orElseThrow()).contains("let you down");
  }

  @Test
  void theReasonsOfAllRefusalsAreInTheMessage() throws Exception {
    open(2, true);
    node.faults().provider(0, ProviderFault.REFUSES_PROPOSALS);
    network.ban(idOf("local-2"));
    GolemException failure = failure(network.rent(terms(Duration.ofSeconds(2))));
    assertThat(failure.kind()).isEqualTo(GolemException.Kind.MARKET);
    assertThat(failure)
        .hasMessageContaining("2 providers were seen")
        .hasMessageContaining("1 banned in this run")
        .hasMessageContaining("1 refused");
  }

  /** The first answer is told, not that of a machine that counts as deployed since. */
  @Test
  void whoCannotDeployTheImageSaysWhy() throws Exception {
    open(1, true);
    node.faults().provider(0, ProviderFault.CANNOT_DEPLOY);
    Throwable thrown =
        catchThrowable(() -> network.rent(terms(Duration.ofSeconds(2))).get(120, TimeUnit.SECONDS));
    assertThat(thrown.getCause()).hasMessageContaining("404 Not Found");
    settle();
    assertThat(events)
        .filteredOn(GolemEvent.StartFailed.class::isInstance)
        .isNotEmpty()
        .allSatisfy(
            event -> {
              GolemEvent.StartFailed failed = (GolemEvent.StartFailed) event;
              assertThat(failed.byImage()).isTrue();
              assertThat(failed.image()).isEqualTo("0".repeat(56));
              assertThat(failed.reason())
                  .isEqualTo("Could not deploy the image: the image is not there: 404 Not Found.");
            });
    assertBalanced();
  }

  @Test
  void nobodyIsRentedWhomTheBudgetCannotPay() throws Exception {
    open(1, false);
    Throwable thrown =
        catchThrowable(
            () ->
                network
                    .rent(costing("0.000000001", Duration.ofMinutes(5)))
                    .get(120, TimeUnit.SECONDS));
    assertThat(((GolemException) thrown.getCause()).kind()).isEqualTo(GolemException.Kind.BUDGET);
    assertThat(thrown.getCause()).hasMessageContaining("1 too expensive for what is left");
    assertThat(events).noneMatch(GolemEvent.AgreementCreated.class::isInstance);
    Rental rental = network.rent(costing("1", Duration.ofMinutes(5))).get(120, TimeUnit.SECONDS);
    assertThat(execute(rental, shell("exit 0")).ok()).isTrue();
  }

  @Test
  void wrongHashesFailTheDownload() throws Exception {
    open(1, true);
    Rental rental = rent();
    node.faults().provider(0, ProviderFault.WRONG_HASH);
    String file = rental.folder() + "/file";
    Collector copy = new Collector();
    ScriptOutcome outcome =
        execute(
            rental,
            new Script.Upload(ClientSide.source(ClientSide.random(1000)), file),
            new Script.Download(file, copy));
    assertThat(outcome.ok()).isFalse();
    assertThat(outcome.results().get(1).message()).contains("SHA3-256");
    assertThat(copy.finished).isFalse();
  }

  @Test
  void honestBillsArePaid() throws Exception {
    open(2, false);
    Rental rental = rent();
    assertThat(rental.pricing().cpuSecond()).isPositive();
    execute(rental, shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"));
    Settlement settlement = settle();
    assertThat(settlement.outstanding()).isEmpty();
    assertThat(settlement.accepted()).isPositive();
    assertThat(events).filteredOn(GolemEvent.InvoiceAccepted.class::isInstance).hasSize(1);
    assertThat(events).noneMatch(GolemEvent.DocumentRefused.class::isInstance);
    assertBalanced();
  }

  @Test
  void bloatedBillsAreNot() throws Exception {
    open(1, false);
    node.faults().provider(0, ProviderFault.OVERBILLS);
    execute(rent(), shell("exit 0"));
    Settlement settlement = network.settle(Duration.ofSeconds(5)).get(120, TimeUnit.SECONDS);
    assertThat(settlement.accepted()).isZero();
    assertThat(settlement.outstanding()).singleElement().asString().contains("was refused");
    assertThat(events).last().isInstanceOf(GolemEvent.AllocationReleased.class);
    assertThat(events)
        .filteredOn(GolemEvent.DocumentRefused.class::isInstance)
        .isNotEmpty()
        .allMatch(
            event -> ((GolemEvent.DocumentRefused) event).reason().contains("GLM is more than"));
  }

  @Test
  void oneOfTwoInvoicesIsPaid() throws Exception {
    open(1, false);
    node.faults().provider(0, ProviderFault.INVOICES_TWICE);
    execute(rent(), shell("exit 0"));
    assertThat(settle().outstanding()).isEmpty();
    assertThat(events).filteredOn(GolemEvent.InvoiceAccepted.class::isInstance).hasSize(1);
  }

  @Test
  void aMissingInvoiceIsOpenAndNothingStaysReserved() throws Exception {
    open(1, false);
    node.faults().provider(0, ProviderFault.NEVER_INVOICES);
    execute(rent(), shell("exit 0"));
    Settlement settlement = network.settle(Duration.ofSeconds(2)).get(120, TimeUnit.SECONDS);
    assertThat(settlement.outstanding()).hasSize(1);
    assertThat(settlement.outstanding().get(0)).contains("not accepted yet");
    assertThat(events).last().isInstanceOf(GolemEvent.AllocationReleased.class);
  }

  @Test
  void cancelledRequestsLeaveNothingBehind() throws Exception {
    open(3, true);
    node.faults().provider(0, ProviderFault.IGNORES_AGREEMENTS);
    List<CompletableFuture<Rental>> requests = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      requests.add(network.rent(terms(LIMIT)));
    }
    CompletableFuture.anyOf(requests.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
    requests.forEach(request -> request.cancel(true));
    assertThat(settle().outstanding()).isEmpty();
    assertBalanced();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lostAnswersAreLookedUp(boolean inOneProcess) throws Exception {
    near = inOneProcess;
    start(2, true);
    String lost = "/payment-api/v1/allocations|/market-api/v1/demands";
    node.faults().endpoint("POST", lost, EndpointFault.LOST_ANSWER, 2, 1);
    connect();
    node.faults()
        .endpoint(
            "POST", "/market-api/v1/agreements/[^/]+/confirm", EndpointFault.LOST_ANSWER, 1, 1);
    node.faults().endpoint("POST", "/activity-api/v1/activity", EndpointFault.LOST_ANSWER, 1, 1);
    assertThat(execute(rent(), shell("exit 0")).ok()).isTrue();
    assertThat(settle().outstanding()).isEmpty();
    assertBalanced();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void passingErrorsAreLived(boolean inOneProcess) throws Exception {
    near = inOneProcess;
    open(2, false);
    for (String path :
        List.of(
            "/market-api/v1/demands/[^/]+/events",
            "/market-api/v1/agreements/[^/]+/wait",
            "/activity-api/v1/activity/[^/]+/exec/[^/]+",
            "/payment-api/v1/invoices/[^/]+",
            "/payment-api/v1/invoiceEvents")) {
      node.faults().endpoint("GET", path, EndpointFault.INTERNAL_ERROR, 2, 1);
      node.faults().endpoint("GET", path, EndpointFault.TIMEOUT, 1, 1);
      node.faults().endpoint("POST", path, EndpointFault.INTERNAL_ERROR, 2, 1);
    }
    String ends =
        "/market-api/v1/agreements/[^/]+/terminate|/payment-api/v1/(invoices|debitNotes)/[^/]+/accept";
    node.faults().endpoint("POST", ends, EndpointFault.INTERNAL_ERROR, 3, 1);
    assertThat(execute(rent(), shell("exit 0")).ok()).isTrue();
    assertThat(settle().outstanding()).isEmpty();
    assertBalanced();
  }

  private void open(int providers, boolean free) throws Exception {
    start(providers, free);
    connect();
  }

  private void start(int providers, boolean free) throws Exception {
    NodeOptions options = new NodeOptions(0, "key", providers, folder.resolve("node"), 7, free);
    node = EmbeddedNode.start(near ? options.near() : options);
  }

  private void connect() throws Exception {
    SessionTerms terms = ClientSide.session(UUID.randomUUID().toString(), "run-1", BigDecimal.TEN);
    GolemConnection daemon = new GolemConnection(node.url(), "key", node.near());
    network = Yagna.open(daemon, terms, events::add).get(120, TimeUnit.SECONDS);
  }

  private Rental rent() throws Exception {
    return network.rent(terms(LIMIT)).get(120, TimeUnit.SECONDS);
  }

  private String idOf(String name) throws Exception {
    Rental rental = network.rent(terms(LIMIT, Set.of(name))).get(120, TimeUnit.SECONDS);
    rental.close(EndReason.success("Enough")).get(120, TimeUnit.SECONDS);
    return rental.provider().id();
  }

  private Settlement settle() throws Exception {
    return network.settle(Duration.ofSeconds(15)).get(120, TimeUnit.SECONDS);
  }

  /** What was acquired was released, each thing once. */
  private void assertBalanced() {
    Map<String, Integer> open = new HashMap<>();
    for (GolemEvent event : events) {
      if (event instanceof GolemEvent.AgreementApproved approved) {
        open.merge(approved.agreementId(), 1, Integer::sum);
      } else if (event instanceof GolemEvent.AgreementTerminated ended) {
        open.merge(ended.agreementId(), -1, Integer::sum);
      } else if (event instanceof GolemEvent.ActivityCreated created) {
        open.merge(created.activityId(), 1, Integer::sum);
      } else if (event instanceof GolemEvent.ActivityDestroyed destroyed) {
        open.merge(destroyed.activityId(), -1, Integer::sum);
      } else if (event instanceof GolemEvent.DemandSubscribed subscribed) {
        open.merge(subscribed.demandId(), 1, Integer::sum);
      } else if (event instanceof GolemEvent.DemandUnsubscribed unsubscribed) {
        open.merge(unsubscribed.demandId(), -1, Integer::sum);
      } else if (event instanceof GolemEvent.AllocationCreated created) {
        open.merge(created.allocationId(), 1, Integer::sum);
      } else if (event instanceof GolemEvent.AllocationReleased released) {
        open.merge(released.allocationId(), -1, Integer::sum);
      }
    }
    assertThat(open)
        .as("%s", events)
        .isNotEmpty()
        .allSatisfy((id, count) -> assertThat(count).isZero());
  }

  private static ScriptOutcome execute(Rental rental, Script.Command... commands) throws Exception {
    return rental
        .execute(new Script(List.of(commands), LIMIT, LIMIT, line -> {}))
        .get(120, TimeUnit.SECONDS);
  }

  private static Script script(Duration limit, Duration idle, String text) {
    return new Script(List.of(shell(text)), limit, idle, line -> {});
  }

  private static Script.Run shell(String text) {
    return new Script.Run("/bin/sh", List.of("-c", text));
  }

  private static RentalTerms terms(Duration negotiate) {
    return terms(negotiate, Set.of());
  }

  private static RentalTerms terms(Duration negotiate, Set<String> allow) {
    return ClientSide.machine(negotiate, LIMIT, allow);
  }

  private static RentalTerms costing(String most, Duration time) {
    RentalTerms any = terms(Duration.ofMinutes(5));
    return new RentalTerms(
        any.imageHash(),
        any.imageUrl(),
        any.threads(),
        any.memory(),
        any.storage(),
        any.capabilities(),
        any.expiration(),
        null,
        null,
        null,
        Set.of(),
        Set.of(),
        any.negotiateLimit(),
        any.deployLimit(),
        new RentalTerms.Ceiling(new BigDecimal(most), new BigDecimal(most), time));
  }

  private static GolemException failure(CompletableFuture<?> future) {
    Throwable thrown = catchThrowable(() -> future.get(120, TimeUnit.SECONDS));
    assertThat(thrown).isInstanceOf(ExecutionException.class);
    assertThat(thrown.getCause()).isInstanceOf(GolemException.class);
    return (GolemException) thrown.getCause();
  }

  private static final class Collector implements ByteSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private volatile boolean finished;

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
    public void finish() {
      finished = true;
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }
}
