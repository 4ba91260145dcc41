package org.golempipeline.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegexTest {
  @Test
  void findsMatchesAndCaptures() throws Exception {
    var regex = Regex.of("by", "(?<sample>[^/]+)_R([12])(\\.x)?$");

    assertThat(regex.groups()).containsExactly("sample", "", "");
    assertThat(regex.captures("a/s1_R2")).hasValue(List.of("s1", "2", ""));
    assertThat(regex.captures("a/s1_R3")).isEmpty();
    assertThat(regex.isIn("a/s1_R1")).isTrue();
    assertThat(regex.matches("a/s1_R1")).isFalse();
    assertThat(regex.matches("s1_R1.x")).isTrue();
    assertThat(regex).hasToString("(?<sample>[^/]+)_R([12])(\\.x)?$");
    assertThat(Regex.of("start", "^[\\[\\w&]+[[:digit:]]\\Q[[\\E\\x{41}\\pL{2}$").isIn("[&a0[[Abc"))
        .isTrue();
  }

  /** Each of these hangs or overflows the stack where matching goes back. */
  @Test
  void hostilePatternsAndLongTextsTakeLinearTime() {
    assertTimeoutPreemptively(
        Duration.ofMinutes(2),
        () -> {
          var name = "a".repeat(5_000) + "!";
          for (var pattern :
              List.of("(a+)+$", "(a|aa)+$", "(a*)*b", "(.*a){20}$", "^(\\w+\\s?)*$")) {
            assertThat(Regex.of("by", pattern).isIn(name)).as(pattern).isFalse();
          }
          var line = "x".repeat(1_000_000);
          assertThat(Regex.of("start", "^(x|y)*$").isIn(line)).isTrue();
          assertThat(Regex.of("start", "^(?:x+|y)*z").isIn(line)).isFalse();
        });
  }

  @Test
  void whatTheSyntaxLacksIsRefusedWithTheCure() {
    assertThat(refusal("R(?=x)"))
        .isEqualTo(
            "`by: R(?=x)` is not a regular expression that can be used: invalid or unsupported Perl syntax `(?=`. [There is no looking ahead, as matching must take linear time: match what follows as well, and capture only the part that is wanted.]");
    assertThat(refusal("R(?!x)")).contains("There is no looking ahead");
    assertThat(refusal("(?<=x)R")).contains("There is no looking behind");
    assertThat(refusal("(?<!x)R")).contains("There is no looking behind");
    assertThat(refusal("(a)\\1")).contains("There are no backreferences");
    assertThat(refusal("(?<n>a)\\k<n>")).contains("There are no backreferences");
    assertThat(refusal("a++b")).contains("nothing atomic or possessive");
    assertThat(refusal("a?+b")).contains("nothing atomic or possessive");
    assertThat(refusal("(?>a)b")).contains("nothing atomic or possessive");
    assertThat(refusal("\\hx"))
        .contains("invalid escape sequence `\\h`. [The syntax is that of RE2");
    assertThat(refusal("*x"))
        .contains("missing argument to repetition operator `*`. [Put a backslash");
    assertThat(refusal("(?<a>x)(?<a>y)")).contains("duplicate capture group name `a`");
  }

  /** Java reads these otherwise than RE2, which would not say so. */
  @Test
  void whatWouldMeanSomethingElseIsRefused() {
    assertThat(refusal("[a-z&&[^b]]")).contains("a class of characters has `&&` in it");
    assertThat(refusal("[a[b]]")).contains("a class of characters has `[` in it");
    assertThat(refusal("(?iU)a")).contains("it has the flag `U`");
  }

  @Test
  void whatWouldFillTheMemoryIsRefused() {
    assertThat(refusal("((a{1000}){1000}){1000}"))
        .contains("its repetitions make it larger than 100,000 characters");
    assertThat(refusal("(((a{9}){9}){9}){99}{99}")).contains("its repetitions");
    assertThat(refusal("(".repeat(100_000))).contains("its groups nest deeper than 200 levels");
    assertThat(refusal("a{1001}")).contains("invalid repeat count `{1001}`");
  }

  private static String refusal(String pattern) {
    var thrown = catchThrowableOfType(StrategyException.class, () -> Regex.of("by", pattern));
    assertThat(thrown).as(pattern).isNotNull();
    return thrown.getMessage() + thrown.hint().map(hint -> " [" + hint + "]").orElse("");
  }
}
