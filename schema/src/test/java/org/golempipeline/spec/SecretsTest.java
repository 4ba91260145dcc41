package org.golempipeline.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;

class SecretsTest {
  @Test
  void hidesEachValueUnderItsName() {
    var secrets = secrets("token", "hunter22", "key", "a+b(c)$1\\E");

    assertThat(secrets.hide("a hunter22, hunter22hunter22; a+b(c)$1\\E!"))
        .isEqualTo("a [secret token], [secret token][secret token]; [secret key]!");
    assertThat(secrets.hide("nothing of hunter2 here")).isEqualTo("nothing of hunter2 here");
  }

  @Test
  void takesTheLongerOfTwoThatBeginAlike() {
    var secrets = secrets("short", "abcd", "long", "abcdefgh");

    assertThat(secrets.hide("abcdefgh abcdef")).isEqualTo("[secret long] [secret short]ef");
  }

  @Test
  void knowsAValueOfSeveralLinesByEachLine() {
    var secrets = secrets("key", "-----BEGIN-----\nMIIEvQ\n\n}\n-----END-----\n");

    assertThat(secrets.hide("<-----BEGIN-----\nMIIEvQ\n\n}\n-----END----->"))
        .isEqualTo("<[secret key]>");
    assertThat(secrets.hide("  MIIEvQ\n  }")).isEqualTo("  [secret key]\n  }");
  }

  @Test
  void leavesShortValuesAndOtherParams() {
    var params = new LinkedHashMap<String, ParamValue>();
    params.put("pin", new ParamValue("123\n", true));
    params.put("mode", new ParamValue("fast", false));

    assertThat(Secrets.of(params).isEmpty()).isTrue();
    assertThat(Secrets.of(params).hide("123 fast")).isEqualTo("123 fast");
  }

  @Test
  void hidesTheRestOfAValueWhereTextWasCut() {
    var secrets = secrets("token", "0123456789");

    assertThat(cut(secrets, "6789 and 0123456", true, true))
        .isEqualTo("[secret token] and [secret token]");
    assertThat(cut(secrets, "6789 and 0123456", false, false)).isEqualTo("6789 and 0123456");
    assertThat(cut(secrets, "789 and 012", true, true)).isEqualTo("789 and 012");
  }

  @Test
  void looksThroughBytesThatAreNoText() {
    var secrets = secrets("token", "grüße");
    var text =
        new byte[] {
          (byte) 0xff,
          'g',
          'r',
          (byte) 0xc3,
          (byte) 0xbc,
          (byte) 0xc3,
          (byte) 0x9f,
          'e',
          (byte) 0xfe
        };

    var hidden = secrets.hide(text, false, false);

    assertThat(hidden).startsWith((byte) 0xff).endsWith((byte) 0xfe);
    assertThat(new String(hidden, UTF_8)).contains("[secret token]").doesNotContain("gr");
  }

  private static String cut(Secrets secrets, String text, boolean before, boolean behind) {
    return new String(secrets.hide(text.getBytes(UTF_8), before, behind), UTF_8);
  }

  private static Secrets secrets(String... namesAndValues) {
    var params = new LinkedHashMap<String, ParamValue>();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      params.put(namesAndValues[i], new ParamValue(namesAndValues[i + 1], true));
    }
    return Secrets.of(params);
  }
}
