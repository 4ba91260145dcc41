package org.golempipeline.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TroubleTest {
  @Test
  void saysWhatTheSystemSaidUnderWhatLibrariesWrapAroundIt() {
    var denied = new java.nio.file.AccessDeniedException("/theirs/x");
    var wrapped =
        new java.io.IOException(
            "Cannot delete file: x", new java.io.IOException("1 exception(s)", denied));

    assertThat(Trouble.reason(wrapped)).isEqualTo("access to `/theirs/x` is denied");
    assertThat(Trouble.cure(wrapped)).startsWith("Check the permissions");
  }

  @Test
  void saysMoreThanTheNameOfAFile() {
    assertThat(Trouble.reason(new NoSuchFileException("in/6.txt")))
        .isEqualTo("there is no `in/6.txt`");
    assertThat(Trouble.reason(new AccessDeniedException("in")))
        .isEqualTo("access to `in` is denied");
    assertThat(Trouble.reason(new NotDirectoryException("r"))).isEqualTo("`r` is in the way");
    assertThat(Trouble.reason(new FileSystemException("o"))).contains("wrong with `o`");
    assertThat(Trouble.reason(new FileSystemException("o", null, "No space left on device")))
        .isEqualTo("`o`: no space left on device");
    assertThat(Trouble.reason(new IOException("What it says."))).isEqualTo("What it says");
    assertThat(Trouble.reason(new IllegalStateException()))
        .isEqualTo("java.lang.IllegalStateException");
  }

  @Test
  void aMoveThatFailedIsAboutWhereItLedTo() {
    assertThat(Trouble.reason(new AccessDeniedException("staged/0", "r/x.txt", null)))
        .isEqualTo("access to `r/x.txt` is denied");
  }

  @Test
  void looksIntoWhatWasWrapped() {
    assertThat(Trouble.reason(new UncheckedIOException(new NoSuchFileException("x"))))
        .isEqualTo("there is no `x`");
    assertThat(Trouble.cure(new UncheckedIOException(new EOFException("`x` ends"))))
        .contains("shortened");
  }

  @Test
  void asksForNoRoomWhereNothingCanBeChanged() {
    assertThat(Trouble.cure(new FileSystemException("o", null, "Read-only file system")))
        .contains("may be written to");
    assertThat(Trouble.cure(new FileSystemException("o", null, "No space left on device")))
        .startsWith("Make room");
  }

  @Test
  void namesThePlaceOfAFullDisk() {
    var full = new IOException("No space left on device");
    assertThat(Trouble.reason(full, Path.of("runs/1")))
        .isEqualTo("nothing more can be written in `runs/1` (No space left on device)");
    assertThat(Trouble.cure(full)).startsWith("Make room");
    assertThat(Trouble.reason(new IOException("other"), Path.of("runs/1"))).isEqualTo("other");
  }
}
