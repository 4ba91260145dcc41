package org.golempipeline.html;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HtmlTest {
  private final StringBuilder out = new StringBuilder();
  private final Html html = new Html(out);

  @Test
  void textsAndAttributesStayWhatTheyAre() {
    html.open("p", "title", "\"><script>'&", "hidden", null).text("</p><b>&lt;").close();

    assertThat(out)
        .hasToString(
            "<p title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\">&lt;/p&gt;&lt;b&gt;&amp;lt;</p>\n");
  }

  @Test
  void whatTurnsTheWritingDirectionOrIsNoTextIsMadeVisible() {
    html.foreign("a\u202eb\u0000c\ud800d\ne");

    assertThat(out).hasToString("<bdi>a\\u202eb\\x00c\\ud800d e</bdi>");
  }

  @Test
  void linesStayLines() {
    html.lines("one <\r\ntwo\u001b[2J");

    assertThat(out).hasToString("one &lt;\ntwo\\x1b[2J\n");
  }

  @Test
  void backticksMarkCodeIfThereAreTwo() {
    html.prose("Say `a<b` or `c");

    assertThat(out).hasToString("Say <code>a&lt;b</code> or `c");
  }
}
