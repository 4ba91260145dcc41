package org.golempipeline.cli.doctor;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.golempipeline.cli.images.ImageAnswer;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.image.ImageRegistry;
import org.golempipeline.golem.session.Inquiry;
import org.golempipeline.pipeline.Machine;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.Words;
import org.golempipeline.spec.GolemTerms;
import org.golempipeline.spec.ImageRef;
import org.golempipeline.spec.PipelineSpec;
import org.jspecify.annotations.Nullable;

/**
 * What a run on the network needs: the daemon, its key, payment, market and the image registry.
 * Only asks; publishes, reserves and pays nothing. What cannot be known after a problem is not
 * asked for.
 */
final class GolemChecks {
  /** For each answer; a daemon on this machine needs milliseconds. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final Duration WRONG_CLOCK = Duration.ofSeconds(5);
  private static final ImageRef USUAL_IMAGE = new ImageRef.Tag("golem/alpine:latest");

  private final Machine machine;
  private final Consumer<Finding> tell;
  private final GolemTerms terms;

  /** What the registry is asked for; null if the file needs no registry. */
  private final @Nullable ImageRef image;

  private final boolean ownImage;

  /**
   * @param spec null if there is no file that says what is needed
   */
  GolemChecks(Machine machine, @Nullable PipelineSpec spec, Consumer<Finding> tell) {
    this.machine = machine;
    this.tell = tell;
    this.terms = spec == null ? GolemTerms.DEFAULT : spec.golem();
    var named = spec == null ? List.<ImageRef>of() : images(spec);
    var asked = named.stream().filter(GolemChecks::isInRegistry).findFirst();
    this.ownImage = asked.isPresent();
    this.image = named.isEmpty() ? USUAL_IMAGE : asked.orElse(null);
  }

  private static List<ImageRef> images(PipelineSpec spec) {
    return spec.stages().stream()
        .flatMap(stage -> Optional.ofNullable(stage.image()).stream())
        .toList();
  }

  private static boolean isInRegistry(ImageRef image) {
    return image instanceof ImageRef.Tag || image instanceof ImageRef.Hash;
  }

  void run() {
    var registry = registry();
    var key = key();
    var url = url();
    if (url != null) {
      try (var inquiry =
          new Inquiry(new GolemConnection(url, key == null ? "" : key), LIMIT, machine.clock())) {
        if (daemon(inquiry, url) && key != null && identity(inquiry)) {
          payment(inquiry);
        }
      }
    }
    if (registry != null) {
      tell.accept(registry.join());
    }
  }

  private @Nullable String key() {
    try {
      var key = machine.appKey();
      tell.accept(Finding.ok("app-key", "`YAGNA_APPKEY` is set"));
      return key;
    } catch (Refusal e) {
      tell.accept(refused("app-key", e));
      return null;
    }
  }

  private @Nullable URI url() {
    try {
      return machine.daemonUrl();
    } catch (Refusal e) {
      tell.accept(refused("daemon", e));
      return null;
    }
  }

  private boolean daemon(Inquiry inquiry, URI url) {
    var version =
        answer("daemon", inquiry.version(), it -> ok("yagna %s at %s".formatted(it, url)));
    tell.accept(version);
    if (version.state() == Finding.State.OK) {
      tell.accept(answer("clock", inquiry.ahead(), GolemChecks::clock));
    }
    return version.state() == Finding.State.OK;
  }

  private static Reading clock(Optional<Duration> ahead) {
    if (ahead.isEmpty()) {
      return ok("not compared, because the daemon does not say its time");
    }
    var apart = ahead.get().abs();
    if (apart.compareTo(WRONG_CLOCK) < 0) {
      return ok("the daemon's and this machine's agree");
    }
    return check ->
        Finding.warning(
            check,
            "The daemon's clock is %s %s this machine's: agreements would end at the wrong time."
                .formatted(Words.duration(apart), ahead.get().isNegative() ? "behind" : "ahead of"),
            "Set both by a time server: `timedatectl set-ntp true`.");
  }

  private boolean identity(Inquiry inquiry) {
    var found =
        answer("identity", inquiry.identity(), it -> ok("the key is good, and stands for " + it));
    tell.accept(found);
    return found.state() == Finding.State.OK;
  }

  private void payment(Inquiry inquiry) {
    var offers = inquiry.providers(terms.subnet());
    var platform = terms.platform();
    tell.accept(answer("payment", inquiry.tryToReserve(platform), done -> pays(platform)));
    tell.accept(answer("reserved", inquiry.reserved(platform), GolemChecks::reserved));
    tell.accept(answer("market", offers, this::offers));
  }

  private static Reading pays(String platform) {
    return ok(
        "reserves and releases on %s; `yagna payment status` tells the balance, the API does not"
            .formatted(platform));
  }

  private static Reading reserved(Inquiry.Reserved reserved) {
    if (reserved.allocations() == 0) {
      return ok("nothing");
    }
    return check ->
        Finding.warning(
            check,
            "%s of this key %s %s reserved."
                .formatted(
                    Words.count(reserved.allocations(), "allocation"),
                    reserved.allocations() == 1 ? "keeps" : "keep",
                    Words.glm(reserved.glm())),
            "If nothing runs on this key, `golem-pipeline settle --all` in your folders, or `yagna"
                + " payment release-allocations`.");
  }

  private Reading offers(long providers) {
    if (providers > 0) {
      return ok(
          "offers of %s in subnet `%s`"
              .formatted(Words.count(providers, "provider"), terms.subnet()));
    }
    return check ->
        Finding.warning(
            check,
            "No provider in subnet `%s` was heard of in %d s."
                .formatted(terms.subnet(), LIMIT.toSeconds()),
            "A daemon listens from its first demand on: let `golem-pipeline providers market` look,"
                + " and again some minutes later. Else look at `golem.subnet`, and whether a"
                + " firewall keeps UDP in.");
  }

  /** Asked while the daemon is, since it may be far away. */
  private @Nullable CompletableFuture<Finding> registry() {
    if (image == null) {
      return null;
    }
    ImageRegistry registry;
    try {
      registry = machine.registry();
    } catch (Refusal e) {
      return CompletableFuture.completedFuture(refused("registry", e));
    }
    var asked = registry.resolve(image.toString());
    return CompletableFuture.supplyAsync(() -> answer("registry", asked, this::known));
  }

  private Reading known(ImageRegistry.Answer answer) {
    if (answer instanceof ImageRegistry.Answer.Unknown unknown && ownImage) {
      return check ->
          Finding.problem(
              check,
              "The registry does not know the image `%s`: %s"
                  .formatted(image, ImageAnswer.sentence(unknown.reason())),
              ImageAnswer.LOOK);
    }
    return ok(
        answer instanceof ImageRegistry.Answer.Found ? "knows the image " + image : "answers");
  }

  /** What an answer means, for the check it is about. */
  private interface Reading extends Function<String, Finding> {}

  private static Reading ok(String message) {
    return check -> Finding.ok(check, message);
  }

  private static <T> Finding answer(
      String check, CompletableFuture<T> asked, Function<T, Reading> reading) {
    try {
      return reading.apply(GolemException.join(asked)).apply(check);
    } catch (GolemException trouble) {
      return Finding.unusable(
          check,
          String.valueOf(trouble.getMessage()),
          trouble.hint().orElse("Look at the log of `yagna service run`."));
    }
  }

  private static Finding refused(String check, Refusal refusal) {
    return Finding.unusable(
        check, String.valueOf(refusal.getMessage()), String.valueOf(refusal.hint()));
  }
}
