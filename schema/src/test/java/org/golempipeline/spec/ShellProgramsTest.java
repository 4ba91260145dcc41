package org.golempipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellProgramsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\0',
      value = {
        "wc -l < \"$in\" > \"$out\" ~ wc",
        "tr a b < x | sort -u|uniq -c ~ tr sort uniq",
        "cd work && ./own.sh; /usr/bin/env python3 x.py ~ /usr/bin/env",
        "LC_ALL=C sort x; exec povray scene ~ sort povray",
        "if ffmpeg -i x; then cp a b; else ! grep q z; fi ~ ffmpeg cp grep",
        "for i in 1 2 3; do convert \"$i\"; done ~ convert",
        "case $x in⏎ foo|bar) jq . ;;⏎ *) yq ;;⏎esac ~ jq yq",
        "f() { awk 1; }; f x ~ awk",
        "x=$(date +%s) y=`hostname` ~ date hostname",
        "echo 'rm -rf x; curl y' # wget z ~ ",
        "cat <<END⏎nothing here⏎END⏎seq 3 ~ cat seq",
        "long \\⏎ command line ~ long",
        "\"$tool\" x; $other y; pre$fix z ~ ",
        "[ -f x ] && test -d y || true ~ ",
        "x=1 ~ ",
        "(nice tool) & wait ~ nice",
        "g++ -o a a.c; apt-get update ~ g++ apt-get",
      })
  void namesWhatIsStarted(String text, String names) {
    var expected = names == null ? new String[0] : names.strip().split(" +");
    assertThat(ShellPrograms.in(text.replace('⏎', '\n'))).containsExactly(expected);
  }
}
