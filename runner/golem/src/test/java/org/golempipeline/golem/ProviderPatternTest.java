package org.golempipeline.golem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProviderPatternTest {
  private static final String ID = "0xdaeeb975729fae923d5a4fd12aabfe228f219e9c";

  @ParameterizedTest
  @CsvSource({
    "local-1, local-1",
    "local-*, local-1",
    "local-*, local-",
    "*-1, local-1",
    "*, local-1",
    "*ca*-*, local-1",
    "lo*l-1, local-1",
    "**, local-1",
    "a*a, aa",
    "local-*, local-*",
    "0xDAEEB975729FAE923D5A4FD12AABFE228F219E9C, local-1"
  })
  void means(String pattern, String name) {
    assertThat(new ProviderPattern(pattern).means(ID, name)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "local, local-1",
    "local-, local-1",
    "local-*, my-local-1",
    "*-1, local-12",
    "lo*cal*l, local-1",
    "a*a, a",
    "a*b*b, ab",
    "local.*, local-1",
    "0xdaeeb975, local-1",
    "0xdaee*, local-1",
    "'', local-1"
  })
  void doesNotMean(String pattern, String name) {
    assertThat(new ProviderPattern(pattern).means(ID, name)).isFalse();
  }
}
