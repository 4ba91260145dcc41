package org.golempipeline.standard;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/** {@code table}: a fragment for each row of a table, whose header names the variables. */
public final class TableSplit extends Described implements SplitStrategy {
  private static final Pattern VARIABLE = Pattern.compile("[a-z][a-z0-9_]*");

  public TableSplit() {
    super("table", "1", "Makes a fragment of each row of a table; the header names its variables.");
  }

  @Override
  public String optionsSchema() {
    var file =
        """
        {
          "description": "The table's file, relative to the pipeline's folder.",
          "type": "string",
          "minLength": 1
        }""";
    return """
        {
          "description": "The table; or, as a map, with how to read it.",
          "oneOf": [
            %s,
            {
              "type": "object",
              "properties": {
                "file": %s,
                "delimiter": %s
              },
              "required": ["file"],
              "additionalProperties": false
            }
          ]
        }
        """
        .formatted(file, file, Delimiter.SCHEMA);
  }

  @Override
  public boolean optionsRequired() {
    return true;
  }

  @Override
  public InputUse inputUse() {
    return InputUse.FORBIDDEN;
  }

  @Override
  public InputShape inputShape(Options options) {
    return InputShape.NONE;
  }

  /** None that are known before the table is read. */
  @Override
  public List<String> variables(Options options) {
    return List.of();
  }

  @Override
  public Fragments split(SplitContext context) throws IOException, StrategyException {
    var options = context.options();
    var name = (options.isMap() ? options.at("file") : options).text().orElseThrow();
    var path = context.base().resolve(name);
    if (!Files.exists(path) || Files.isDirectory(path)) {
      throw new StrategyException(
          "There is no table `%s`.".formatted(name),
          "Write its path relative to the folder of the pipeline file.");
    }
    var dialect = new Dialect(Delimiter.from(options.at("delimiter")));
    var table = new InputFile(path, 0, Files.size(path), name);
    try (var rows =
        new TableReader(
            Content.openText(table).stream(), table.size(), "`" + name + "`", dialect)) {
      var names = names(name, rows);
      var fragments = new ArrayList<Fragment>();
      for (var row = rows.next(); row != null; row = rows.next()) {
        fragments.add(fragment(names, row, rows));
      }
      if (fragments.isEmpty()) {
        throw new StrategyException(
            "The table `%s` has no rows below its header.".formatted(name),
            "Write a line for each fragment.");
      }
      return Fragments.of(fragments);
    }
  }

  private static List<String> names(String table, TableReader rows)
      throws IOException, StrategyException {
    var header = rows.next();
    if (header == null) {
      throw new StrategyException(
          "The table `%s` is empty.".formatted(table),
          "Write the names of the variables in its first line and a fragment in each of the next.");
    }
    var names = new ArrayList<String>();
    for (var field : header) {
      var name = rows.text(field).strip();
      if (!VARIABLE.matcher(name).matches()) {
        throw new StrategyException(
            "The table `%s` has a column `%s`, which cannot be a variable.".formatted(table, name),
            "Use lower-case letters, digits and `_`, a letter first.");
      }
      if (names.contains(name)) {
        throw new StrategyException(
            "The table `%s` has two columns `%s`.".formatted(table, name), "Rename one of them.");
      }
      names.add(name);
    }
    return names;
  }

  private static Fragment fragment(List<String> names, String[] row, TableReader rows)
      throws StrategyException {
    if (row.length != names.size()) {
      throw new StrategyException(
          "%s has %s instead of %,d."
              .formatted(rows.where(), Words.count(row.length, "column"), names.size()),
          "Put a field that has the delimiter in it into quotes.");
    }
    var variables = new LinkedHashMap<String, String>();
    for (var i = 0; i < row.length; i++) {
      if (row[i].indexOf('\0') >= 0) {
        throw new StrategyException(
            "%s has a zero byte, which no variable can hold.".formatted(rows.where()));
      }
      variables.put(names.get(i), rows.text(row[i]));
    }
    return new Fragment(List.of(), variables);
  }
}
