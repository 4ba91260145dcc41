package org.golempipeline.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PacketTest {
  private static final ByteString DATA = ByteString.copyFromUtf8("data");

  private static String hex(Packet packet) {
    return HexFormat.of().formatHex(Packet.frame(packet).array());
  }

  @Test
  void successIsTwoBytesInItsFrame() throws Exception {
    assertThat(hex(new Packet.RegisterReply(Packet.OK, ""))).isEqualTo("000000021a00");
    assertThat(Packet.read(HexFormat.of().parseHex("1a00")))
        .isEqualTo(new Packet.RegisterReply(Packet.OK, ""));
  }

  @Test
  void framesAreThoseOfTheDaemon() {
    assertThat(hex(new Packet.Ping())).isEqualTo("000000027200");
    assertThat(hex(new Packet.Pong())).isEqualTo("000000027a00");
    assertThat(hex(new Packet.Register("/a"))).isEqualTo("0000000612040a022f61");
    assertThat(hex(new Packet.CallReply("7", 400, false, ByteString.EMPTY)))
        .isEqualTo("000000083a060a0137109003");
    assertThat(hex(new Packet.CallReply("7", Packet.OK, true, ByteString.copyFromUtf8("x"))))
        .isEqualTo("0000000a3a080a01371801220178");
  }

  static Stream<Packet> packets() {
    return Stream.of(
        new Packet.Hello("name", "1", ByteString.copyFrom(new byte[16])),
        new Packet.Register("/public/exeunit/a"),
        new Packet.RegisterReply(409, "taken"),
        new Packet.Unregister("/public/exeunit/a"),
        new Packet.CallRequest("0x12", "/a/Exec", "id", DATA, true),
        new Packet.CallRequest("", "/a/Exec", "id", ByteString.EMPTY, false),
        new Packet.CallReply("id", Packet.SERVICE_FAILURE, false, DATA),
        new Packet.Ping(),
        new Packet.Pong());
  }

  @ParameterizedTest
  @MethodSource("packets")
  void whatIsWrittenIsRead(Packet packet) throws IOException {
    byte[] frame = Packet.frame(packet).array();
    assertThat(Packet.read(Arrays.copyOfRange(frame, Integer.BYTES, frame.length)))
        .isEqualTo(packet);
  }

  @Test
  void kindsAndFieldsThatAreNotKnownDoNoHarm() throws Exception {
    assertThat(Packet.read(HexFormat.of().parseHex("6200"))).isEqualTo(new Packet.Other(12));
    assertThat(Packet.read(HexFormat.of().parseHex("1a0408007801")))
        .isEqualTo(new Packet.RegisterReply(0, ""));
  }

  @Test
  void bodiesAreInflatedIfTheyCanBe() throws Exception {
    byte[] plain = "a body, a body, a body, a body".getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
      out.write(plain);
    }
    assertThat(Bodies.inflated(ByteString.copyFrom(packed.toByteArray())).array()).isEqualTo(plain);
    assertThat(Bodies.inflated(ByteString.copyFrom(plain)).array()).isEqualTo(plain);
    byte[] cut = Arrays.copyOf(packed.toByteArray(), packed.size() - 3);
    assertThat(Bodies.inflated(ByteString.copyFrom(cut)).array()).isEqualTo(cut);
  }
}
