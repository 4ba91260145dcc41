package org.golempipeline.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.gvmi.ImageStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalNodesTest {
  @TempDir Path folder;

  /** An auditor that is one of the audited would be asked for ever, and never answer. */
  @Test
  void theAuditorIsNobodyOfTheMarket() throws Exception {
    var honest = List.of(Persona.HONEST);
    try (var images = new ImageStore(folder.resolve("images"), Clock.systemUTC());
        var nodes = new LocalNodes(Chaos.CALM, honest, 2, this::scratch, images)) {
      assertThat(identity(nodes.thisMachine())).isNotEqualTo(identity(nodes.network()));
    }
  }

  private Path scratch() {
    try {
      return Files.createTempDirectory(folder, "node-");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String identity(GolemConnection node) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(node.url() + "/me"))
            .header("Authorization", "Bearer " + node.appKey())
            .build();
    var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }
}
