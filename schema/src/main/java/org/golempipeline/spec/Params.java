package org.golempipeline.spec;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.document.Node.Style;
import org.golempipeline.strategy.Regex;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * The params of a file with the values they have in this run. Looks only at what is well-formed;
 * the rest is the schema's to report.
 */
final class Params {
  private final Map<String, Scalar> declared = new LinkedHashMap<>();
  private final Map<String, ParamValue> values = new LinkedHashMap<>();
  private final Overrides overrides;
  private final Problems problems;

  private Params(Overrides overrides, Problems problems) {
    this.overrides = overrides;
    this.problems = problems;
  }

  static Params read(Mapping root, Overrides overrides, Problems problems) {
    var params = new Params(overrides, problems);
    if (root.get("params") instanceof Mapping block) {
      block.entries().forEach(params::declare);
    }
    params.checkOverrides(root);
    return params;
  }

  /** The keys that declare them, by name. */
  Map<String, Scalar> declared() {
    return declared;
  }

  /** The values that are known; a param that is declared and not here was found wrong. */
  Map<String, ParamValue> values() {
    return values;
  }

  /**
   * The param {@code declared} with what {@code value} says of it elsewhere: a plain value is its
   * default from now on and leaves the rest of a declaration as it is.
   */
  static Entry withDefault(Entry declared, Entry value) {
    if (!(value.value() instanceof Scalar) || !(declared.value() instanceof Mapping declaration)) {
      return value;
    }
    var entries = new ArrayList<Entry>();
    for (var entry : declaration.entries()) {
      if (!entry.name().equals("default")) {
        entries.add(entry);
      }
    }
    var key = new Scalar("default", Style.PLAIN, "default", value.key().range());
    entries.add(new Entry(key, value.value()));
    return new Entry(
        declared.key(), new Mapping(entries, declaration.block(), declaration.range()));
  }

  private void checkOverrides(Mapping root) {
    var block = root.entry("params");
    for (var name : overrides.params().keySet()) {
      if (!declared.containsKey(name)) {
        problems.error(
            DiagnosticIds.PARAM_UNKNOWN,
            block == null ? Range.START : block.key().range(),
            "`-p %s=…` sets a param that this file does not have.".formatted(name),
            Nearest.to(name, declared.keySet())
                .map("Did you mean `-p %s=…`?"::formatted)
                .orElse(
                    declared.isEmpty()
                        ? "The file has no params."
                        : "Its params are %s.".formatted(Words.list(declared.keySet()))));
      }
    }
  }

  private void declare(Entry entry) {
    var name = entry.name();
    declared.put(name, entry.key());
    if (entry.value() instanceof Scalar scalar) {
      var text = given(entry);
      if (text == null && scalar.value() == null) {
        missing(entry, "");
      } else {
        values.put(name, new ParamValue(text == null ? scalar.text() : text, false));
      }
    } else if (entry.value() instanceof Mapping declaration) {
      if (isTrue(declaration.get("secret"))) {
        secret(entry, declaration);
      } else {
        typed(entry, declaration);
      }
    }
  }

  /** The value of a param that is no secret, if the caller says it. */
  private @Nullable String given(Entry entry) {
    var text = overrides.params().get(entry.name());
    if (text != null) {
      checkZero(text, entry, "The value that `-p` gives to `%s`".formatted(entry.name()));
      return text;
    }
    return overrides.earlier().get(entry.name());
  }

  private void checkZero(String text, Entry entry, String what) {
    if (text.indexOf(0) >= 0) {
      problems.error(
          DiagnosticIds.PARAM_VALUE,
          entry.key().range(),
          what + " holds a zero character, which no variable of a shell can.",
          "Bytes that are not text reach a command as a file: name it in `files`.");
    }
  }

  private void secret(Entry entry, Mapping declaration) {
    var forbidden = declaration.entry("default");
    if (forbidden != null) {
      problems.error(
          DiagnosticIds.PARAM_DECLARATION,
          forbidden.key().range(),
          "A secret may not stand in the file.",
          "Remove `default` and name an environment variable with `env`.");
      return;
    }
    var text = overrides.params().get(entry.name());
    if (text != null) {
      checkZero(text, entry, "The value that `-p` gives to `%s`".formatted(entry.name()));
    } else if (declaration.get("env") instanceof Scalar variable) {
      text = overrides.environment().apply(variable.text()).orElse(null);
      if (text == null) {
        missing(entry, "The environment variable `%s` is not set. ".formatted(variable.text()));
        return;
      }
      checkZero(text, entry, "The environment variable `%s`".formatted(variable.text()));
    }
    if (text == null) {
      missing(entry, "");
    } else {
      var constraints = new Constraints(declaration);
      text = constraints.canonical(text);
      isRight(text, constraints, entry.key().range(), "The secret `%s`".formatted(entry.name()));
      if (Secrets.isTooShort(text)) {
        problems.warning(
            DiagnosticIds.PARAM_SHORT_SECRET,
            entry.key().range(),
            "The secret `%s` is too short to be hidden where a command writes it."
                .formatted(entry.name()),
            "Values of 4 characters and more are taken out of logs and messages; see to it that no"
                + " command writes this one.");
      }
      values.put(entry.name(), new ParamValue(text, true));
    }
  }

  private void typed(Entry entry, Mapping declaration) {
    var variable = declaration.entry("env");
    if (variable != null) {
      problems.error(
          DiagnosticIds.PARAM_DECLARATION,
          variable.key().range(),
          "`env` is for secrets only.",
          "Add `secret: true`, or pass the value with `-p`.");
    }
    var constraints = new Constraints(declaration);
    var refusal = constraints.patternRefusal;
    if (refusal != null) {
      problems.error(
          DiagnosticIds.PARAM_DECLARATION,
          Objects.requireNonNull(declaration.get("pattern")).range(),
          refusal.getMessage(),
          refusal.hint().orElse(null));
      return;
    }
    for (var odd : constraints.oddChoices) {
      problems.error(
          DiagnosticIds.PARAM_DECLARATION,
          odd.range(),
          "`%s` in `enum` is not of the type `%s`.".formatted(odd.text(), constraints.type),
          "Remove it, or change the `type`.");
    }
    var fallback = declaration.get("default") instanceof Scalar scalar ? scalar : null;
    if (fallback != null && fallback.value() != null) {
      var value = constraints.canonical(fallback.text());
      isRight(value, constraints, fallback.range(), "The default of `%s`".formatted(entry.name()));
    }
    var text = given(entry);
    if (text != null) {
      text = constraints.canonical(text);
      var what =
          overrides.params().containsKey(entry.name())
              ? "The value that `-p` gives to `%s`"
              : "The value that `%s` had in that run";
      if (!isRight(text, constraints, entry.key().range(), what.formatted(entry.name()))) {
        return;
      }
    } else if (fallback == null || fallback.value() == null) {
      missing(entry, "");
      return;
    } else {
      text = constraints.canonical(fallback.text());
    }
    values.put(entry.name(), new ParamValue(text, false));
  }

  /** Whether a canonical value is what the declaration demands; says so if not. */
  private boolean isRight(String value, Constraints constraints, Range at, String what) {
    var violation = constraints.violation(value);
    if (violation != null) {
      problems.error(DiagnosticIds.PARAM_VALUE, at, "%s %s.".formatted(what, violation));
    }
    return violation == null;
  }

  private void missing(Entry entry, String reason) {
    problems.error(
        DiagnosticIds.PARAM_MISSING,
        entry.key().range(),
        "%sThe param `%s` has no value.".formatted(reason, entry.name()),
        "Pass `-p %s=…`.".formatted(entry.name()));
  }

  private static boolean isTrue(@Nullable Node node) {
    return node instanceof Scalar scalar && Boolean.TRUE.equals(scalar.value());
  }

  /** What a declaration demands of values. */
  private static final class Constraints {
    private final String type;
    private final List<String> allowed = new ArrayList<>();
    private final @Nullable BigDecimal minimum;
    private final @Nullable BigDecimal maximum;
    private final List<Scalar> oddChoices = new ArrayList<>();
    private @Nullable Regex pattern;
    private @Nullable StrategyException patternRefusal;

    Constraints(Mapping declaration) {
      type = declaration.get("type") instanceof Scalar scalar ? scalar.text() : "string";
      minimum = number(declaration.get("minimum"));
      maximum = number(declaration.get("maximum"));
      if (declaration.get("enum") instanceof Sequence sequence) {
        for (var item : sequence.items()) {
          if (item instanceof Scalar scalar) {
            var choice = canonical(scalar.text());
            allowed.add(choice);
            if (typeViolation(choice) != null) {
              oddChoices.add(scalar);
            }
          }
        }
      }
      if (declaration.get("pattern") instanceof Scalar scalar) {
        try {
          pattern = Regex.of("pattern", scalar.text());
        } catch (StrategyException e) {
          patternRefusal = e;
        }
      }
    }

    private static @Nullable BigDecimal number(@Nullable Node node) {
      return node instanceof Scalar scalar && scalar.value() instanceof BigDecimal number
          ? number
          : null;
    }

    /**
     * The one way to write that number or boolean, so that a shell takes it for what it is: {@code
     * 010}, {@code 1e1} and {@code 10.0} are {@code 10}, {@code True} is {@code true}.
     */
    String canonical(String text) {
      var value = Scalar.plain(text, Range.START).value();
      if (isNumeric() && value instanceof BigDecimal number) {
        var shortest = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
        return shortest.toPlainString();
      }
      return type.equals("boolean") && value instanceof Boolean flag ? flag.toString() : text;
    }

    private boolean isNumeric() {
      return Set.of("integer", "number").contains(type) || minimum != null || maximum != null;
    }

    private @Nullable String typeViolation(String text) {
      var value = Scalar.plain(text, Range.START).value();
      if (isNumeric() && !(value instanceof BigDecimal)) {
        return "must be a number such as `10`";
      }
      if (type.equals("integer") && value instanceof BigDecimal number && number.scale() > 0) {
        return "must be a whole number";
      }
      return type.equals("boolean") && !(value instanceof Boolean)
          ? "must be `true` or `false`"
          : null;
    }

    /** What is wrong with a canonical value, as the end of a sentence; null if nothing is. */
    @Nullable String violation(String text) {
      var ofType = typeViolation(text);
      if (ofType != null) {
        return ofType;
      }
      if (!allowed.isEmpty() && !allowed.contains(text)) {
        return "must be " + Words.anyOf(allowed);
      }
      var number = isNumeric() ? new BigDecimal(text) : null;
      if (minimum != null && number != null && number.compareTo(minimum) < 0) {
        return "must be at least `%s`".formatted(minimum.toPlainString());
      }
      if (maximum != null && number != null && number.compareTo(maximum) > 0) {
        return "must be at most `%s`".formatted(maximum.toPlainString());
      }
      if (pattern != null && !pattern.matches(text)) {
        return "must match `%s`".formatted(pattern);
      }
      return null;
    }
  }
}
