package org.golempipeline.spec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.golempipeline.diagnostic.Checked;

/**
 * Loads a case. Comments in it say what is given beside the file: {@code #! -p name=value}, {@code
 * #! env NAME=value}, {@code #! --allow-outside}, {@code #! --no-local-commands}, {@code #! file
 * NAME} for a file beside it, {@code #! sh LINE MESSAGE} for what the shell says to its first text.
 * What a case includes lies beside it. A {@code \0} in a value is a zero character.
 */
final class Cases {
  private static final String PROFILE = "#! --profile ";
  private static final Strategies STRATEGIES = TestStrategies.all();

  private Cases() {}

  static Checked<PipelineSpec> load(Path file) throws IOException {
    return load(
        Files.readAllBytes(file),
        file.getFileName().toString(),
        path -> Files.readAllBytes(file.resolveSibling(path)));
  }

  /** A case as one text. */
  static Checked<String> merged(Path file) throws IOException {
    var profiles =
        Files.readString(file)
            .lines()
            .filter(line -> line.startsWith(PROFILE))
            .map(line -> line.substring(PROFILE.length()))
            .toList();
    return PipelineFiles.merged(
        Files.readAllBytes(file),
        "f",
        path -> Files.readAllBytes(file.resolveSibling(path)),
        profiles);
  }

  /** What a case is given beside the file, but for profiles. */
  static String settings(Path file) throws IOException {
    return Files.readString(file)
        .lines()
        .filter(line -> line.startsWith("#!") && !line.startsWith(PROFILE))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  static Checked<PipelineSpec> load(String text) {
    return load(text.getBytes(StandardCharsets.UTF_8), "test.yaml");
  }

  static Checked<PipelineSpec> load(byte[] bytes, String name) {
    return load(bytes, name, IncludedFiles.NONE);
  }

  private static Checked<PipelineSpec> load(byte[] bytes, String name, IncludedFiles included) {
    var params = new LinkedHashMap<String, String>();
    var environment = new HashMap<String, String>();
    var beside = new HashSet<String>();
    var complaints = new ArrayList<Surroundings.Complaint>();
    var profiles = new ArrayList<String>();
    var outside = false;
    var local = true;
    for (var line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
      if (line.startsWith("#! -p ")) {
        put(line.substring(6), params);
      } else if (line.startsWith("#! env ")) {
        put(line.substring(7), environment);
      } else if (line.startsWith(PROFILE)) {
        profiles.add(line.substring(PROFILE.length()));
      } else if (line.startsWith("#! file ")) {
        beside.add(line.substring(8));
      } else if (line.startsWith("#! sh ")) {
        var words = line.split(" ", 4);
        complaints.add(new Surroundings.Complaint(Integer.parseInt(words[2]), words[3]));
      } else if (line.equals("#! --allow-outside")) {
        outside = true;
      } else if (line.equals("#! --no-local-commands")) {
        local = false;
      }
    }
    var overrides =
        new Overrides(
            params,
            Map.of(),
            profiles,
            key -> Optional.ofNullable(environment.get(key)),
            outside,
            local,
            new FakeSurroundings(beside, complaints));
    return PipelineFiles.load(bytes, name, included, STRATEGIES, overrides);
  }

  /** Files beside a case, and what the shell says to its first texts. */
  private record FakeSurroundings(Set<String> files, List<Complaint> complaints)
      implements Surroundings {
    @Override
    public boolean isFile(String path) {
      return files.contains(path.startsWith("./") ? path.substring(2) : path);
    }

    @Override
    public List<Optional<Complaint>> syntax(List<String> texts) {
      var answers = new ArrayList<Optional<Complaint>>();
      for (var i = 0; i < texts.size(); i++) {
        answers.add(i < complaints.size() ? Optional.of(complaints.get(i)) : Optional.empty());
      }
      return answers;
    }
  }

  private static void put(String assignment, Map<String, String> into) {
    var equals = assignment.indexOf('=');
    into.put(
        assignment.substring(0, equals), assignment.substring(equals + 1).replace("\\0", "\0"));
  }
}
