package org.golempipeline.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.spec.Verify;

/**
 * What several machines answered to the same fragments of a stage, and what is made of it.
 *
 * <p>With audits a provider's first result is always checked, after n checks the next one with a
 * chance of 1/(n + 1), and never with less than the share that the file asks for. Whoever falsifies
 * k results of its later work goes unnoticed with a chance of at most (1 - share)^k, times less if
 * those who check may be its friends; once noticed, all its results are computed again.
 */
final class Ballots {
  /** How an answer was taken. */
  enum Verdict {
    /** Another machine must answer first. */
    OPEN,
    /** The answer counts. */
    SETTLED,
    /** Too many machines answered, each something else. */
    HOPELESS
  }

  /**
   * One machine's answer.
   *
   * @param kind the batch that first left this output: equal answers have equal kinds
   */
  record Answer(int kind, String provider, String wallet) {}

  private final Verify verify;
  private final Map<Integer, List<Answer>> open = new HashMap<>();

  /** By provider, how many of its results were compared with others, or wait for that. */
  private final Map<String, Integer> compared = new HashMap<>();

  private final Set<String> answered = new HashSet<>();
  private final Set<String> contradicted = new HashSet<>();
  private final Map<String, BitSet> trusted = new TreeMap<>();

  Ballots(Verify verify) {
    this.verify = verify;
  }

  /**
   * Whether the first answer to a fragment must be checked.
   *
   * @param lot between 0 and 1, which the provider could not foresee
   */
  boolean mustCheck(String provider, double lot) {
    return verify.copies() > 1
        || verify.audits(lot)
        || lot < 1.0 / (1 + compared.getOrDefault(provider, 0));
  }

  /** Remembers a result that was not checked, in case its maker turns out to be a liar. */
  void trust(int fragment, String provider) {
    trusted.computeIfAbsent(provider, each -> new BitSet()).set(fragment);
  }

  boolean isOpen(int fragment) {
    return open.containsKey(fragment);
  }

  Verdict add(int fragment, Answer answer) {
    var answers = open.computeIfAbsent(fragment, each -> new ArrayList<>());
    answers.add(answer);
    compared.merge(answer.provider(), 1, Integer::sum);
    if (answers.size() < verify.answers()) {
      return Verdict.OPEN;
    }
    if (2 * votes(answers, leader(answers)) > answers.size()) {
      return Verdict.SETTLED;
    }
    return answers.size() >= verify.mostAnswers() ? Verdict.HOPELESS : Verdict.OPEN;
  }

  /** Closes a settled ballot: the batch whose output counts, and who answered something else. */
  Result close(int fragment) {
    var answers = open.remove(fragment);
    if (answers == null) {
      throw new IllegalStateException("no answers to fragment " + fragment);
    }
    var kind = leader(answers);
    var liars = new ArrayList<String>();
    for (var answer : answers) {
      answered.add(answer.provider());
      if (answer.kind() != kind) {
        liars.add(answer.provider());
        contradicted.add(answer.provider());
      }
    }
    return new Result(kind, liars);
  }

  record Result(int kind, List<String> liars) {}

  /**
   * Whether so many providers were contradicted that the command must be what changes its mind, not
   * they.
   */
  boolean looksRandom() {
    return contradicted.size() >= 3 && 3 * contradicted.size() >= 2 * answered.size();
  }

  /** Withdraws every unchecked result of a provider. */
  FragmentSet distrust(String provider) {
    var fragments = trusted.remove(provider);
    return fragments == null ? FragmentSet.EMPTY : FragmentSet.of(fragments);
  }

  /** Drops a liar's answers from ballots that are still open, and names those left without any. */
  List<Integer> dropAnswers(String provider) {
    var emptied = new ArrayList<Integer>();
    open.forEach(
        (fragment, answers) -> {
          if (answers.removeIf(answer -> answer.provider().equals(provider)) && answers.isEmpty()) {
            emptied.add(fragment);
          }
        });
    emptied.forEach(open::remove);
    emptied.sort(null);
    return emptied;
  }

  void forget(int fragment) {
    open.remove(fragment);
  }

  private static int leader(List<Answer> answers) {
    var best = answers.get(0).kind();
    for (var answer : answers) {
      if (votes(answers, answer.kind()) > votes(answers, best)) {
        best = answer.kind();
      }
    }
    return best;
  }

  private static long votes(List<Answer> answers, int kind) {
    return answers.stream().filter(answer -> answer.kind() == kind).count();
  }
}
