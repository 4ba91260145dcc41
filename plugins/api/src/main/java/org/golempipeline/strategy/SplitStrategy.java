package org.golempipeline.strategy;

import java.io.IOException;
import java.util.List;

/** Turns the input of a stage into fragments: independent pieces that any provider may compute. */
public interface SplitStrategy extends Strategy {
  /** Whether the stage may, must or must not have an input. */
  InputUse inputUse();

  /**
   * What {@code $in} is for every fragment: decided by the strategy and its options, never by how
   * many files there happen to be.
   */
  InputShape inputShape(Options options);

  /**
   * The names of the variables that each fragment will carry, known without reading any input, or
   * in the order of {@code variables} as far as they are known; the rest (a table's header) is
   * found by {@link #split}. Fragments of one split have variables of the same names.
   *
   * @throws StrategyException if the options ask for something impossible; said before anything
   *     runs
   */
  List<String> variables(Options options) throws StrategyException;

  /**
   * The fragments, in order. A pure function of input and options: the input is covered exactly
   * once, and asking twice gives the same answer. No copy of the input is written: a fragment is a
   * list of {@link Piece}s.
   *
   * @throws StrategyException if input or options are wrong, in the user's words
   */
  Fragments split(SplitContext context) throws IOException, StrategyException;

  /** Whether a stage needs an input for this strategy. */
  enum InputUse {
    REQUIRED,
    OPTIONAL,
    FORBIDDEN
  }

  /** What {@code $in} is on the provider. */
  enum InputShape {
    /** One file: the fragment's pieces, one after the other. */
    FILE,
    /**
     * A folder with every piece as a whole file at its {@link InputFile#path()}; unset when the
     * stage has no input.
     */
    FOLDER,
    /** Unset. */
    NONE
  }
}
