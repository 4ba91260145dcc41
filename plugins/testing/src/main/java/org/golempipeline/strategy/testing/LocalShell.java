package org.golempipeline.strategy.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.golempipeline.strategy.Shell;
import org.golempipeline.strategy.StrategyException;

/** The real {@code /bin/sh}, told what the runner would tell it. */
public final class LocalShell implements Shell {
  @Override
  public void run(String what, String text, Map<String, String> variables, Path folder)
      throws IOException, StrategyException, InterruptedException {
    var builder = new ProcessBuilder("/bin/sh", "-c", "set -eu\n" + text);
    builder.directory(folder.toFile()).redirectErrorStream(true);
    variables.forEach(
        (name, value) -> {
          if (Pattern.compile("(?<![A-Za-z0-9_])" + name + "(?![A-Za-z0-9_])")
              .matcher(text)
              .find()) {
            builder.environment().put(name, value);
          }
        });
    var process = builder.start();
    process.getOutputStream().close();
    var log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var status = process.waitFor();
    if (status != 0) {
      throw new StrategyException("`%s` ended with status %d: %s".formatted(what, status, log));
    }
  }
}
