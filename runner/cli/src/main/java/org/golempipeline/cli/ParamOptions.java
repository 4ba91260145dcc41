package org.golempipeline.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.plainfile.NotPlainException;
import org.golempipeline.plainfile.PlainFile;
import picocli.CommandLine.Option;

/** {@code -p name=value}, shared by the commands that read a pipeline file. */
final class ParamOptions {
  @Option(
      names = {"-p", "--param"},
      paramLabel = "name=value",
      description =
          "Sets a param of the file; repeat it for more. With name=@file the value is what that"
              + " file holds, without the line end at its end.")
  List<String> assignments = new ArrayList<>();

  /** The values by name; of two for the same name the last one counts. */
  Map<String, String> values(Console console) throws Refusal {
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

  private static String content(Console console, String file) throws Refusal {
    try {
      var text = PlainFile.text(console.folder().resolve(file));
      var lineEnd = text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0;
      return text.substring(0, text.length() - lineEnd);
    } catch (CharacterCodingException e) {
      throw Refusal.usage("`%s` is not UTF-8 text.".formatted(file), "Params are text.");
    } catch (NotPlainException e) {
      throw Refusal.usage(
          "Could not read what `-p` names: %s.".formatted(Trouble.reason(e)),
          "Write the values into a file first: a pipe could keep everybody waiting.");
    } catch (IOException | InvalidPathException e) {
      throw Refusal.usage(
          "Could not read `%s`, which `-p` names.".formatted(file),
          "Paths are relative to the current folder, `%s`.".formatted(console.folder()));
    }
  }
}
