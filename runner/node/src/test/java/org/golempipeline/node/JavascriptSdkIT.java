package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Unmodified golem-js and task-executor are at home on the node. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class JavascriptSdkIT extends NodeTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("^```js\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private static Sdk sdk;

  @TempDir Path files;

  @BeforeAll
  @Timeout(300)
  static void install() throws Exception {
    sdk = Sdk.javascript();
  }

  @Override
  boolean free() {
    return false;
  }

  @Test
  void theDocumentedExampleWorks() throws Exception {
    var example = EXAMPLE.matcher(Files.readString(Path.of("../../docs/golem.md")));
    assertThat(example.find()).isTrue();
    sdk.write("documented.mjs", example.group(1));

    Sdk.Ran ran = sdk.run(requestor, "documented.mjs").succeeded();

    assertThat(ran.out()).isEqualTo("Hello from a provider\n");
    assertEnded(1);
  }

  @Test
  @Tag(LONG)
  void filesOfAnyNameGoToTwoMachinesAndBack() throws Exception {
    Path in = Sdk.hostileFiles(files.resolve("in it's"));
    Path out = Files.createDirectory(files.resolve("out $(x)"));

    Sdk.Ran ran = sdk.run(requestor, "files.mjs", in, out).succeeded();

    assertThat(ran.lines()).hasSize(2).first().isEqualTo("json {\"answer\":42}, bytes 0,255,10");
    assertThat(ran.lines().get(1)).matches("machines [^ ,]+,[^ ,]+");
    Sdk.assertCapitals(in, out);
    assertEnded(2);
  }

  @Test
  void outputIsSeenWhileTheCommandRuns() throws Exception {
    Sdk.Ran ran = sdk.run(requestor, "stream.mjs", files.resolve("seen")).succeeded();

    assertThat(ran.lines())
        .containsExactly(
            "Ok \"first\\nsecond\\n\" \"third\\n\"",
            "Error ExeScript command exited with code 7",
            "1288895 characters, whole true");
    assertEnded(1);
  }

  @Test
  @Tag(NODE_ONLY)
  void offersAreScannedAndProgramsReachedThroughNetworks() throws Exception {
    Sdk.Ran ran = sdk.run(requestor, "network.mjs").succeeded();

    assertThat(ran.lines())
        .containsExactly("on offer local-1,local-2", "hello through the network", "Ok");
    assertThat(requestor.get("/net-api/v1/net").json()).isEmpty();
    assertEnded(1);
  }

  @Test
  @Tag(LONG)
  void failedCommandsAreResultsAndDebitNotesAreAccepted() throws Exception {
    Sdk.Ran ran = sdk.run(requestor, "failing.mjs").succeeded();

    assertThat(ran.lines())
        .containsExactly(
            "Error, ExeScript command exited with code 3, out, err",
            "Ok Error",
            "Error",
            "still here",
            "notes true, invoices 1");
    assertEnded(1);
  }

  @Test
  @Tag(NODE_ONLY)
  void anotherProviderDoesWhatTheVanishedOneDidNot() throws IOException, InterruptedException {
    node.faults().provider(0, ProviderFault.VANISHES);

    Sdk.Ran ran = sdk.run(requestor, "executor.mjs").succeeded();

    assertThat(ran.lines()).containsExactly("1 4 9 16 25 36", "retried true");
    assertThat(requestor.get(Requestor.MARKET + "/demands").json()).isEmpty();
    assertThat(requestor.get(Requestor.PAYMENT + "/allocations").json()).isEmpty();
    assertThat(requestor.get(Requestor.PAYMENT + "/invoices").json())
        .extracting(each -> each.get("status").asText())
        .hasSize(1)
        .isSubsetOf("ACCEPTED", "SETTLED");
  }
}
