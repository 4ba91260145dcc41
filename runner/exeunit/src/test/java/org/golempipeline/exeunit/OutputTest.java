package org.golempipeline.exeunit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.golempipeline.golem.wire.ExeCommand;
import org.junit.jupiter.api.Test;

class OutputTest {
  private static Object kept(ExeCommand.Mode mode, byte[] bytes, int step) {
    Output output = Output.of(mode);
    for (int at = 0; at < bytes.length; at += step) {
      byte[] part = java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + step));
      output.add(part, part.length);
    }
    return output.kept() == null ? null : kept(mode, bytes);
  }

  private static Object kept(ExeCommand.Mode mode, byte[] bytes) {
    Output output = Output.of(mode);
    output.add(bytes, bytes.length);
    return output.kept().json();
  }

  private static ExeCommand.Mode atEnd(Long head, Long tail, Long headTail) {
    return new ExeCommand.Mode(new ExeCommand.AtEnd(head, tail, headTail, "str"), null);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void keepsTheAskedPart() {
    byte[] alphabet = ascii("abcdefghijklmnopqrstuvwxyz");
    assertThat(kept(atEnd(4L, null, null), alphabet, 3)).isEqualTo("abcd");
    assertThat(kept(atEnd(null, 4L, null), alphabet, 3)).isEqualTo("wxyz");
    assertThat(kept(atEnd(null, null, 6L), alphabet, 3)).isEqualTo("abcxyz");
    assertThat(kept(ExeCommand.Mode.whole(), alphabet, 5))
        .isEqualTo(new String(alphabet, StandardCharsets.US_ASCII));
  }

  @Test
  void keepsTheTailOfMuchOutputInLittleRoom() {
    Output output = Output.of(ExeCommand.Mode.tail(10));
    for (int i = 0; i < 100_000; i++) {
      byte[] line = ascii("line " + i + "\n");
      output.add(line, line.length);
    }
    assertThat(output.kept().text()).isEqualTo("ine 99999\n");
  }

  @Test
  void nothingIsNull() {
    assertThat(Output.of(ExeCommand.Mode.whole()).kept()).isNull();
    assertThat(Output.of(null)).isNull();
  }

  @Test
  void bytesThatAreNoTextBecomeCharacters() {
    byte[] bytes = {'a', (byte) 0xe9, 'b'};
    assertThat(kept(ExeCommand.Mode.whole(), bytes)).isEqualTo("aéb");
    ExeCommand.Mode binary =
        new ExeCommand.Mode(new ExeCommand.AtEnd(null, null, null, "bin"), null);
    assertThat(kept(binary, bytes)).isEqualTo(List.of(97, 0xe9, 98));
  }
}
