package org.golempipeline.cli.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.pipeline.Refusal;
import picocli.CommandLine.Option;

/** {@code -p name=value}, shared by the commands that read a pipeline file. */
public final class ParamOptions {
  /** Bytes; a shell takes hardly more as a variable. */
  private static final int LONGEST = 1 << 20;

  @Option(
      names = {"-p", "--param"},
      paramLabel = "name=value",
      description =
          "Sets a param of the file; repeat it for more. With name=@file the value is what that"
              + " file or pipe holds, without the line end at its end.")
  List<String> assignments = new ArrayList<>();

  /** The values by name; of two for the same name the last one counts. */
  public Map<String, String> values(Console console) throws Refusal {
    var values = new LinkedHashMap<String, String>();
    for (var assignment : assignments) {
      var equals = assignment.indexOf('=');
      if (equals < 1) {
        throw Refusal.usage(
            "`-p %s` lacks a name or `=`.".formatted(assignment),
            "Write `-p name=value`, or `-p name=@file`.");
      }
      var value = assignment.substring(equals + 1);
      values.put(
          assignment.substring(0, equals),
          value.startsWith("@") ? content(console, value.substring(1)) : value);
    }
    return values;
  }

  /** What the user names here is his own, and may be a pipe: {@code name=@<(command)}. */
  private static String content(Console console, String file) throws Refusal {
    try (var stream = Files.newInputStream(console.folder().resolve(file))) {
      var bytes = stream.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw Refusal.usage(
            "`%s`, which `-p` names, holds more than %,d bytes.".formatted(file, LONGEST),
            "Name a file of that size under `input` or `files`.");
      }
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      var lineEnd = text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0;
      return text.substring(0, text.length() - lineEnd);
    } catch (CharacterCodingException e) {
      throw Refusal.usage("`%s` is not UTF-8 text.".formatted(file), "Params are text.");
    } catch (IOException | InvalidPathException e) {
      throw Refusal.usage(
          "Could not read `%s`, which `-p` names: %s.".formatted(file, Trouble.reason(e)),
          "Paths are relative to the current folder, `%s`.".formatted(console.folder()));
    }
  }
}
