package org.golempipeline.standard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.Regex;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code files}: whole files, one a fragment or in groups. Groups by number and by size are runs of
 * neighbours in input order; a group by pattern stands where its first file stood.
 */
public final class FilesSplit extends Described implements SplitStrategy {
  private static final Pattern VARIABLE = Pattern.compile("[a-z][a-z0-9_]*");
  private static final int MOST_SHOWN = 5;

  public FilesSplit() {
    super(
        "files",
        "1",
        "Hands out whole files, one a fragment or in groups by number, size or name.");
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "How files are grouped; without options each is a fragment. A group \
        arrives as a folder.",
          "type": "object",
          "oneOf": [
            { "required": ["group"] },
            { "required": ["size"] },
            { "required": ["by"] }
          ],
          "properties": {
            "group": {
              "description": "Files in a fragment; the last one may have fewer.",
              "type": "integer",
              "minimum": 1,
              "maximum": 1000000000000000
            },
            "size": {
              "description": "Most bytes in a fragment, as neighbours fit; a larger file is alone.",
              "type": "string",
              "x-unit": "size"
            },
            "by": {
              "description": "A regular expression (RE2's) looked for in each path. Files for \
        which it captures the same are a fragment, and named captures are its variables.",
              "type": "string",
              "minLength": 1
            },
            "exactly": {
              "description": "How many files each group of `by` must have.",
              "type": "integer",
              "minimum": 1,
              "maximum": 1000000000000000
            }
          },
          "dependentRequired": { "exactly": ["by"] },
          "additionalProperties": false
        }
        """;
  }

  @Override
  public InputUse inputUse() {
    return InputUse.REQUIRED;
  }

  @Override
  public InputShape inputShape(Options options) {
    return options.isPresent() ? InputShape.FOLDER : InputShape.FILE;
  }

  @Override
  public List<String> variables(Options options) throws StrategyException {
    var by = options.at("by").text();
    return by.isPresent() ? Captures.of(by.get()).names() : List.of();
  }

  @Override
  public Fragments split(SplitContext context) throws StrategyException {
    var files = context.inputs();
    var options = context.options();
    if (!options.isPresent()) {
      return Fragments.computed(
          files.size(), index -> Fragment.of(Piece.Slice.whole(files.get(index))));
    }
    var group = options.at("group").integer();
    if (group.isPresent()) {
      return byNumber(files, group.get());
    }
    var size = options.at("size").bytes();
    if (size.isPresent()) {
      return bySize(files, size.get());
    }
    var captures = Captures.of(options.at("by").text().orElseThrow());
    return byCaptures(files, captures, options.at("exactly").integer().orElse(0L));
  }

  private static Fragments byNumber(List<InputFile> files, long number) {
    var each = (int) Math.min(number, Math.max(1, files.size()));
    return Fragments.computed(
        (files.size() + each - 1) / each,
        index -> {
          var from = index * each;
          return fragment(files.subList(from, Math.min(files.size(), from + each)), Map.of());
        });
  }

  private static Fragments bySize(List<InputFile> files, long most) throws StrategyException {
    var fragments = new ArrayList<Fragment>();
    var from = 0;
    var total = 0L;
    for (var i = 0; i < files.size(); i++) {
      Content.requireHere(files.get(i));
      var size = files.get(i).size();
      if (i > from && size > most - total) {
        fragments.add(fragment(files.subList(from, i), Map.of()));
        from = i;
        total = 0;
      }
      total += size;
    }
    if (from < files.size()) {
      fragments.add(fragment(files.subList(from, files.size()), Map.of()));
    }
    return Fragments.of(fragments);
  }

  private static Fragments byCaptures(List<InputFile> files, Captures captures, long exactly)
      throws StrategyException {
    var groups = new LinkedHashMap<List<String>, List<InputFile>>();
    for (var file : files) {
      var captured = captures.pattern().captures(file.path());
      if (captured.isEmpty()) {
        throw new StrategyException(
            "`%s` does not match `by: %s`.".formatted(file.path(), captures.pattern()),
            "Correct the pattern, or leave the file out of `input` with a `!` pattern.");
      }
      groups.computeIfAbsent(captured.get(), key -> new ArrayList<>()).add(file);
    }
    if (exactly > 0) {
      requireExactly(groups.values(), exactly);
    }
    var fragments = new ArrayList<Fragment>();
    groups.forEach((key, group) -> fragments.add(fragment(group, captures.variables(key))));
    return Fragments.of(fragments);
  }

  private static void requireExactly(Iterable<List<InputFile>> groups, long exactly)
      throws StrategyException {
    for (var group : groups) {
      if (group.size() != exactly) {
        var shown = group.stream().limit(MOST_SHOWN).map(file -> "`" + file.path() + "`").toList();
        throw new StrategyException(
            "A group has %s instead of %,d: %s%s."
                .formatted(
                    Words.count(group.size(), "file"),
                    exactly,
                    String.join(", ", shown),
                    group.size() > MOST_SHOWN ? " and more" : ""),
            "Add what is missing, correct `by`, or leave the files out of `input`.");
      }
    }
  }

  private static Fragment fragment(List<InputFile> files, Map<String, String> variables) {
    return new Fragment(files.stream().<Piece>map(Piece.Slice::whole).toList(), variables);
  }

  /** A pattern, and the variables that its captures become. */
  private record Captures(Regex pattern) {
    static Captures of(String regex) throws StrategyException {
      var pattern = Regex.of("by", regex);
      if (pattern.groups().isEmpty()) {
        throw new StrategyException(
            "`by: %s` captures nothing, so all files would be one group.".formatted(regex),
            "Put the part that the files of a group share into `(?<name>…)`.");
      }
      for (var name : pattern.groups()) {
        if (!name.isEmpty() && !VARIABLE.matcher(name).matches()) {
          throw new StrategyException(
              "The capture `%s` cannot be a variable.".formatted(name),
              "Use lower-case letters, digits and `_`, a letter first.");
        }
      }
      return new Captures(pattern);
    }

    List<String> names() {
      return pattern.groups().stream().filter(name -> !name.isEmpty()).toList();
    }

    Map<String, String> variables(List<String> captured) {
      var variables = new LinkedHashMap<String, String>();
      for (var i = 0; i < captured.size(); i++) {
        if (!pattern.groups().get(i).isEmpty()) {
          variables.put(pattern.groups().get(i), captured.get(i));
        }
      }
      return variables;
    }
  }
}
