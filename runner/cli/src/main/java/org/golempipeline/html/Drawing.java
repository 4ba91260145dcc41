package org.golempipeline.html;

import java.util.List;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/**
 * The drawings of the page. Each is as wide as there is room and stretches, so texts stand beside
 * and not in them. What they show is said in their label too.
 */
final class Drawing {
  static final int WIDTH = 1000;

  /** How full a span is drawn: four steps. */
  private static final int LEVELS = 4;

  private final Html html;

  Drawing(Html html) {
    this.html = html;
  }

  /**
   * A part of a whole.
   *
   * @param colour of the style sheet
   */
  record Part(String words, double size, String colour) {}

  private void begin(String style, int height, String label) {
    html.open(
        "svg",
        "class",
        style,
        "viewBox",
        "0 0 " + WIDTH + " " + height,
        "preserveAspectRatio",
        "none",
        "role",
        "img",
        "aria-label",
        label);
  }

  /** Parts beside each other that make up a whole. */
  void stack(String style, int height, double whole, List<Part> parts, String label) {
    begin(style, height, label);
    var x = 0.0;
    for (var part : parts) {
      var width = whole <= 0 ? 0 : WIDTH * part.size() / whole;
      if (width > 0) {
        rectangle(x, 0, width, height, part.colour(), part.words());
        x += width;
      }
    }
    html.close();
  }

  private void rectangle(
      double x, double y, double width, double height, String colour, String title) {
    var wide = Math.max(1.2, width);
    html.open(
        "rect",
        "class",
        "f-" + colour,
        "x",
        Text.number(Math.min(x, WIDTH - wide)),
        "y",
        Text.number(y),
        "width",
        Text.number(wide),
        "height",
        Text.number(height));
    if (!title.isEmpty()) {
      html.element("title", title);
    }
    html.close();
  }

  /** How often each span of a distribution came up. */
  void histogram(long[] bars, String label) {
    begin("histogram", 70, label);
    var most = 1L;
    for (var bar : bars) {
      most = Math.max(most, bar);
    }
    var width = WIDTH / (double) Math.max(1, bars.length);
    for (var i = 0; i < bars.length; i++) {
      if (bars[i] > 0) {
        var height = Math.max(1.5, 70.0 * bars[i] / most);
        rectangle(
            i * width + width * 0.06, 70 - height, width * 0.88, height, "run", many(bars[i]));
      }
    }
    html.close();
  }

  private static String many(long count) {
    return Words.count(count, "fragment");
  }

  /** How many were rented, and before that how many worked, over time. */
  void area(Spread rented, Spread busy, long length, String label) {
    begin("area", 90, label);
    var most = 1e-9;
    for (var value : rented.averages()) {
      most = Math.max(most, value);
    }
    for (var value : busy.averages()) {
      most = Math.max(most, value);
    }
    steps(rented, length, most, "rent");
    steps(busy, length, most, "run");
    html.close();
  }

  private void steps(Spread spread, long length, double most, String colour) {
    var values = spread.averages();
    var path = new StringBuilder("M0 90");
    for (var i = 0; i < values.length && i * spread.spanMilliseconds() < length; i++) {
      var y = Text.number(90 - 86 * values[i] / most);
      var end = Math.min(length, (i + 1) * spread.spanMilliseconds());
      path.append('V').append(y).append('H').append(Text.number(x(end, length)));
    }
    html.empty("path", "class", "f-" + colour, "d", path.append("V90Z").toString());
  }

  /** An amount that only grows. */
  void growth(Curve curve, long length, double most, String label) {
    begin("area", 90, label);
    var moments = curve.moments();
    var amounts = curve.amounts();
    var path = new StringBuilder("M0 90");
    for (var i = 0; i < moments.length; i++) {
      path.append('H').append(Text.number(x(moments[i], length)));
      path.append('V').append(Text.number(90 - 86 * Math.min(1, amounts[i] / most)));
    }
    html.empty("path", "class", "f-run", "d", path.append("H" + WIDTH + "V90Z").toString());
    html.close();
  }

  /** One provider over time. */
  void lane(ProviderFacts provider, boolean summedUp, long length, String label) {
    begin("lane", 16, label);
    html.element("title", label);
    level(provider.rentedSpread, null, length, "rent");
    if (summedUp) {
      level(provider.busySpread, provider.rentedSpread, length, "run");
    }
    for (var bar : provider.bars) {
      rectangle(
          x(bar.from(), length),
          2,
          x(bar.to(), length) - x(bar.from(), length),
          12,
          colour(bar.end()),
          "%s %s: %s, %s to %s"
              .formatted(
                  bar.stage(),
                  bar.fragments(),
                  bar.end().words,
                  Text.time(bar.from()),
                  Text.time(bar.to())));
    }
    html.close();
  }

  static String colour(ProviderFacts.End end) {
    return switch (end) {
      case DONE -> "done";
      case SOME_FAILED -> "some";
      case FAILED, LOST -> "lost";
      case CANCELLED -> "cancel";
      case UNKNOWN -> "unknown";
    };
  }

  /** Spans of equal fullness as one rectangle each; against another spread, or for being at all. */
  private void level(Spread spread, @Nullable Spread whole, long length, String colour) {
    if (whole != null) {
      var reach = whole.spanMilliseconds() * Spread.SPANS - 1;
      spread.coarsen(reach);
      whole.coarsen(spread.spanMilliseconds() * Spread.SPANS - 1);
    }
    var values = spread.averages();
    var wholes = whole == null ? null : whole.averages();
    for (var i = 0; i < values.length; ) {
      var level = level(values[i], wholes == null ? values[i] : wholes[i], wholes == null);
      var end = i + 1;
      while (end < values.length
          && level(values[end], wholes == null ? values[end] : wholes[end], wholes == null)
              == level) {
        end++;
      }
      if (level > 0) {
        var from = x(Math.min(length, i * spread.spanMilliseconds()), length);
        var to = x(Math.min(length, end * spread.spanMilliseconds()), length);
        var style = level == LEVELS ? colour : colour + " l" + level;
        var inset = whole == null ? 0 : 2;
        rectangle(from, inset, to - from, 16 - 2 * inset, style, "");
      }
      i = end;
    }
  }

  private static int level(double value, double whole, boolean any) {
    if (value <= 0 || whole <= 0) {
      return 0;
    }
    return any ? LEVELS : Math.max(1, (int) Math.round(LEVELS * Math.min(1, value / whole)));
  }

  private static double x(long time, long length) {
    return WIDTH * Math.min(1, time / (double) Math.max(1, length));
  }

  /** The colour of a part beside its name. */
  void swatch(String colour) {
    html.open("svg", "class", "swatch", "viewBox", "0 0 10 10", "aria-hidden", "true");
    html.open("rect", "class", "f-" + colour, "width", "10", "height", "10", "rx", "3");
    html.close().close();
  }
}
