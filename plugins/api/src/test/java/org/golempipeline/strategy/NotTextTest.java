package org.golempipeline.strategy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class NotTextTest {
  private static final List<Charset> UTF_32 =
      List.of(Charset.forName("UTF-32BE"), Charset.forName("UTF-32LE"));

  /** Beginnings of files that the programs themselves wrote. */
  @Test
  void packedContentIsNamed() throws Exception {
    assertThat(what(gzip())).isEqualTo("compressed with gzip");
    assertThat(what(zip())).isEqualTo("a zip archive");
    assertThat(hex("28b52ffd0400410000")).isEqualTo("compressed with zstd");
    assertThat(hex("502a4d1804000000")).isEqualTo("compressed with zstd or lz4");
    assertThat(hex("425a6839314159265359b4")).isEqualTo("compressed with bzip2");
    assertThat(hex("425a683917724538509000000000")).isEqualTo("compressed with bzip2");
    assertThat(hex("fd377a585a000004e6d6b446")).isEqualTo("compressed with xz");
    assertThat(hex("04224d186440a705000000")).isEqualTo("compressed with lz4");
    assertThat(hex("02214c180500000050610a")).isEqualTo("compressed with lz4");
    assertThat(hex("1f9d906114")).isEqualTo("compressed with compress");
    assertThat(hex("4c5a495001")).isEqualTo("compressed with lzip");
    assertThat(hex("5d00008000ffffffffffffffff0030")).isEqualTo("compressed with lzma");
    assertThat(hex("5d0000c0000200000000000000003000")).isEqualTo("compressed with lzma");
    assertThat(hex("377abcaf271c0004")).isEqualTo("a 7z archive");
    assertThat(hex("504b0506")).isEqualTo("a zip archive");
    assertThat(hex("d0cf11e0a1b11ae1")).isEqualTo("an old Office document");
    assertThat(what(("a".repeat(257) + "ustar\00000").getBytes(ISO_8859_1)))
        .isEqualTo("a tar archive");
  }

  @Test
  void wideTextIsNamedWithAndWithoutMark() {
    for (var text :
        List.of(
            "a,b\n1,2\n",
            "7\n",
            "one line without an end",
            "\u0438\u043c\u044f;\u0433\u043e\u0434\n\u041f\u0451\u0442\u0440;1703\n",
            "\u4e00\u4e0a\u6d77\n\u5317\u4eac\r\n\u4e1c\u4eac\n",
            "\ud83d\ude00\n")) {
      assertThat(encoding(text.getBytes(UTF_16LE))).isEqualTo("UTF-16LE");
      assertThat(encoding(text.getBytes(UTF_16BE))).isEqualTo("UTF-16BE");
      assertThat(encoding(("\ufeff" + text).getBytes(UTF_16LE))).isEqualTo("UTF-16");
      assertThat(encoding(("\ufeff" + text).getBytes(UTF_16BE))).isEqualTo("UTF-16");
      for (var charset : UTF_32) {
        assertThat(encoding(text.getBytes(charset))).isEqualTo(charset.name());
        assertThat(encoding(("\ufeff" + text).getBytes(charset))).isEqualTo("UTF-32");
      }
    }
  }

  @Test
  void whatHasZerosHereAndThereIsText() {
    for (var text :
        List.of(
            "",
            "a",
            "\0",
            "a\0",
            "1\0\t2",
            "abc\0def\0",
            "a log line with a\0 in it\nand another\n",
            "a\0b\nc\0d\n",
            "abc\0def\nghi\0jkl\n",
            "\0\0\0\0\0\0\0\0",
            "id\0name\n1\0x\n",
            "BZhave you seen it\n",
            "PK is my name\n",
            "LZIP\n",
            "]\n",
            "ustar\n")) {
      assertThat(NotText.in(text.getBytes(ISO_8859_1), text.length())).as(text).isEmpty();
    }
  }

  /** Text has no zero bytes, in whichever encoding of bytes it is. */
  @Test
  void noTextIsEverRefused() {
    var random = new Random(10);
    for (var i = 0; i < 20_000; i++) {
      var bytes = new byte[random.nextInt(64)];
      for (var at = 0; at < bytes.length; at++) {
        var b =
            random.nextInt(8) == 0 ? "\t\n\r".charAt(random.nextInt(3)) : 32 + random.nextInt(224);
        bytes[at] = (byte) b;
      }
      if (bytes.length > 1 && (bytes[0] & bytes[1] & 0xff) >= 0xfe) {
        continue; // a byte order mark
      }
      assertThat(NotText.in(bytes, bytes.length)).isEmpty();
    }
    var utf8 = "\u00ff\u00fe\u4e0a\ud83d\ude00 \u0a0d\n".repeat(400).getBytes(UTF_8);
    assertThat(NotText.in(utf8, utf8.length)).isEmpty();
  }

  private static byte[] gzip() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write('a');
    }
    return bytes.toByteArray();
  }

  private static byte[] zip() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ZipOutputStream(bytes)) {
      out.putNextEntry(new ZipEntry("[Content_Types].xml"));
    }
    return bytes.toByteArray();
  }

  private static String hex(String hex) {
    return what(java.util.HexFormat.of().parseHex(hex));
  }

  private static String what(byte[] bytes) {
    return NotText.in(bytes, bytes.length).orElseThrow().what();
  }

  private static String encoding(byte[] bytes) {
    return String.valueOf(NotText.in(bytes, bytes.length).orElseThrow().encoding());
  }
}
