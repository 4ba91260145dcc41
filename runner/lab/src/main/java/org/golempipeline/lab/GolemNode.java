package org.golempipeline.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The released daemon's program. */
final class GolemNode {
  private static final long INSTALLING_SECONDS = 240;

  private GolemNode() {}

  /** It is not here and could not be installed; the message says why. */
  static final class MissingException extends Exception {
    private static final long serialVersionUID = 1L;

    MissingException(String reason) {
      super(reason);
    }
  }

  /** Whether somebody promised that it is here, as CI does. */
  static boolean promised() {
    return System.getenv("GOLEM_NODE") != null;
  }

  /** Where it is: as promised, or where {@code runner/lab/golem-node} installs it once. */
  static Path program() throws MissingException {
    try {
      var program = Path.of(promised() ? System.getenv("GOLEM_NODE") : install());
      if (Files.isExecutable(program)) {
        return program;
      }
      throw new MissingException(
          "`GOLEM_NODE` names `%s`, which is no program.".formatted(program));
    } catch (IOException e) {
      throw new MissingException(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MissingException("interrupted");
    }
  }

  private static String install() throws IOException, InterruptedException, MissingException {
    var said = Files.createTempFile("golem-node", ".log");
    var process =
        new ProcessBuilder(Lab.project().resolve("runner/lab/golem-node").toString())
            .redirectError(said.toFile())
            .start();
    try {
      process.getOutputStream().close();
      var ended = process.waitFor(INSTALLING_SECONDS, TimeUnit.SECONDS);
      if (ended && process.exitValue() == 0) {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      }
      throw new MissingException(
          "`golem-node` could not be installed from PyPI: " + Files.readString(said).strip());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Files.delete(said);
    }
  }
}
