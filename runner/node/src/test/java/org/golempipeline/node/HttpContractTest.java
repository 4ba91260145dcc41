package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("counts the threads of the process")
class HttpContractTest extends NodeTest {
  private Requestor.Answer bare(String path, String... headers) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(node.url() + path));
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    return requestor.send(builder.GET());
  }

  @Test
  void refusesStrangersInPlainText() {
    Requestor.Answer missing = bare("/me");
    missing.expect(401);
    assertThat(missing.text()).isEqualTo("Missing application key");
    assertThat(missing.type()).startsWith("text/plain");
    assertThat(bare("/me", "Authorization", "Bearer wrong").expect(401).text())
        .isEqualTo("Invalid application key");
    bare("/me?authToken=key").expect(200);
  }

  @Test
  void tellsItsVersionToEverybody() {
    JsonNode version = bare("/version/get").expect(200).json();
    assertThat(version.at("/current/version").asText()).isEqualTo("0.17.6");
    assertThat(version.get("pending").isNull()).isTrue();
  }

  @Test
  void idsAreJsonStrings() {
    Requestor.Answer answer =
        requestor.post(
            Requestor.MARKET + "/demands", requestor.demandBody(requestor.demandProperties()));
    assertThat(answer.type()).isEqualTo("application/json");
    assertThat(answer.text()).matches("\"[0-9a-f]{32}-[0-9a-f]{64}\"");
  }

  @Test
  void identityDiffersFromItsProviders() {
    String demand = requestor.subscribe();
    assertThat(requestor.event(demand).at("/proposal/issuerId").asText())
        .matches("0x[0-9a-f]{40}")
        .isNotEqualTo(requestor.identity());
  }

  @Test
  void malformedBodiesAreBadRequests() {
    requestor.post(Requestor.MARKET + "/demands", "{nonsense").expect(400);
    requestor.post(Requestor.MARKET + "/demands", "{\"properties\":{}}").expect(400);
    requestor.get(Requestor.MARKET + "/agreementEvents?timeout=x").expect(400);
    requestor.get(Requestor.MARKET + "/agreementEvents?maxEvents=101").expect(400);
    // A plus that is not encoded is a space.
    requestor
        .get(Requestor.MARKET + "/agreementEvents?afterTimestamp=2025-01-01T00:00:00+00:00")
        .expect(400);
  }

  @Test
  void bigBodiesAreBadRequests() {
    String body = "{\"text\":\"" + "x".repeat(3_000_000) + "\"}";
    requestor.post(Requestor.ACTIVITY + "/abc/exec", body).expect(400);
    requestor.get("/me").expect(200);
  }

  @Test
  void theKeyIsNotShown() {
    assertThat(new NodeOptions(0, "secret", 1, folder, 1, true).toString())
        .doesNotContain("secret");
  }

  @Test
  void holdsManyLongPollsWithoutThreads() throws Exception {
    List<CompletableFuture<Requestor.Answer>> polls = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      polls.add(
          requestor.getLater(Requestor.PAYMENT + "/invoiceEvents?timeout=1.5&appSessionId=" + i));
    }
    requestor.get("/me").expect(200);
    long own =
        Thread.getAllStackTraces().keySet().stream()
            .filter(each -> each.getName().startsWith("golem-node-"))
            .count();
    assertThat(own).isLessThan(10);
    assertThat(polls).noneMatch(CompletableFuture::isDone);
    for (CompletableFuture<Requestor.Answer> poll : polls) {
      assertThat(poll.get(120, TimeUnit.SECONDS).expect(200).text()).isEqualTo("[]");
    }
  }

  @Test
  void knowsEveryImage() {
    JsonNode image = bare("/v1/image/info?count=true&tag=golem/alpine:latest").expect(200).json();
    assertThat(image.get("sha3").asText()).matches("[0-9a-f]{56}");
    assertThat(image.get("size").isNumber()).isTrue();
    assertThat(bare("/v1/image/info?count=true&tag=golem/alpine:latest").json()).isEqualTo(image);
  }

  @Test
  void imagesAreSaidToBeHere() {
    JsonNode image = bare("/v1/image/info?count=true&tag=golem/alpine:latest").expect(200).json();
    String url = image.get("http").asText();
    assertThat(url).isEqualTo(node.url() + "/download/" + image.get("sha3").asText());
    assertThat(image.get("https").asText()).isEqualTo(url);
    assertThat(bare(url.substring(node.url().toString().length())).expect(404).text())
        .contains("no images");
    requestor
        .send(
            HttpRequest.newBuilder(URI.create(url))
                .method("HEAD", HttpRequest.BodyPublishers.noBody()))
        .expect(200);
  }

  @Test
  void countsAreNeverNegative() {
    for (String path :
        List.of(
            Requestor.PAYMENT + "/invoiceEvents?maxEvents=-1",
            Requestor.PAYMENT + "/debitNoteEvents?maxEvents=-1",
            Requestor.PAYMENT + "/invoices?maxItems=-1",
            Requestor.PAYMENT + "/debitNotes?maxItems=x",
            Requestor.PAYMENT + "/allocations?maxItems=-1",
            Requestor.MARKET + "/agreementEvents?maxEvents=-1")) {
      requestor.get(path).expect(400);
    }
  }

  @Test
  void listsAreAsLongAsAskedFor() {
    requestor.allocation("1");
    requestor.allocation("2");
    requestor.allocation("3");
    String all = Requestor.PAYMENT + "/allocations";
    assertThat(requestor.get(all + "?maxItems=4294967295").json()).hasSize(3);
    assertThat(requestor.get(all + "?maxItems=2").json())
        .extracting(each -> each.get("totalAmount").asText())
        .containsExactly("1", "2");
    assertThat(requestor.get(all + "?maxItems=0").json()).isEmpty();
  }
}
