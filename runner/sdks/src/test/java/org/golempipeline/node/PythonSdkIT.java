package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Unmodified yapapi is at home on the node, and sends its files by our stand-in for yagna's {@code
 * gftp}.
 */
@Timeout(200)
class PythonSdkIT extends NodeTest {
  private static Sdk sdk;

  @TempDir Path files;

  @BeforeAll
  @Timeout(900)
  static void install() throws Exception {
    sdk = Sdk.python();
  }

  @Override
  boolean free() {
    return false;
  }

  @Test
  void filesOfAnyNameGoToTwoMachinesAndBack() throws Exception {
    Path in = Sdk.hostileFiles(files.resolve("in it's"));
    Path out = Files.createDirectory(files.resolve("out $(x)"));

    Sdk.Ran ran = sdk.run(requestor, "tasks.py", in, out).succeeded();

    assertThat(ran.out()).isEqualTo("8 tasks on 2 machines, any lost: False\n");
    Sdk.assertCapitals(in, out);
    assertEnded(2);
  }

  @Test
  @Tag(NODE_ONLY)
  void anotherProviderDoesWhatTheLostOneDidNot() throws Exception {
    node.faults().provider(0, ProviderFault.CRASHES);
    Path in = Sdk.hostileFiles(files.resolve("in"));
    Path out = Files.createDirectory(files.resolve("out"));

    Sdk.Ran ran = sdk.run(requestor, "tasks.py", in, out).succeeded();

    assertThat(ran.out()).isEqualTo("8 tasks on 2 machines, any lost: True\n");
    Sdk.assertCapitals(in, out);
  }

  @Test
  @Tag(LONG)
  void outputIsFollowedByEvents() throws Exception {
    Sdk.Ran ran = sdk.run(requestor, "stream.py").succeeded();

    assertThat(ran.lines()).containsExactly("stderr late", "deployed True, whole True");
    assertEnded(1);
  }
}
