package org.golempipeline.report;

import java.util.List;

/**
 * Lines that stay, and below them on a terminal a few that are drawn again and again. Between two
 * drawings the cursor waits where these begin. A terminal keeps it there when its width changes,
 * whether or not it breaks its lines anew, so all that became of the old ones is below it. For
 * several threads.
 */
public final class LiveBlock {
  private static final String CLEAR_LINE = "\033[K";
  private static final String CLEAR_BELOW = "\033[J";

  /** A terminal that has just become narrower is to cut lines off, not to break them. */
  private static final String CUT = "\033[?7l";

  private static final String BREAK = "\033[?7h";

  private final Screen screen;

  /** What is on the screen of it. */
  private List<String> drawn = List.of();

  private boolean ended;

  public LiveBlock(Screen screen) {
    this.screen = screen;
  }

  /**
   * Adds lines that stay, and draws the block below them.
   *
   * @param block none elsewhere than on a terminal; what that is too low for is left out
   */
  public synchronized void show(List<String> lines, List<String> block) {
    if (ended || lines.isEmpty() && block.isEmpty() && drawn.isEmpty()) {
      return;
    }
    var fitting = screen.live() && !block.isEmpty() ? fitting(block) : block;
    var text = new StringBuilder();
    if (screen.live()) {
      draw(text, lines, fitting);
    } else {
      lines.forEach(line -> text.append(line).append('\n'));
    }
    drawn = List.copyOf(fitting);
    screen.out().print(text);
  }

  /** What scrolls out of a terminal can neither be overwritten nor cleared. */
  private List<String> fitting(List<String> block) {
    return block.subList(0, Math.min(block.size(), screen.size().get().lines()));
  }

  /** Lines are overwritten and only what is left over is cleared: clearing first would flicker. */
  private static void draw(StringBuilder text, List<String> lines, List<String> block) {
    text.append('\r');
    lines.forEach(line -> text.append(line).append(CLEAR_LINE).append('\n'));
    if (block.isEmpty()) {
      text.append(CLEAR_BELOW);
      return;
    }
    text.append(CUT).append(String.join(CLEAR_LINE + "\n", block));
    text.append(CLEAR_LINE).append(CLEAR_BELOW).append(BREAK).append('\r');
    if (block.size() > 1) {
      text.append("\033[").append(block.size() - 1).append('A');
    }
  }

  /** Lets the block stay as it is. Whatever is to be shown after it is not. */
  public synchronized void stay() {
    end(drawn);
  }

  /** Adds lines in place of the block. Whatever is to be shown after them is not. */
  public synchronized void end(List<String> lines) {
    show(lines, List.of());
    ended = true;
  }
}
