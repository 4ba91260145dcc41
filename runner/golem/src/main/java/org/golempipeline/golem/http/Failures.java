package org.golempipeline.golem.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import org.golempipeline.golem.GolemException;
import org.jspecify.annotations.Nullable;

/** Puts failed calls into words for the user. */
public final class Failures {
  private Failures() {}

  /** As {@code kind}, unless the daemon or our key is to blame. */
  public static GolemException of(Throwable error, GolemException.Kind kind, URI daemon) {
    Throwable cause = CallFailure.unwrap(error);
    if (cause instanceof GolemException known) {
      return known;
    }
    if (!(cause instanceof CallFailure failure)) {
      return new GolemException(kind, sentence("go on", CallFailure.text(cause)), null, cause);
    }
    if (failure.arrival() == CallFailure.Arrival.NOT_ARRIVED) {
      return new GolemException(
          GolemException.Kind.YAGNA,
          sentence(failure.action(), "no yagna daemon answers at " + daemon),
          "Start it with `yagna service run`, or set YAGNA_API_URL to where it listens.",
          failure);
    }
    if (failure.status() == 401) {
      return new GolemException(
          GolemException.Kind.YAGNA,
          sentence(failure.action(), "the daemon refuses the app-key"),
          "List the keys with `yagna app-key list`, make one with `yagna app-key create <name>`, and"
              + " set YAGNA_APPKEY.",
          failure);
    }
    return new GolemException(
        kind, sentence(failure.action(), failure.reason()), hint(failure), failure);
  }

  /** "Could not «action»: «reason»." */
  public static String sentence(String action, String reason) {
    String trimmed = reason.strip();
    boolean ended = trimmed.endsWith(".") || trimmed.endsWith("!") || trimmed.endsWith("?");
    return "Could not " + action + ": " + trimmed + (ended ? "" : ".");
  }

  private static @Nullable String hint(CallFailure failure) {
    JsonNode body = failure.body();
    String instance = body == null ? "" : body.path("instance").asText();
    if (instance.endsWith("insufficient-account-funds")) {
      return "Get test GLM with `yagna payment fund`, or send GLM to the address of `yagna payment"
          + " status`; or lower the budget.";
    }
    if (instance.endsWith("timeout-passed")) {
      return "Check this machine's clock.";
    }
    if (failure.action().contains("allocate") && failure.status() >= 400) {
      return "See whether the payment platform is ready with `yagna payment status`, and set it up"
          + " with `yagna payment init --sender`.";
    }
    return null;
  }
}
