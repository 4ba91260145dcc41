package org.golempipeline.gvmi;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The programs of this machine that tests need. */
public final class Machine {
  /** Of Debian's busybox-static. */
  public static final Path BUSYBOX = Path.of("/bin/busybox");

  private Machine() {}

  /** Leaves a test out where a program is missing. */
  public static void needs(String... programs) {
    for (var program : programs) {
      assumeTrue(
          Stream.of("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))),
          "there is no `" + program + "`");
    }
  }

  public static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  /** What a program prints; it has to succeed. */
  public static String run(Path folder, String... command)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(List.of(command))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + said);
    }
    return said;
  }
}
