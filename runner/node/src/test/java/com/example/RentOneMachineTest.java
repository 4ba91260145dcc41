package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.image.ImageRegistry;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.NodeOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation of the client shows is a program that works. */
@Timeout(240)
class RentOneMachineTest {
  private static final Path SOURCE = Path.of("src/test/java/com/example/RentOneMachine.java");
  private static final Path PAGE = Path.of("../../docs/java-client.md");
  private static final Pattern QUOTED =
      Pattern.compile("^```java\n(package .*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @Test
  void thePageShowsIt() throws Exception {
    var quoted = QUOTED.matcher(Files.readString(PAGE));
    assertThat(quoted.find()).isTrue();
    assertThat(quoted.group(1)).isEqualTo(Files.readString(SOURCE));
  }

  @Test
  void itWorks(@TempDir Path folder) throws Exception {
    try (var node = EmbeddedNode.start(new NodeOptions(0, "key", 2, folder, 1, false))) {
      var daemon = new GolemConnection(node.url(), node.appKey());

      var answer =
          RentOneMachine.capitals(daemon, new ImageRegistry(node.url()), "hello from java");

      assertThat(answer).isEqualTo("HELLO FROM JAVA");
      assertThat(node.running()).isEmpty();
    }
  }
}
