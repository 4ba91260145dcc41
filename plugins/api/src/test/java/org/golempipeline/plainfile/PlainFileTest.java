package org.golempipeline.plainfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class PlainFileTest {
  @TempDir Path folder;

  @Test
  void readsAFileAndWhatALinkLeadsTo() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "some ö text\n");
    var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));

    assertThat(PlainFile.text(file)).isEqualTo("some ö text\n");
    assertThat(PlainFile.text(link)).isEqualTo("some ö text\n");
    try (var channel = PlainFile.open(link)) {
      assertThat(channel.size()).isEqualTo(13);
    }
  }

  @Test
  void saysThatThereIsNoneAndThatItIsNoText() throws IOException {
    var bytes = Files.write(folder.resolve("bytes"), new byte[] {'a', (byte) 0xff});

    assertThatThrownBy(() -> PlainFile.open(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> PlainFile.text(bytes)).isInstanceOf(CharacterCodingException.class);
  }

  @Test
  void refusesAFolderAndADevice() {
    refuses(folder, "is a folder, not a file");
    refuses(Path.of("/dev/zero"), "is a pipe, a socket or a device, not a file");
  }

  @Test
  void refusesAPipeThatNobodyWritesInto() throws Exception {
    var pipe = pipe();

    refuses(pipe, "is a pipe, a socket or a device, not a file");
    refuses(
        Files.createSymbolicLink(folder.resolve("link"), pipe),
        "is a pipe, a socket or a device, not a file");
  }

  @Test
  void doesNotWaitForAPipeThatCameBetweenTheLookAndTheOpening() throws Exception {
    var pipe = pipe();

    assertThatThrownBy(() -> PlainFile.opened(pipe))
        .isInstanceOf(NotPlainException.class)
        .hasMessageContaining("is a pipe");
  }

  @Test
  void doesNotFollowALinkIfToldSo() throws IOException {
    Files.writeString(folder.resolve("file"), "x");
    var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));

    assertThatThrownBy(() -> PlainFile.open(link, java.nio.file.LinkOption.NOFOLLOW_LINKS).close())
        .isInstanceOf(IOException.class);
    try (var channel = PlainFile.open(folder.resolve("file"), StandardOpenOption.WRITE)) {
      assertThat(channel.size()).isEqualTo(1);
    }
  }

  private Path pipe() throws Exception {
    var pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  private static void refuses(Path file, String reason) {
    assertThatThrownBy(() -> PlainFile.open(file))
        .isInstanceOf(NotPlainException.class)
        .hasMessageContaining(reason);
  }
}
