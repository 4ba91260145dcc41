package org.golempipeline.document;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Bytes to a document. Where a mistake has an obvious extent, such as an unquoted {@code *.txt}, it
 * is reported, blotted out in a copy of the text and the copy read instead, so that one mistake
 * does not hide the next.
 */
final class Reader {
  private static final int MOST_BYTES = 4 << 20;
  private static final int MOST_PATCHES = 20;
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private final Problems problems;
  private final boolean included;
  private final Positions positions;

  private Reader(Source source, boolean included) {
    this.problems = new Problems(source);
    this.included = included;
    this.positions = new Positions(source.text(), included ? source : null);
  }

  static Document read(byte[] bytes, String name, boolean included) {
    if (bytes.length > MOST_BYTES) {
      return refused(
          new Source(name, ""),
          DiagnosticIds.YAML_TOO_LARGE,
          Range.START,
          "A pipeline file may have at most 4 MiB.",
          "Move long lists to a file of their own and read it with a strategy.");
    }
    var start = startsWithMark(bytes) ? 3 : 0;
    var input = ByteBuffer.wrap(bytes, start, bytes.length - start);
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    try {
      return new Reader(new Source(name, decoder.decode(input).toString()), included).document();
    } catch (CharacterCodingException e) {
      return notUtf8(bytes, start, name, included);
    }
  }

  private static boolean startsWithMark(byte[] bytes) {
    return bytes.length >= 3
        && bytes[0] == (byte) 0xEF
        && bytes[1] == (byte) 0xBB
        && bytes[2] == (byte) 0xBF;
  }

  private static Document notUtf8(byte[] bytes, int start, String name, boolean included) {
    var input = ByteBuffer.wrap(bytes, start, bytes.length - start);
    var good = CharBuffer.allocate(bytes.length);
    StandardCharsets.UTF_8.newDecoder().decode(input, good, true);
    var before = good.flip().toString();
    var offset = before.codePointCount(0, before.length());
    var text = new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
    var source = new Source(name, text);
    return refused(
        source,
        DiagnosticIds.YAML_ENCODING,
        new Positions(text, included ? source : null).range(offset, offset + 1),
        "A pipeline file must be UTF-8 text, and this byte is not.",
        "Save the file as UTF-8 in your editor.");
  }

  private static Document refused(
      Source source, String id, Range range, String message, String hint) {
    var problems = new Problems(source);
    problems.error(id, range, message, hint);
    return new Document(source, Optional.empty(), problems.all());
  }

  private Document document() {
    var text = problems.source().text();
    var root = text.isBlank() || hasForbidden() ? null : composed();
    if (root == null && !problems.hasErrors()) {
      problems.error(
          DiagnosticIds.YAML_EMPTY,
          Range.START,
          "The file is empty.",
          included
              ? "Write into it what it is included for."
              : "Write one with `golem-pipeline init`.");
    }
    return new Document(problems.source(), Optional.ofNullable(root), problems.all());
  }

  /** The tree of the source, read from a text in which mistakes are blotted out. */
  private @Nullable Node composed() {
    var scanned = ScannerText.of(problems.source().text());
    var readable = scanned.text();
    for (var patches = 0; ; patches++) {
      var found = new Problems(problems.source());
      var options = new LoaderOptions();
      options.setCodePointLimit(MOST_BYTES);
      var characters = new StreamReader(readable);
      try {
        var parser = new ParserImpl(characters, options);
        var root = new Composer(parser, scanned, positions, found).document();
        found.all().forEach(problems::add);
        return root;
      } catch (MarkedYAMLException e) {
        var mistake = SyntaxMistake.of(e, positions);
        report(mistake);
        if (mistake.blot() < 0 || patches == MOST_PATCHES) {
          return null;
        }
        readable = blotted(readable, mistake.blot(), mistake.replacement());
      } catch (YAMLException e) {
        // One of few that the library throws without a place: it is where it came to.
        report(SyntaxMistake.stopped(positions, characters.getIndex()));
        return null;
      } catch (NumberFormatException e) {
        // The library reads the digits of an escape without a look at how many there are.
        report(SyntaxMistake.digits(positions, characters.getIndex()));
        return null;
      } catch (Composer.LimitException e) {
        problems.error(e.id, e.range, e.sentence, e.hint);
        return null;
      }
    }
  }

  private void report(SyntaxMistake mistake) {
    problems.error(mistake.id(), mistake.range(), mistake.message(), mistake.hint());
  }

  /** Whether a character stands there that the scanner must not see. */
  private boolean hasForbidden() {
    for (var i = 0; i < positions.length(); i++) {
      var character = positions.at(i);
      if (character == BYTE_ORDER_MARK) {
        problems.error(
            DiagnosticIds.YAML_CHARACTER,
            positions.range(i, i + 1),
            "A byte order mark (U+FEFF), which cannot be seen, may stand at the start of the file"
                + " only.",
            "Remove it, or write it as `\\uFEFF` in double quotes.");
        return true;
      }
      if (!StreamReader.isPrintable(character)) {
        problems.error(
            DiagnosticIds.YAML_CHARACTER,
            positions.range(i, i + 1),
            "The control character U+%04X may not stand in a pipeline file.".formatted(character),
            character == 0
                ? "Remove it: no command, variable or path can hold one."
                : "Remove it, or write it as `\\u%04X` in double quotes.".formatted(character));
        return true;
      }
    }
    return false;
  }

  private static String blotted(String text, int codePoint, char replacement) {
    var at = text.offsetByCodePoints(0, codePoint);
    var end = text.offsetByCodePoints(at, 1);
    // One code point for one code point: positions stay those of the source.
    return text.substring(0, at) + replacement + text.substring(end);
  }
}
