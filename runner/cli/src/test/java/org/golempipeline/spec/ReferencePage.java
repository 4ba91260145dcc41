package org.golempipeline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.strategy.Strategy;

/** The reference of the file format as Markdown, made from the schema so that it cannot lag. */
public final class ReferencePage {
  private static final List<String> DEFAULTS =
      List.of("image", "files", "setup", "resources", "retry", "timeout", "speculate", "verify");

  private final JsonNode root;
  private final StringBuilder page = new StringBuilder();

  private ReferencePage(JsonNode root) {
    this.root = root;
  }

  /** The page for these strategies. */
  public static String render(Strategies strategies) {
    var page = new ReferencePage(PipelineSchema.tree(strategies));
    page.introduction();
    page.topLevel();
    page.stage();
    page.quantities();
    page.variables();
    page.strategies("Split strategies", "split", strategies.splits());
    page.strategies("Merge strategies", "merge", strategies.merges());
    return page.page.toString();
  }

  private void introduction() {
    page.append(
        """
        # Reference

        <!-- Generated from the schema; do not edit. -->

        Every key of a pipeline file, version 1. A file holds one stage at top level, or several under
        `stages`. Any other key is an error, except those that start with `x-`: they are your own notes.

        """);
  }

  private void topLevel() {
    page.append("## Top level\n\n");
    var keys = new HashSet<>(PipelineFormat.FIRST);
    keys.add("stages");
    table(root, "", keys);
    page.append(
        """

        Beside `stages` these keys of a stage may stand as defaults: %s. A stage that sets one of
        them replaces it whole.

        ### `params`

        `name: value`, or `name:` and a map of these:

        """
            .formatted(Words.list(DEFAULTS)));
    table(root.at("/$defs/param/anyOf/1"), "", Set.of());
    page.append("\n### `golem`\n\n");
    table(root.at("/properties/golem"), "", Set.of());
    var settings = new ArrayList<String>();
    root.at("/$defs/profile/properties").fieldNames().forEachRemaining(settings::add);
    settings.removeAll(List.of("params", "stages"));
    page.append(
        """

        ### `profiles`

        `name:` and a map of settings: %s, each as at top level and replaced whole, `params` with plain
        values, which are other defaults, and `stages`, where those of them that a stage may have stand below its name and take the
        place of what it says itself. Of several chosen profiles the last one counts, and `-p` wins over all of them.

        """
            .formatted(Words.list(settings)));
  }

  private void stage() {
    page.append("## Stage\n\n");
    var stage = root.at("/$defs/stage");
    page.append("| key | value | meaning |\n| --- | --- | --- |\n");
    rows(stage, "", Set.of(), 1);
    page.append("\n### `enough`\n\n");
    table(stage.at("/properties/enough/anyOf/1"), "", Set.of());
    for (var key : List.of("resources", "retry")) {
      page.append("\n### `%s`\n\n".formatted(key));
      table(stage.path("properties").path(key), "", Set.of());
    }
    page.append("\n### `timeout`\n\n");
    table(stage.at("/properties/timeout/anyOf/1"), "", Set.of());
    page.append("\n### `verify`\n\n");
    table(stage.at("/properties/verify/anyOf/1"), "", Set.of());
    page.append("\n`compare: { json: … }` and `compare: { csv: … }` take this:\n\n");
    table(root.at("/$defs/tolerance"), "", Set.of());
    page.append('\n');
  }

  private void quantities() {
    page.append(
        """
        ## Numbers with units

        The unit is required.

        | kind | units | examples |
        | --- | --- | --- |
        | duration | `ms` `s` `m` `h` `d` | `90s`, `10m`, `1.5h` |
        | size | `B` `kB` `MB` `GB` `TB`, `KiB` `MiB` `GiB` `TiB` | `512MiB`, `4 GB` |
        | money | `GLM` | `1.5 GLM` |
        | price | `GLM/h` | `0.1 GLM/h` |
        | share | `%` | `5%` |

        """);
  }

  private void variables() {
    page.append(
        """
        ## Variables

        A shell text sees a variable if and only if it names it. Elsewhere `${name}` is replaced in
        strings; `$$` is a dollar.

        | name | value | known in |
        | --- | --- | --- |
        | `in` | The fragment's input: a file or a folder, as the split says. In `accept` the output to judge, in `until` the result so far. | `run`, `accept`, `until` |
        | `out` | The file to write. | `run` |
        | `outdir` | The folder to write into, if `out` is a glob. | `run` |
        | `tmp` | An empty folder of the fragment's own. | `run` |
        | `index` | The fragment's number, from 0. | `run`, `accept`, `output` |
        | `count` | How many fragments the stage has. | `run`, `accept` |
        | `path`, `stem` | Path of the input below the literal start of its glob; its name without suffix. | `run`, `accept`, `output` |
        | params | Their values in this run. | everywhere |
        | split and matrix variables | Their values for this fragment. | `run`, `accept`, `output` |
        | needed stages with `merge: value` | Their value. | shell text, `split`, `merge`, `output` |

        The command of a strategy knows params, values of needed stages, and the variables named with it.

        """);
  }

  private void strategies(String title, String kind, Iterable<? extends Strategy> strategies) {
    page.append("## %s\n".formatted(title));
    for (var strategy : strategies) {
      page.append("\n### `%s`\n\n%s\n".formatted(strategy.name(), strategy.summary()));
      var schema = root.path("$defs").path(kind + "." + strategy.name());
      page.append("\n`%s: %s`".formatted(kind, strategy.name()));
      page.append(strategy.optionsRequired() ? " needs options.\n" : " may stand alone.\n");
      options(schema, strategy.name());
    }
    page.append('\n');
  }

  private void options(JsonNode schema, String name) {
    var description = schema.path("description").asText("");
    if (!description.isEmpty()) {
      page.append("\n%s\n".formatted(description));
    }
    for (var shape : Shapes.forms(root, schema)) {
      if (shape.has("properties") && !shape.get("properties").isEmpty()) {
        page.append('\n');
        table(shape, name + ".", Set.of());
      } else if (shape.has("type") && !shape.path("type").asText().equals("object")) {
        var text = shape == schema ? "" : shape.path("description").asText("");
        page.append(
            "\nShort form: %s.%s\n".formatted(kind(shape), text.isEmpty() ? "" : " " + text));
      }
    }
  }

  private void table(JsonNode schema, String prefix, Set<String> only) {
    page.append("| key | value | meaning |\n| --- | --- | --- |\n");
    rows(schema, prefix, only, 0);
  }

  private void rows(JsonNode schema, String prefix, Set<String> only, int depth) {
    var required = new ArrayList<String>();
    schema.path("required").forEach(each -> required.add(each.asText()));
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      if (!only.isEmpty() && !only.contains(property.getKey())) {
        continue;
      }
      var value = property.getValue();
      var text = value.path("description").asText("");
      if (text.isEmpty()) {
        text = Shapes.resolved(root, value).path("description").asText("");
      }
      if (required.contains(property.getKey()) && !text.contains("Required")) {
        text = text.isEmpty() ? "Required." : text + " Required.";
      }
      page.append(
          "| `%s%s` | %s | %s |\n"
              .formatted(prefix, property.getKey(), cell(kind(value)), cell(text)));
      var inner = Shapes.resolved(root, value);
      if (depth == 0 && inner.has("properties") && only.isEmpty()) {
        rows(inner, prefix + property.getKey() + ".", Set.of(), depth + 1);
      }
    }
  }

  /** What may stand as the value, in a few words. */
  private String kind(JsonNode schema) {
    var phrases = new LinkedHashSet<String>();
    for (var shape : Shapes.forms(root, schema)) {
      if (shape.path("x-shell").asBoolean()) {
        phrases.add("shell text");
      } else if (shape.has("x-unit")) {
        phrases.add(shape.get("x-unit").asText());
      } else if (shape.has("x-strategies")) {
        phrases.add(
            shape.path("type").asText().equals("object") ? "strategy with options" : "strategy");
      } else if (shape.has("anyOf")) {
        phrases.add(kind(shape));
      } else if (shape.path("type").asText().equals("string") && shape.has("x-says")) {
        phrases.add("text");
      } else {
        Shapes.describe(root, shape, phrases);
      }
    }
    var words =
        phrases.stream().map(phrase -> phrase.replaceFirst("^an? ", "")).distinct().toList();
    return Words.joined(words, "or");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
