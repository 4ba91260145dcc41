package org.golempipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {
  @ParameterizedTest
  @CsvSource({
    "a.zip, ZIP",
    "a/B.ZIP, ZIP",
    "a.tar, TAR",
    "a.tar.gz, TAR_GZ",
    "a b.tgz, TAR_GZ",
    "'${stem}.zip', ZIP"
  })
  void knowsAnArchiveByItsName(String path, Archive archive) {
    assertThat(Archive.named(path)).contains(archive);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.gz", "a.zip/", "a.tar.zst", "zip", "a.zipped", ""})
  void takesOtherNamesForFilesAndFolders(String path) {
    assertThat(Archive.named(path)).isEmpty();
  }
}
