package org.golempipeline.run;

import java.util.ArrayList;
import org.golempipeline.event.Failure;
import org.golempipeline.event.RunEvent;
import org.golempipeline.schedule.Message;
import org.golempipeline.spec.Secrets;
import org.jspecify.annotations.Nullable;

/**
 * Takes secrets out of what a run is told, before it is written down, shown or decided about. Only
 * sentences and values are looked at: names, paths and ids are what other things are found by.
 */
final class Discretion {
  private final Secrets secrets;

  Discretion(Secrets secrets) {
    this.secrets = secrets;
  }

  Message hide(Message message) {
    if (secrets.isEmpty()) {
      return message;
    } else if (message instanceof Message.StageBroken m) {
      return new Message.StageBroken(m.stage(), hide(m.failure()));
    } else if (message instanceof Message.BatchBroken m) {
      return new Message.BatchBroken(m.batch(), hide(m.failure()));
    } else if (message instanceof Message.FragmentOverdue m) {
      return new Message.FragmentOverdue(m.batch(), m.fragment(), hide(m.failure()));
    } else if (message instanceof Message.BatchReturned m) {
      return hide(m);
    } else if (message instanceof Message.Merged m && m.value() != null) {
      return new Message.Merged(m.stage(), m.files(), m.bytes(), secrets.hide(m.value()));
    } else if (message instanceof Message.PublishFailed m) {
      return new Message.PublishFailed(hide(m.failure()));
    } else if (message instanceof Message.NetworkFailed m) {
      return new Message.NetworkFailed(hide(m.failure()));
    } else if (message instanceof Message.RentalFailed m) {
      return new Message.RentalFailed(m.rental(), hide(m.failure()));
    } else if (message instanceof Message.RentalLost m) {
      return new Message.RentalLost(m.rental(), secrets.hide(m.reason()));
    } else if (message instanceof Message.Stop m) {
      return new Message.Stop(hide(m.failure()));
    } else if (message instanceof Message.Noted m) {
      return new Message.Noted(hide(m.event()));
    }
    return message;
  }

  private Message hide(Message.BatchReturned m) {
    var failed = new ArrayList<RunEvent.AttemptFailure>();
    for (var each : m.failed()) {
      failed.add(
          new RunEvent.AttemptFailure(
              each.fragment(), hide(each.failure()), each.exitCode(), each.log()));
    }
    return new Message.BatchReturned(
        m.batch(),
        m.done(),
        m.winners(),
        m.same(),
        failed,
        m.bytesSent(),
        m.bytesReceived(),
        m.figures());
  }

  /** Strategies quote what they read, providers say what they like. */
  private RunEvent hide(RunEvent event) {
    if (event instanceof RunEvent.Warned e) {
      return new RunEvent.Warned(secrets.hide(e.message()));
    } else if (event instanceof RunEvent.StrategyWarned e) {
      return new RunEvent.StrategyWarned(
          e.stage(), e.strategy(), secrets.hide(e.message()), e.planned());
    } else if (event instanceof RunEvent.AgreementTerminated e) {
      return new RunEvent.AgreementTerminated(
          e.agreementId(), e.byProvider(), secrets.hide(e.reason()));
    }
    return event;
  }

  private Failure hide(Failure failure) {
    return new Failure(failure.kind(), secrets.hide(failure.message()), hint(failure.hint()));
  }

  private @Nullable String hint(@Nullable String hint) {
    return hint == null ? null : secrets.hide(hint);
  }
}
