package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.schedule.Ballots.Answer;
import org.golempipeline.schedule.Ballots.Verdict;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Verify;
import org.junit.jupiter.api.Test;

class BallotsTest {
  @Test
  void twoEqualAnswersSettleOfTwoCopies() {
    var ballots = copies(2);

    assertThat(vote(ballots, 0, "a", 1)).isEqualTo(Verdict.OPEN);
    assertThat(ballots.isOpen(0)).isTrue();
    assertThat(vote(ballots, 0, "b", 1)).isEqualTo(Verdict.SETTLED);
    assertThat(ballots.close(0)).isEqualTo(new Ballots.Result(1, List.of()));
    assertThat(ballots.isOpen(0)).isFalse();
  }

  @Test
  void aThirdDecidesBetweenTwo() {
    var ballots = copies(2);
    vote(ballots, 0, "a", 1);

    assertThat(vote(ballots, 0, "b", 2)).isEqualTo(Verdict.OPEN);
    assertThat(vote(ballots, 0, "c", 2)).isEqualTo(Verdict.SETTLED);
    assertThat(ballots.close(0)).isEqualTo(new Ballots.Result(2, List.of("a")));
  }

  @Test
  void threeCopiesWaitForThreeAnswers() {
    var ballots = copies(3);
    vote(ballots, 0, "a", 1);

    assertThat(vote(ballots, 0, "b", 1)).isEqualTo(Verdict.OPEN);
    assertThat(vote(ballots, 0, "c", 2)).isEqualTo(Verdict.SETTLED);
    assertThat(ballots.close(0)).isEqualTo(new Ballots.Result(1, List.of("c")));
  }

  @Test
  void halfOfTheAnswersIsNoMajority() {
    var ballots = copies(2);
    vote(ballots, 0, "a", 1);
    vote(ballots, 0, "b", 2);

    assertThat(vote(ballots, 0, "c", 3)).isEqualTo(Verdict.OPEN);
    assertThat(vote(ballots, 0, "d", 1)).isEqualTo(Verdict.OPEN);
    assertThat(vote(ballots, 0, "e", 1)).isEqualTo(Verdict.SETTLED);
    assertThat(ballots.close(0)).isEqualTo(new Ballots.Result(1, List.of("b", "c")));
  }

  @Test
  void tooManyDifferentAnswersAreHopeless() {
    var ballots = copies(2);
    for (var kind = 1; kind <= 4; kind++) {
      assertThat(vote(ballots, 0, "p" + kind, kind)).isEqualTo(Verdict.OPEN);
    }
    assertThat(vote(ballots, 0, "p5", 5)).isEqualTo(Verdict.HOPELESS);
    ballots.forget(0);
    assertThat(ballots.isOpen(0)).isFalse();
  }

  @Test
  void fragmentsAreVotedOnApart() {
    var ballots = copies(2);
    vote(ballots, 0, "a", 1);
    vote(ballots, 1, "b", 1);

    assertThat(vote(ballots, 1, "a", 1)).isEqualTo(Verdict.SETTLED);
    assertThat(ballots.isOpen(0)).isTrue();
  }

  @Test
  void aBallotThatNobodyOpenedCannotBeClosed() {
    assertThatThrownBy(() -> copies(2).close(3)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void withCopiesEveryAnswerIsChecked() {
    assertThat(copies(2).mustCheck("a", 0.999999)).isTrue();
  }

  @Test
  void anAuditChecksTheFirstAnswerOfEveryone() {
    var ballots = audit("0.05");
    assertThat(ballots.mustCheck("a", 0.999999)).isTrue();

    confirm(ballots, 0, "a", "b");
    assertThat(ballots.mustCheck("a", 0.999999)).isFalse();
    assertThat(ballots.mustCheck("c", 0.999999)).isTrue();
  }

  @Test
  void whoWasConfirmedIsCheckedLessButNeverLessThanItsShare() {
    var ballots = audit("0.05");
    for (var times = 1; times <= 100; times++) {
      confirm(ballots, times, "a", "b");
      var rate = Math.max(0.05, 1.0 / (1 + times));
      assertThat(ballots.mustCheck("a", rate - 1e-9)).isTrue();
      assertThat(ballots.mustCheck("a", rate + 1e-9)).isFalse();
    }
  }

  @Test
  void anAuditThatAgreesSettlesAndOneThatDoesNotAsksAThird() {
    var ballots = audit("0.05");
    vote(ballots, 0, "a", 1);
    assertThat(vote(ballots, 0, "b", 1)).isEqualTo(Verdict.SETTLED);

    vote(ballots, 1, "a", 1);
    assertThat(vote(ballots, 1, "b", 2)).isEqualTo(Verdict.OPEN);
    assertThat(vote(ballots, 1, "c", 1)).isEqualTo(Verdict.SETTLED);
    assertThat(ballots.close(1)).isEqualTo(new Ballots.Result(1, List.of("b")));
  }

  @Test
  void aLiarLosesWhatWasTakenUncheckedAndNobodyElseDoes() {
    var ballots = audit("0.05");
    List.of(4, 5, 9).forEach(fragment -> ballots.trust(fragment, "liar"));
    ballots.trust(6, "honest");

    assertThat(ballots.distrust("liar")).isEqualTo(FragmentSet.of(4, 5, 9));
    assertThat(ballots.distrust("liar")).isEqualTo(FragmentSet.EMPTY);
    assertThat(ballots.distrust("unknown")).isEqualTo(FragmentSet.EMPTY);
    assertThat(ballots.distrust("honest")).isEqualTo(FragmentSet.of(6));
  }

  @Test
  void aLiarsAnswersAreDroppedFromOpenBallots() {
    var ballots = copies(2);
    vote(ballots, 9, "liar", 1);
    vote(ballots, 3, "liar", 1);
    vote(ballots, 5, "liar", 1);
    vote(ballots, 5, "honest", 2);
    vote(ballots, 7, "honest", 2);

    assertThat(ballots.dropAnswers("liar")).containsExactly(3, 9);
    assertThat(ballots.isOpen(3) || ballots.isOpen(9)).isFalse();
    assertThat(vote(ballots, 5, "other", 2)).isEqualTo(Verdict.SETTLED);
    assertThat(ballots.close(5).liars()).isEmpty();
    assertThat(ballots.isOpen(7)).isTrue();
  }

  @Test
  void aFewLiarsAmongManyAreLiars() {
    var ballots = copies(2);
    for (var i = 0; i < 3; i++) {
      contradict(ballots, i, "liar" + i, "a" + i, "b" + i);
    }
    assertThat(ballots.looksRandom()).isFalse();
  }

  @Test
  void whereEveryoneIsContradictedTheCommandIsRandom() {
    var ballots = copies(2);
    contradict(ballots, 0, "a", "b", "c");
    contradict(ballots, 1, "b", "c", "a");
    assertThat(ballots.looksRandom()).isFalse();
    contradict(ballots, 2, "c", "a", "b");
    assertThat(ballots.looksRandom()).isTrue();
  }

  @Property
  void whatSettlesIsWhatMoreThanHalfSay(
      @ForAll @IntRange(min = 2, max = 4) int copies,
      @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 3) Integer> kinds) {
    var ballots = copies(copies);
    for (var i = 0; i < kinds.size(); i++) {
      var said = kinds.subList(0, i + 1);
      var verdict = vote(ballots, 0, "p" + i, kinds.get(i));
      var winner =
          said.stream()
              .filter(kind -> 2 * said.stream().filter(kind::equals).count() > said.size())
              .findFirst();
      if (said.size() < copies) {
        assertThat(verdict).isEqualTo(Verdict.OPEN);
      } else if (winner.isPresent()) {
        assertThat(verdict).isEqualTo(Verdict.SETTLED);
        var liars = new ArrayList<String>();
        for (var each = 0; each < said.size(); each++) {
          if (!said.get(each).equals(winner.get())) {
            liars.add("p" + each);
          }
        }
        assertThat(ballots.close(0)).isEqualTo(new Ballots.Result(winner.get(), liars));
        return;
      } else {
        assertThat(verdict).isEqualTo(said.size() > 2 * copies ? Verdict.HOPELESS : Verdict.OPEN);
        if (verdict == Verdict.HOPELESS) {
          return;
        }
      }
    }
  }

  private static Ballots copies(int copies) {
    return new Ballots(new Verify(copies, BigDecimal.ZERO, false, Comparison.BYTES));
  }

  private static Ballots audit(String share) {
    return new Ballots(new Verify(1, new BigDecimal(share), false, Comparison.BYTES));
  }

  private static Verdict vote(Ballots ballots, int fragment, String provider, int kind) {
    return ballots.add(fragment, new Answer(kind, provider, "wallet of " + provider));
  }

  private static void confirm(Ballots ballots, int fragment, String one, String other) {
    vote(ballots, fragment, one, fragment);
    assertThat(vote(ballots, fragment, other, fragment)).isEqualTo(Verdict.SETTLED);
    ballots.close(fragment);
  }

  private static void contradict(
      Ballots ballots, int fragment, String liar, String one, String other) {
    vote(ballots, fragment, liar, -1);
    vote(ballots, fragment, one, fragment);
    assertThat(vote(ballots, fragment, other, fragment)).isEqualTo(Verdict.SETTLED);
    assertThat(ballots.close(fragment).liars()).containsExactly(liar);
  }
}
