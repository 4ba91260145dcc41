package org.golempipeline.journal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.golempipeline.event.RunEvent.Param;
import org.golempipeline.event.RunEvent.RunStarted;
import org.golempipeline.spec.PipelineSpec;

/**
 * The parameter values that a run had, by its journal. Secrets never get there, and of a long value
 * only the digest: those must be given again, and a long one is known when it comes.
 */
public final class RunParams {
  /** Characters of a value that is kept. */
  private static final int LONGEST = 16 << 10;

  private final RunStarted started;

  public RunParams(RunStarted started) {
    this.started = started;
  }

  /** What a journal keeps of the parameters of {@code spec}. */
  public static List<Param> of(PipelineSpec spec) {
    var params = new ArrayList<Param>();
    spec.params()
        .forEach(
            (name, value) -> {
              if (value.secret()) {
                params.add(new Param(name, null, null));
              } else if (value.value().length() > LONGEST) {
                params.add(new Param(name, null, digest(value.value())));
              } else {
                params.add(new Param(name, value.value(), null));
              }
            });
    return params;
  }

  /** The SHA-256 of a text, in hexadecimal digits. */
  public static String digest(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has it", e);
    }
  }

  /** The values that were kept, by name. */
  public Map<String, String> values() {
    var values = new LinkedHashMap<String, String>();
    for (var param : started.params()) {
      if (param.value() != null) {
        values.put(param.name(), param.value());
      }
    }
    return values;
  }

  /** The profiles that were chosen. */
  public List<String> profiles() {
    return started.profiles();
  }

  /** Names of params whose values were not kept since they are secret. */
  public List<String> secrets() {
    return started.params().stream().filter(Param::secret).map(Param::name).toList();
  }

  /** Names of long values that are others in {@code spec} than they were in the run. */
  public List<String> othersIn(PipelineSpec spec) {
    return started.params().stream()
        .filter(param -> param.sha256() != null)
        .filter(
            param -> {
              var now = spec.params().get(param.name());
              return now != null && !Objects.equals(digest(now.value()), param.sha256());
            })
        .map(Param::name)
        .toList();
  }

  /** Whether the pipeline file, or one that it includes, had another text in the run. */
  public boolean isOfAnotherText(PipelineSpec spec) {
    var then = started.fileSha256();
    return then != null && !then.equals(digest(spec.wholeText()));
  }
}
