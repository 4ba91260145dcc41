package org.golempipeline.golem.http;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.wire.Identity;

/** Whether a daemon is one that we can work with, and who we are there. */
public final class Handshake {
  private static final List<Integer> OLDEST = List.of(0, 15, 2);
  private static final Pattern VERSION = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})");

  private Handshake() {}

  /** Fails if the daemon is too old. */
  public static CompletableFuture<Identity> identity(Caller caller) {
    return caller
        .send(Calls.version())
        .thenCompose(
            version -> {
              check(version.current().version());
              return caller.send(Calls.identity());
            });
  }

  /** Throws {@link GolemException} if we need a newer daemon than one of version {@code text}. */
  public static void check(String text) {
    Matcher matcher = VERSION.matcher(text);
    if (!matcher.find()) {
      return;
    }
    for (int i = 0; i < OLDEST.size(); i++) {
      int difference = Integer.parseInt(matcher.group(i + 1)) - OLDEST.get(i);
      if (difference > 0) {
        return;
      }
      if (difference < 0) {
        throw new GolemException(
            GolemException.Kind.YAGNA,
            "Could not work with yagna " + text + ": it is too old.",
            "Install yagna 0.15.2 or newer.",
            null);
      }
    }
  }
}
