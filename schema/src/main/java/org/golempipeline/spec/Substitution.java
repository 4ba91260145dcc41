package org.golempipeline.spec;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;

/**
 * Puts the values of params into the strings of a file: on the parsed tree, so that no value can
 * change the file's structure, and never into shell text.
 */
final class Substitution {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
  private static final Set<String> UNTOUCHED = Set.of("params", "name", "description");

  private final Params params;
  private final Set<String> stages;
  private final Problems problems;
  private final Map<Node, Template> open = new IdentityHashMap<>();
  private final Map<Node, Template> written = new IdentityHashMap<>();

  private Substitution(Params params, Set<String> stages, Problems problems) {
    this.params = params;
    this.stages = stages;
    this.problems = problems;
  }

  static ResolvedTree apply(
      Mapping root, SchemaPlace place, Params params, Set<String> stages, Problems problems) {
    var substitution = new Substitution(params, stages, problems);
    return new ResolvedTree(
        substitution.file(root, place), substitution.open, substitution.written);
  }

  private Mapping file(Mapping root, SchemaPlace place) {
    var entries = new ArrayList<Entry>();
    for (var entry : root.entries()) {
      if (UNTOUCHED.contains(entry.name()) || entry.name().startsWith("x-")) {
        entries.add(entry);
      } else if (entry.name().equals("stages") && entry.value() instanceof Mapping stages) {
        entries.add(new Entry(entry.key(), stages(stages, place.key("stages"))));
      } else if (entry.name().equals("profiles") && entry.value() instanceof Mapping profiles) {
        entries.add(new Entry(entry.key(), profiles(profiles, place.key("profiles"))));
      } else {
        entries.add(stageKey(entry, place));
      }
    }
    return new Mapping(entries, root.block(), root.range());
  }

  private Mapping profiles(Mapping profiles, SchemaPlace place) {
    var entries = new ArrayList<Entry>();
    for (var each : profiles.entries()) {
      entries.add(
          each.value() instanceof Mapping settings
              ? new Entry(each.key(), file(settings, place.key(each.name())))
              : each);
    }
    return new Mapping(entries, profiles.block(), profiles.range());
  }

  private Mapping stages(Mapping stages, SchemaPlace place) {
    var entries = new ArrayList<Entry>();
    for (var stage : stages.entries()) {
      if (stage.value() instanceof Mapping body) {
        var keys = new ArrayList<Entry>();
        var bodyPlace = place.key(stage.name());
        for (var entry : body.entries()) {
          keys.add(entry.name().startsWith("x-") ? entry : stageKey(entry, bodyPlace));
        }
        entries.add(new Entry(stage.key(), new Mapping(keys, body.block(), body.range())));
      } else {
        entries.add(stage);
      }
    }
    return new Mapping(entries, stages.block(), stages.range());
  }

  private Entry stageKey(Entry entry, SchemaPlace place) {
    var names =
        switch (entry.name()) {
          case "split", "merge" -> Names.VALUES;
          case "output" -> Names.FRAGMENT;
          case "run" -> Names.ARGV;
          default -> Names.PARAMS;
        };
    return new Entry(entry.key(), value(entry.value(), place.key(entry.name()), names));
  }

  private Node value(Node node, SchemaPlace place, Names names) {
    if (node instanceof Mapping mapping) {
      var entries = new ArrayList<Entry>();
      for (var entry : mapping.entries()) {
        entries.add(new Entry(entry.key(), value(entry.value(), place.key(entry.name()), names)));
      }
      return new Mapping(entries, mapping.block(), mapping.range());
    }
    if (node instanceof Sequence sequence) {
      var items = new ArrayList<Node>();
      for (var item : sequence.items()) {
        items.add(value(item, place.item(items.size()), names));
      }
      return new Sequence(items, sequence.block(), sequence.range());
    }
    var scalar = (Scalar) node;
    var text = scalar.string();
    if (text == null || text.indexOf('$') < 0 || place.isShell()) {
      return scalar;
    }
    var template = Template.of(text);
    var resolved = resolved(scalar, template, place, names);
    written.put(resolved, template);
    return resolved;
  }

  private Scalar resolved(Scalar scalar, Template template, SchemaPlace place, Names names) {
    if (!wellFormed(scalar, template)) {
      return left(scalar, template);
    }
    var known = new HashMap<String, String>();
    var broken = false;
    for (var name : template.names()) {
      var value = params.values().get(name);
      if (value == null) {
        broken |= params.declared().containsKey(name) || refused(scalar, name, names);
      } else if (!value.secret()) {
        known.put(name, place.isGlob() ? literally(value.value()) : value.value());
      } else if (names != Names.ARGV) {
        broken = true;
        problems.error(
            DiagnosticIds.PARAM_SECRET,
            scalar.range(),
            "The secret `%s` would be visible here.".formatted(name),
            "Use a secret as `$%s` in a shell text only.".formatted(name));
      }
    }
    if (broken || !known.keySet().containsAll(template.names())) {
      return left(scalar, template.with(known));
    }
    var text = template.resolve(name -> known.getOrDefault(name, ""));
    return template.isWhollyOneName()
        ? typed(text, scalar, place)
        : Scalar.quoted(text, scalar.range());
  }

  /** Whether every {@code ${…}} holds a name and is closed. */
  private boolean wellFormed(Scalar scalar, Template template) {
    for (var name : template.names()) {
      if (!NAME.matcher(name).matches()) {
        problems.error(
            DiagnosticIds.REFERENCE_FORM,
            scalar.range(),
            "`${%s}` is not a reference: between the braces stands one name.".formatted(name),
            name.startsWith("{") || name.contains(".")
                ? "Write the name of a param alone, as `${name}`; for a dollar write `$$`."
                : "For a dollar write `$$`.");
        return false;
      }
    }
    if (template.isUnclosed()) {
      problems.error(
          DiagnosticIds.REFERENCE_FORM,
          scalar.range(),
          "A `${` is never closed.",
          "Add the `}`, or write `$$` for a dollar.");
      return false;
    }
    return true;
  }

  /** Reports a name that is no param where only params are known. */
  private boolean refused(Scalar scalar, String name, Names names) {
    if (names != Names.PARAMS) {
      return false;
    }
    if (stages.contains(name)) {
      problems.error(
          DiagnosticIds.REFERENCE_SCOPE,
          scalar.range(),
          "`${%s}` is known only during the run and cannot stand here.".formatted(name),
          "The value of a stage may stand in `split`, `merge`, `output` and shell text.");
    } else if (Variables.RESERVED.contains(name)) {
      problems.error(
          DiagnosticIds.REFERENCE_SCOPE,
          scalar.range(),
          "`${%s}` differs between fragments and cannot stand here.".formatted(name),
          "Fragment variables may stand in `output`, in a `run` list and in shell text.");
    } else {
      problems.error(
          DiagnosticIds.REFERENCE_NAME,
          scalar.range(),
          "`${%s}` is not a param of this file.".formatted(name),
          Variables.suggestion(name, params.declared().keySet()));
    }
    return true;
  }

  private Scalar left(Scalar scalar, Template template) {
    var copy = Scalar.quoted(template.toString(), scalar.range());
    open.put(copy, template);
    return copy;
  }

  /** A value that stands alone takes the type that its place wants. */
  private static Scalar typed(String text, Scalar scalar, SchemaPlace place) {
    var plain = Scalar.plain(text, scalar.range());
    var fits =
        plain.value() instanceof BigDecimal && (place.allows("integer") || place.allows("number"))
            || plain.value() instanceof Boolean && place.allows("boolean");
    return fits ? plain : Scalar.quoted(text, scalar.range());
  }

  private static String literally(String value) {
    var escaped = new StringBuilder();
    for (var i = 0; i < value.length(); i++) {
      var c = value.charAt(i);
      if ("*?[]{}\\".indexOf(c) >= 0 || c == '!' && i == 0) {
        escaped.append('\\');
      }
      escaped.append(c);
    }
    return escaped.toString();
  }

  /** Which names a place may hold beside params. */
  private enum Names {
    PARAMS,
    VALUES,
    FRAGMENT,
    ARGV
  }
}
