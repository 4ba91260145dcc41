package org.golempipeline.node;

import java.time.Duration;
import java.util.Optional;
import org.golempipeline.exeunit.Conduct;
import org.golempipeline.exeunit.ExeUnit;

/** How the provider of an agreement behaves, by the faults it has at the moment. */
final class Persona implements Conduct {
  private final AgreementEntry agreement;
  private final LocalProvider provider;

  Persona(AgreementEntry agreement) {
    this.agreement = agreement;
    provider = agreement.provider;
  }

  @Override
  public Duration delay() {
    return provider.delay();
  }

  @Override
  public Duration transferTime(long bytes) {
    return provider.transferTime(bytes);
  }

  @Override
  public Optional<String> deployTrouble() {
    return provider.has(ProviderFault.CANNOT_DEPLOY)
        ? Optional.of("Transfer error: the image is not there: 404 Not Found")
        : Optional.empty();
  }

  @Override
  public boolean programsFail() {
    return provider.has(ProviderFault.FAILS);
  }

  @Override
  public boolean truncatesOutputs() {
    return provider.has(ProviderFault.TRUNCATES_STDOUT);
  }

  @Override
  public boolean killedIsOk() {
    return provider.has(ProviderFault.SAYS_OK_WHEN_KILLED);
  }

  @Override
  public boolean resumesDownloads() {
    return provider.has(ProviderFault.RESUMES_TRANSFERS);
  }

  @Override
  public Optional<Forger> forger() {
    return Optional.ofNullable(provider.lie());
  }

  @Override
  public String statedHash(String actual) {
    return provider.has(ProviderFault.WRONG_HASH) ? "0".repeat(actual.length()) : actual;
  }

  /** Ends the agreement, or the provider, while its program runs. */
  @Override
  public void programStarted(ExeUnit unit) {
    if (provider.has(ProviderFault.CRASHES)) {
      agreement.endByProvider("Shutdown", "The provider is shutting down.");
    } else if (provider.has(ProviderFault.VANISHES)) {
      provider.vanish();
      unit.sever();
    }
  }
}
