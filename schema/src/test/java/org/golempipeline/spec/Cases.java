package org.golempipeline.spec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.diagnostic.Checked;

/**
 * Loads a case. Comments in it say what is given beside the file: {@code #! -p name=value}, {@code
 * #! env NAME=value}, {@code #! --allow-outside}, {@code #! --no-local-commands}. A {@code \0} in a
 * value is a zero character.
 */
final class Cases {
  private static final Strategies STRATEGIES = TestStrategies.all();

  private Cases() {}

  static Checked<PipelineSpec> load(Path file) throws IOException {
    return load(Files.readAllBytes(file), file.getFileName().toString());
  }

  static Checked<PipelineSpec> load(String text) {
    return load(text.getBytes(StandardCharsets.UTF_8), "test.yaml");
  }

  static Checked<PipelineSpec> load(byte[] bytes, String name) {
    var params = new LinkedHashMap<String, String>();
    var environment = new HashMap<String, String>();
    var outside = false;
    var local = true;
    for (var line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
      if (line.startsWith("#! -p ")) {
        put(line.substring(6), params);
      } else if (line.startsWith("#! env ")) {
        put(line.substring(7), environment);
      } else if (line.equals("#! --allow-outside")) {
        outside = true;
      } else if (line.equals("#! --no-local-commands")) {
        local = false;
      }
    }
    var overrides =
        new Overrides(
            params, Map.of(), key -> Optional.ofNullable(environment.get(key)), outside, local);
    return PipelineFiles.load(bytes, name, STRATEGIES, overrides);
  }

  private static void put(String assignment, Map<String, String> into) {
    var equals = assignment.indexOf('=');
    into.put(
        assignment.substring(0, equals), assignment.substring(equals + 1).replace("\\0", "\0"));
  }
}
