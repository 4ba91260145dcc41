package org.golempipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveBlockTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  private int height = 24;

  private final LiveBlock block =
      new LiveBlock(
          new Screen(
              new PrintStream(written, false, StandardCharsets.UTF_8),
              true,
              false,
              () -> new Screen.Size(80, height)));

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anotherWidthLeavesNothingBehind(boolean breaksAnew) {
    var terminal = new TerminalModel(120, breaksAnew);
    terminal.write("$ golem-pipeline run\n");
    var widths = new int[] {120, 60, 200, 34, 33, 59, 120, 200, 60};
    for (var width : widths) {
      terminal.resize(width);
      draw(terminal, List.of(), lines(width - 1));
      assertThat(terminal.rows().subList(1, 4)).isEqualTo(lines(width - 1));
      assertThat(terminal.rows()).hasSize(4);
    }

    terminal.resize(80);
    draw(terminal, List.of("x".repeat(100)), lines(79));
    assertThat(terminal.rows())
        .containsExactly(
            "$ golem-pipeline run",
            "x".repeat(80),
            "x".repeat(20),
            lines(79).get(0),
            lines(79).get(1),
            lines(79).get(2));

    block.end(List.of("done"));
    show(terminal);
    draw(terminal, List.of("late"), lines(79));
    assertThat(terminal.rows())
        .containsExactly("$ golem-pipeline run", "x".repeat(80), "x".repeat(20), "done");
    assertThat(terminal.cursorRow()).isEqualTo(4);
  }

  /** Whoever draws learns of it a moment later. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTerminalThatIsNarrowerThanTheDrawingLeavesNothingEither(boolean breaksAnew) {
    var terminal = new TerminalModel(120, breaksAnew);
    draw(terminal, List.of("stays"), lines(119));
    terminal.resize(60);
    draw(terminal, List.of(), lines(119));
    assertThat(terminal.rows()).hasSize(4);
    draw(terminal, List.of("stays too"), lines(59));

    assertThat(terminal.rows())
        .containsExactly(
            "stays", "stays too", lines(59).get(0), lines(59).get(1), lines(59).get(2));
  }

  @Test
  void aTerminalThatIsLowerThanTheBlockKeepsNothingOfEarlierFrames() {
    var terminal = new TerminalModel(80, true);
    terminal.write("$ golem-pipeline run\n");
    for (var high : new int[] {24, 3, 4, 1, 2, 24}) {
      height = high;
      terminal.resizeHeight(high);
      for (var frame = 0; frame < 3; frame++) {
        draw(terminal, List.of(), numbered(frame));
      }
      var shown = numbered(2).subList(0, Math.min(6, high));
      assertThat(terminal.rows().get(0)).isEqualTo("$ golem-pipeline run");
      assertThat(terminal.rows().subList(1, terminal.rows().size())).isEqualTo(shown);
    }

    height = 2;
    terminal.resizeHeight(2);
    draw(terminal, List.of("stays", "stays too"), numbered(0));
    draw(terminal, List.of("also"), numbered(1));
    block.stay();
    show(terminal);
    assertThat(terminal.rows())
        .containsExactly(
            "$ golem-pipeline run", "stays", "stays too", "also", "title 1", "line 1 of 1");
    assertThat(terminal.cursorRow()).isEqualTo(6);
  }

  private static List<String> numbered(int frame) {
    var lines = new ArrayList<>(List.of("title " + frame));
    for (var i = 1; i < 6; i++) {
      lines.add("line %d of %d".formatted(i, frame));
    }
    return lines;
  }

  @Test
  void aBlockThatShrinksIsCleared() {
    var terminal = new TerminalModel(80, true);
    draw(terminal, List.of(), lines(79));
    draw(terminal, List.of("a"), List.of("b"));
    assertThat(terminal.rows()).containsExactly("a", "b");
    draw(terminal, List.of(), List.of());
    assertThat(terminal.rows()).containsExactly("a");
    draw(terminal, List.of(), List.of());
    assertThat(written.size()).isZero();
    draw(terminal, List.of(), List.of("c", "d"));
    block.stay();
    show(terminal);
    assertThat(terminal.rows()).containsExactly("a", "c", "d");
    assertThat(terminal.cursorRow()).isEqualTo(3);
  }

  private void draw(TerminalModel terminal, List<String> lines, List<String> below) {
    block.show(lines, below);
    show(terminal);
  }

  private void show(TerminalModel terminal) {
    terminal.write(written.toString(StandardCharsets.UTF_8));
    written.reset();
  }

  private static List<String> lines(int width) {
    return List.of("title " + "t".repeat(width - 6), "bar " + "━".repeat(width - 4), "work");
  }
}
