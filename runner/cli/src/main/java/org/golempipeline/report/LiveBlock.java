package org.golempipeline.report;

import java.util.List;

/**
 * Lines that stay, and below them on a terminal a few that are drawn again and again. Not for
 * several threads.
 */
public final class LiveBlock {
  private final Screen screen;

  /** Lines of the block that is on the screen. */
  private int drawn;

  public LiveBlock(Screen screen) {
    this.screen = screen;
  }

  /**
   * Adds lines that stay, and draws the block below them.
   *
   * @param block none elsewhere than on a terminal
   */
  public void show(List<String> lines, List<String> block) {
    if (lines.isEmpty() && block.isEmpty() && drawn == 0) {
      return;
    }
    var text = new StringBuilder();
    // Lines are overwritten and only what is left over is cleared: clearing first would flicker.
    var end = screen.live() ? "\033[K\n" : "\n";
    if (drawn > 0) {
      text.append("\033[").append(drawn).append("A\r");
    }
    lines.forEach(line -> text.append(line).append(end));
    block.forEach(line -> text.append(line).append(end));
    if (drawn > 0) {
      text.append("\033[J");
    }
    drawn = block.size();
    screen.out().print(text);
    screen.out().flush();
  }
}
