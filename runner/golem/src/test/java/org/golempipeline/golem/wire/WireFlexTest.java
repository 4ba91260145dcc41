package org.golempipeline.golem.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.flatbuffers.FlexBuffersBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WireFlexTest {
  private static final String OK_NULL = "4f6b00010401010100000224 01".replace(" ", "");

  /** A script as a daemon sent it. */
  private static final String EXEC =
      "616374697669747949640020343037626535336466323763343963326133383364633131633430643964376500626174"
          + "636849640020633663303138623132643534343035666232306262336131316333326331663300657865536372697074"
          + "007465726d696e6174650000000100010f010101052401032474696d656f7574000482562d0c00000600000001000000"
          + "040000008800000062000000250000000000a0401414280e142601";

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }

  private static JsonNode json(String text) throws Exception {
    return WireJson.mapper().readTree(text);
  }

  @Test
  void readsWhatADaemonWrote() throws Exception {
    assertThat(WireFlex.read(bytes(EXEC)))
        .isEqualTo(
            json(
                """
                {"activityId": "407be53df27c49c2a383dc11c40d9d7e",
                 "batchId": "c6c018b12d54405fb20bb3a11c32c1f3",
                 "exeScript": [{"terminate": {}}],
                 "timeout": 5.0}
                """));
    assertThat(WireFlex.read(bytes(OK_NULL))).isEqualTo(json("{\"Ok\": null}"));
  }

  @Test
  void writesWhatADaemonReads() throws Exception {
    ByteBuffer written = WireFlex.write(json("{\"Ok\": null}"));
    byte[] array = new byte[written.remaining()];
    written.get(array);
    assertThat(HexFormat.of().formatHex(array)).isEqualTo(OK_NULL);
  }

  @Test
  void aTreeComesBackAsItWas() throws Exception {
    JsonNode tree =
        json(
            """
            {"z": [1, -1, 300, 70000, 5000000000], "a": {"b": {"c": [[], {}, "", "ü𝄞"]}},
             "f": [0.1, 1e300, -2.5], "t": true, "n": null, "same": "same"}
            """);
    JsonNode read = WireFlex.read(WireFlex.write(tree));
    // Through text, because a tree tells long numbers from short ones.
    assertThat(json(read.toString())).isEqualTo(tree);
  }

  @Test
  void bytesAreABlob() {
    byte[] content = "content".getBytes(StandardCharsets.US_ASCII);
    ObjectNode tree = JsonNodeFactory.instance.objectNode().put("content", content);
    assertThat(WireFlex.read(WireFlex.write(tree)).get("content").isBinary()).isTrue();
    assertThat(WireFlex.read(WireFlex.write(tree))).isEqualTo(tree);
  }

  @Test
  void vectorsOfAFixedLengthAreRefusedInWords() {
    FlexBuffersBuilder out = new FlexBuffersBuilder();
    int vector = out.startVector();
    out.putInt(1);
    out.putInt(2);
    out.endVector(null, vector, true, false);
    assertThat(WireFlex.read(out.finish())).hasSize(2);
    // Two numbers, without a length in front: what the library can neither write nor read.
    assertThatThrownBy(() -> WireFlex.read(bytes("0102024001")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("type 16");
  }

  @Test
  void refusesWhatIsNestedWithoutEnd() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode inner = root;
    for (int i = 0; i < 200; i++) {
      inner = inner.putObject("a");
    }
    assertThatThrownBy(() -> WireFlex.read(WireFlex.write(root)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Whatever bytes come, there is a tree or a refusal. */
  @Test
  void survivesAnyBytes() {
    SplittableRandom random = new SplittableRandom(7);
    byte[] good = HexFormat.of().parseHex(EXEC);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = good.clone();
      for (int j = 0; j < 1 + i % 4; j++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(WireFlex.read(ByteBuffer.wrap(bytes))).isNotNull();
      } catch (IllegalArgumentException refused) {
        assertThat(refused).isNotNull();
      }
    }
  }
}
