package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.Pricing;
import org.golempipeline.golem.Provider;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.ScriptOutcome;
import org.junit.jupiter.api.Test;

/** A machine that comes in the moment in which it is given up. */
final class RentalsTest {
  private final CompletableFuture<String> place = new CompletableFuture<>();
  private final List<String> asked = new ArrayList<>();
  private final CompletableFuture<Rental> answer = new CompletableFuture<>();
  private final List<EndReason> closed = new ArrayList<>();
  private final Rental machine = new Machine();

  private final CompletableFuture<Rental> renting =
      Rentals.renting(
          place,
          there -> {
            asked.add(there);
            return answer;
          });

  @Test
  void isThereIfItCameFirst() {
    place.complete("network");
    answer.complete(machine);
    assertThat(Rentals.giveUp(renting)).containsSame(machine);
    assertThat(closed).isEmpty();
  }

  @Test
  void isNotWaitedForIfItDidNot() {
    place.complete("network");
    assertThat(Rentals.giveUp(renting)).isEmpty();
    assertThat(answer).isCancelled();
  }

  /** It costs until somebody ends it. */
  @Test
  void isLetGoIfItComesNevertheless() {
    var deaf =
        new CompletableFuture<Rental>() {
          @Override
          public boolean cancel(boolean mayInterrupt) {
            return false;
          }
        };
    var waited = Rentals.renting(CompletableFuture.completedFuture("network"), there -> deaf);
    assertThat(Rentals.giveUp(waited)).isEmpty();
    deaf.complete(machine);
    assertThat(closed).containsExactly(EndReason.cancelled("Not needed any more"));
  }

  @Test
  void isGivenUpAsSoonAsItIsAskedFor() {
    assertThat(Rentals.giveUp(renting)).isEmpty();
    place.complete("network");
    assertThat(asked).containsExactly("network");
    assertThat(answer).isCancelled();
  }

  private final class Machine implements Rental {
    @Override
    public String agreementId() {
      return "agreement";
    }

    @Override
    public Provider provider() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Pricing pricing() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String folder() {
      return "/golem/work";
    }

    @Override
    public CompletableFuture<ScriptOutcome> execute(Script script) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<String> lost() {
      return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Void> close(EndReason reason) {
      closed.add(reason);
      return CompletableFuture.completedFuture(null);
    }
  }
}
