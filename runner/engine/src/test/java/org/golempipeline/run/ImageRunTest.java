package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose image lies on this machine. */
@Timeout(240)
class ImageRunTest {
  private static final String YAML =
      """
      version: 1
      name: image
      image: ./my.gvmi
      run: echo done > "$out"
      merge: concat
      output: all.txt
      """;

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() throws IOException {
    project = new Project(folder);
    project.fetchImages();
  }

  @Test
  void theDemandNamesHashAndAddress() throws Exception {
    var packages = new ArrayList<String>();
    project.listener =
        event -> {
          if (event instanceof RunEvent.RentalOpened) {
            packages.addAll(taskPackages());
          }
        };
    project.succeed(YAML);
    assertThat(project.read("all.txt")).isEqualTo("done\n");
    assertThat(packages).isNotEmpty();
    assertThat(packages.get(0)).matches("hash:sha3:[0-9a-f]{56}:gftp://0x[0-9a-f]{40}/[0-9a-f]+");
  }

  @Test
  void whatCannotBeServedEndsTheRunAndGivesTheAllocationBack() throws Exception {
    var found = project.images;
    project.images =
        plan -> {
          var images = found.apply(plan);
          try {
            FileUtils.deleteDirectory(folder.resolve("images").toFile());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return images;
        };
    var end = project.run(YAML);
    assertThat(end.failure()).isNotNull();
    assertThat(end.failure().kind()).isEqualTo(FailureKind.MARKET);
    assertThat(end.failure().message()).startsWith("Could not read the image `./my.gvmi`: ");
    assertThat(project.events(RunEvent.AllocationReleased.class)).hasSize(1);
    assertThat(project.events(RunEvent.DemandSubscribed.class)).isEmpty();
  }

  private List<String> taskPackages() {
    var packages = new ArrayList<String>();
    for (JsonNode demand : project.ask("/market-api/v1/demands")) {
      packages.add(demand.at("/properties").path("golem.srv.comp.task_package").asText());
    }
    return packages;
  }
}
