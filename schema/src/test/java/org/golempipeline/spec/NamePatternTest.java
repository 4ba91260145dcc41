package org.golempipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;

class NamePatternTest {
  @Test
  void matchesWholeNames() {
    assertThat(NamePattern.of("*.txt").matches("a.txt")).isTrue();
    assertThat(NamePattern.of("*.txt").matches("a.txt.gz")).isFalse();
    assertThat(NamePattern.of("*.txt").matches("b/a.txt")).isFalse();
    assertThat(NamePattern.of("**.txt").matches("b/a.txt")).isTrue();
    assertThat(NamePattern.of("?").matches("\ud83d\ude00")).isTrue();
    assertThat(NamePattern.of("[\ud83d\ude00-\ud83d\ude0f]").matches("\ud83d\ude05")).isTrue();
    assertThat(NamePattern.of("{a,bc,}\\*[!x-z^]{1,2}").matches("bc*^1")).isFalse();
    assertThat(NamePattern.of("{a,bc,}\\*[!x-z^]{1,2}").matches("*w2")).isTrue();
    assertThat(NamePattern.of("[]-]").matches("]")).isTrue();
    assertThat(NamePattern.of("a\n*").matches("a\nb")).isTrue();
  }

  /** Each of these takes for ever where matching goes back. */
  @Test
  void hostilePatternsTakeBoundedTime() {
    assertTimeoutPreemptively(
        Duration.ofMinutes(2),
        () -> {
          var name = "a".repeat(255);
          assertThat(NamePattern.of("*a".repeat(100) + "*b").matches(name)).isFalse();
          assertThat(NamePattern.of("**a".repeat(100) + "b").matches(name)).isFalse();
          assertThat(NamePattern.of("{a,aa,*}".repeat(100) + "b").matches(name)).isFalse();
        });
  }

  @Test
  void whatCannotBeReadIsRefusedWithTheReason() {
    refused("[a", "a `[` is not closed");
    refused("a{b", "a `{` is not closed");
    refused("{a,{b}}", "a `{` stands within another");
    refused("a\\", "nothing stands behind the last `\\`");
    refused("[b-a]", "a range in `[]` ends before it begins");
    refused("[a/b]", "a `/` stands between `[` and `]`");
  }

  /** What the JDK takes means the same there. */
  @Test
  void agreesWithTheJdk() {
    var random = new Random(12);
    var compared = 0;
    for (var i = 0; i < 20_000; i++) {
      var glob = text(random, "ab/*?[]!-{},\\^", 8);
      try {
        var expected = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        var pattern = NamePattern.of(glob);
        for (var each = 0; each < 5; each++) {
          var name = text(random, "ab-!^,", 5).replace("!", "/").replaceAll("/+", "/");
          name = name.length() > 1 && name.endsWith("/") ? name + "a" : name;
          assertThat(pattern.matches(name))
              .as("`%s` and `%s`", glob, name)
              .isEqualTo(expected.matches(Path.of(name)));
          compared++;
        }
      } catch (PatternSyntaxException e) {
        // the JDK does not take it
      } catch (IllegalArgumentException e) {
        assertThat(glob).as(e.getMessage()).contains("[");
      }
    }
    assertThat(compared).isGreaterThan(20_000);
  }

  private static String text(Random random, String characters, int longest) {
    var text = new StringBuilder();
    for (var i = random.nextInt(longest + 1); i > 0; i--) {
      text.append(characters.charAt(random.nextInt(characters.length())));
    }
    return text.toString();
  }

  private static void refused(String glob, String reason) {
    assertThatIllegalArgumentException().isThrownBy(() -> NamePattern.of(glob)).withMessage(reason);
  }
}
