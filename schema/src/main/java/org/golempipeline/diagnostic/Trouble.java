package org.golempipeline.diagnostic;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.golempipeline.plainfile.NotPlainException;

/** What the JDK throws about files, in words: its messages are often only the names of files. */
public final class Trouble {
  private Trouble() {}

  /** What happened, as the end of a sentence without its full stop. */
  public static String reason(Throwable thrown) {
    var trouble = cause(thrown);
    if (trouble instanceof AccessDeniedException denied) {
      return "access to `%s` is denied".formatted(place(denied));
    }
    if (trouble instanceof NoSuchFileException absent) {
      return "there is no `%s`".formatted(absent.getFile());
    }
    if (trouble instanceof FileAlreadyExistsException || trouble instanceof NotDirectoryException) {
      return "`%s` is in the way".formatted(place((FileSystemException) trouble));
    }
    if (trouble instanceof DirectoryNotEmptyException) {
      return "the folder `%s` is not empty".formatted(((FileSystemException) trouble).getFile());
    }
    if (trouble instanceof NotPlainException other) {
      return "`%s` %s".formatted(other.getFile(), other.getReason());
    }
    if (trouble instanceof FileSystemException other && other.getFile() != null) {
      return other.getReason() == null
          ? "something is wrong with `%s`".formatted(place(other))
          : "`%s`: %s".formatted(place(other), other.getReason().toLowerCase(Locale.ROOT));
    }
    var message = trouble instanceof Error ? null : trouble.getMessage();
    return message == null ? trouble.toString() : withoutStop(message);
  }

  /** The same about something in {@code folder}: a full disk is said without its place. */
  public static String reason(Throwable thrown, Path folder) {
    var said = reason(thrown);
    return isFull(said) && !said.contains("`")
        ? "nothing more can be written in `%s` (%s)".formatted(folder, said)
        : said;
  }

  /** What the user can do about it. */
  public static String cure(Throwable thrown) {
    var trouble = cause(thrown);
    var message = String.valueOf(trouble.getMessage());
    if (trouble instanceof AccessDeniedException) {
      return "Check the permissions of it and of the folders around it, and run again.";
    }
    if (trouble instanceof NoSuchFileException) {
      return "Put it back if something removed it meanwhile, and run again: what is done is kept.";
    }
    if (trouble instanceof EOFException) {
      return "The file was shortened while it was read: leave it alone, and run again.";
    }
    if (trouble instanceof NotPlainException) {
      return "Put a plain file in its place, and run again.";
    }
    if (message.toLowerCase(Locale.ROOT).contains("read-only file system")) {
      return "Nothing can be changed there: work on a copy in a place that may be written to.";
    }
    if (isFull(message)) {
      return "Make room there, and run again: what is done is kept.";
    }
    if (trouble instanceof FileAlreadyExistsException || trouble instanceof NotDirectoryException) {
      return "Move it away, and run again.";
    }
    return "Check permissions and free space there, and run again.";
  }

  /** Whether {@code message} says that nothing more can be written. */
  public static boolean isFull(String message) {
    var said = message.toLowerCase(Locale.ROOT);
    return said.contains("no space left")
        || said.contains("quota")
        || said.contains("file too large")
        || said.contains("read-only file system");
  }

  /** A move that failed is about the place that it led to. */
  private static String place(FileSystemException trouble) {
    return trouble.getOtherFile() == null ? trouble.getFile() : trouble.getOtherFile();
  }

  /** What the system said, under what libraries and the JDK wrap around it. */
  private static Throwable cause(Throwable thrown) {
    var cause = thrown;
    while (cause instanceof UncheckedIOException) {
      cause = Objects.requireNonNull(cause.getCause());
    }
    for (var inner = cause; inner instanceof IOException; inner = inner.getCause()) {
      if (inner instanceof FileSystemException) {
        return inner;
      }
    }
    return cause;
  }

  private static String withoutStop(String message) {
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }
}
