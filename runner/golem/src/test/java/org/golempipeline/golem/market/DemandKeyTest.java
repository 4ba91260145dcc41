package org.golempipeline.golem.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.golempipeline.golem.wire.Decorations;
import org.golempipeline.golem.wire.DemandRequest;
import org.junit.jupiter.api.Test;

final class DemandKeyTest {
  private static final Decorations DECORATIONS =
      new Decorations(
          List.of(
              new Decorations.Property(
                  "golem.com.payment.platform.erc20-hoodi-tglm.address", "0xme"),
              new Decorations.Property("golem.com.payment.protocol.version", "3")),
          List.of(
              "(golem.com.payment.platform.erc20-hoodi-tglm.address=*)",
              "(golem.com.payment.protocol.version>1)"));

  @Test
  void requestsOfTheSameMinuteShareADemand() {
    DemandKey first = DemandKey.of(Offers.terms(Instant.parse("2030-01-01T10:00:01Z")));
    DemandKey second = DemandKey.of(Offers.terms(Instant.parse("2030-01-01T10:01:00Z")));
    assertThat(first).isEqualTo(second);
    assertThat(first.expiration()).isEqualTo("2030-01-01T10:01:00Z");
    assertThat(DemandKey.of(Offers.terms(Instant.parse("2030-01-01T10:01:01Z"))))
        .isNotEqualTo(first);
  }

  @Test
  void demandHasEverythingProvidersLookAt() {
    DemandRequest demand = key(List.of("vpn")).demand(Offers.session(), DECORATIONS);
    assertThat(demand.properties())
        .containsEntry("golem.srv.comp.expiration", 1893492000000L)
        .containsEntry("golem.srv.caps.multi-activity", true)
        .containsEntry("golem.node.debug.subnet", "public")
        .containsEntry(
            "golem.srv.comp.task_package",
            "hash:sha3:041dff02cee737443e210471948d33296c87009e8a7f770d9106fd28:http://registry/download/7db7")
        .containsEntry("golem.com.payment.debit-notes.accept-timeout?", 120)
        .containsEntry("golem.pipeline.run", "run-1")
        .containsEntry("golem.com.payment.protocol.version", "3")
        .doesNotContainKey("golem.com.payment.chosen-platform");
    assertThat(demand.constraints())
        .isEqualTo(
            "(&(golem.com.pricing.model=linear)\n\t(golem.node.debug.subnet=public)\n\t"
                + "(golem.runtime.name=vm)\n\t(golem.inf.mem.gib>=0.5)\n\t(golem.inf.storage.gib>=2)\n\t"
                + "(golem.inf.cpu.threads>=1)\n\t(golem.runtime.capabilities=vpn)\n\t"
                + "(golem.com.payment.platform.erc20-hoodi-tglm.address=*)\n\t"
                + "(golem.com.payment.protocol.version>1))");
  }

  @Test
  void counterChoosesThePlatform() {
    DemandRequest demand = key(List.of()).demand(Offers.session(), DECORATIONS);
    DemandRequest counter = DemandKey.counter(demand, Offers.PLATFORM);
    assertThat(counter.constraints()).isEqualTo(demand.constraints());
    assertThat(counter.properties())
        .containsAllEntriesOf(demand.properties())
        .containsEntry("golem.com.payment.chosen-platform", Offers.PLATFORM);
  }

  @Test
  void graphicsCardsRunUnderAnotherRuntime() {
    assertThat(key(List.of("!exp:gpu")).demand(Offers.session(), DECORATIONS).constraints())
        .contains("(golem.runtime.name=vm-nvidia)");
  }

  @Test
  void valuesThatWouldBreakTheConstraintAreRefused() {
    assertThatThrownBy(() -> key(List.of("a)(b=c")).demand(Offers.session(), DECORATIONS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a)(b=c");
  }

  private static DemandKey key(List<String> capabilities) {
    DemandKey key = DemandKey.of(Offers.terms(Instant.parse("2030-01-01T10:00:00Z")));
    return new DemandKey(
        key.imageHash(),
        key.imageUrl(),
        1,
        key.memory(),
        key.storage(),
        capabilities,
        key.expiration());
  }
}
