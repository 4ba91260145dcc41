package org.golempipeline.spec;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.Diagnostic.Related;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.jspecify.annotations.Nullable;

/** Reads what names files: {@code image}, {@code input}, {@code files}, {@code out}. */
final class Sources {
  private static final Pattern HASH = Pattern.compile("(?:sha3:)?([0-9a-fA-F]{56})");

  private final Problems problems;

  Sources(Problems problems) {
    this.problems = problems;
  }

  @Nullable ImageRef image(@Nullable Node node) {
    if (node instanceof Mapping map) {
      return image(map);
    }
    if (!(node instanceof Scalar scalar)) {
      return null;
    }
    var text = scalar.text();
    var known = ImageRef.of(text);
    if (known.isEmpty()) {
      problems.error(
          DiagnosticIds.SCHEMA_FORM,
          scalar.range(),
          "`image` must be a registry tag `user/name:tag`, a SHA3-224 hash, or a local `./file.gvmi`.",
          text.contains("/") && !text.contains(":")
              ? "Add the tag: `%s:latest`.".formatted(text)
              : null);
    }
    return known.orElseGet(() -> new ImageRef.Tag(text));
  }

  private @Nullable ImageRef image(Mapping map) {
    var folder = Values.text(map, "build");
    if (folder != null) {
      return new ImageRef.Build(folder);
    }
    var reference = Values.text(map, "oci");
    if (reference != null) {
      return new ImageRef.Oci(reference);
    }
    var url = url(map);
    return url == null ? null : new ImageRef.Url(url, hash(map));
  }

  List<InputSource> inputs(@Nullable Node node) {
    var sources = new ArrayList<InputSource>();
    for (var item : Values.list(node)) {
      var source = input(item);
      if (source != null) {
        sources.add(source);
      }
    }
    return sources;
  }

  private @Nullable InputSource input(Node node) {
    if (node instanceof Mapping map) {
      var path = Values.text(map, "path");
      if (path != null) {
        return new InputSource.Literal(path, map.range());
      }
      var url = url(map);
      return url == null ? null : new InputSource.Remote(url, "sha3:" + hash(map), map.range());
    }
    var text = ((Scalar) node).text();
    return text.startsWith("!")
        ? new InputSource.Glob(text.substring(1), true, node.range())
        : new InputSource.Glob(text, false, node.range());
  }

  List<SharedFile> files(@Nullable Node node) {
    var files = new ArrayList<SharedFile>();
    if (node instanceof Mapping named) {
      for (var entry : named.entries()) {
        var origin = origin(entry.value());
        if (origin != null) {
          files.add(new SharedFile(entry.name(), origin, entry.key().range()));
        }
      }
      return files;
    }
    var names = new HashMap<String, Range>();
    for (var item : Values.list(node)) {
      var source = input(item);
      if (source != null) {
        checkName(source, names);
        files.add(new SharedFile(null, new SharedFile.Origin.Local(source), item.range()));
      }
    }
    return files;
  }

  /** Files are known by their base names: two of the same name cannot both be there. */
  private void checkName(InputSource source, Map<String, Range> names) {
    String path = null;
    if (source instanceof InputSource.Literal literal) {
      path = literal.path();
    } else if (source instanceof InputSource.Glob glob
        && !glob.exclude()
        && glob.pattern().chars().noneMatch(c -> "*?[{\\".indexOf(c) >= 0)) {
      path = glob.pattern();
    }
    if (path == null) {
      return;
    }
    var name = path.substring(path.lastIndexOf('/') + 1);
    var other = names.putIfAbsent(name, source.range());
    if (other != null) {
      problems.error(
          DiagnosticIds.NAME_CLASH,
          source.range(),
          "Two shared files are called `%s`.".formatted(name),
          "Give one of them another name: `files: { name: %s }`.".formatted(path),
          List.of(new Related(other, "The first `%s`.".formatted(name))));
    }
  }

  private SharedFile.@Nullable Origin origin(Node node) {
    if (node instanceof Scalar scalar) {
      return new SharedFile.Origin.Local(new InputSource.Literal(scalar.text(), scalar.range()));
    }
    var map = (Mapping) node;
    var stage = Values.text(map, "from");
    if (stage != null) {
      return new SharedFile.Origin.Stage(new StageName(stage));
    }
    var source = input(map);
    return source == null ? null : new SharedFile.Origin.Local(source);
  }

  OutSpec out(@Nullable Node node) {
    if (!(node instanceof Scalar scalar)) {
      return new OutSpec.One("");
    }
    var text = scalar.text();
    if (PathCheck.leavesFolder(text)) {
      problems.error(
          DiagnosticIds.PATH_OUTSIDE,
          scalar.range(),
          "`%s` lies outside the folder of the fragment.".formatted(text),
          "Use a path below it.");
    }
    if (isGlob(text)) {
      requireReadable(scalar);
      return new OutSpec.Many(text);
    }
    if (text.contains("/") || text.equals(".") || text.equals("..")) {
      problems.error(
          DiagnosticIds.SCHEMA_FORM,
          scalar.range(),
          "`out` must be a suffix such as `.mkv`, a file name, or a glob.",
          "For files in folders use a glob such as `**/*.txt`.");
    }
    return text.startsWith(".") ? new OutSpec.One(text) : new OutSpec.Named(text);
  }

  private void requireReadable(Scalar glob) {
    try {
      NamePattern.of(glob.text());
    } catch (IllegalArgumentException e) {
      problems.error(
          DiagnosticIds.SCHEMA_FORM,
          glob.range(),
          "The pattern `%s` cannot be read: %s.".formatted(glob.text(), e.getMessage()),
          "Put a `\\` before `[`, `{` or `\\` that belongs to a name.");
    }
  }

  /** Whether that value of {@code out} stands for several files. */
  static boolean isGlob(String out) {
    return out.contains("*") || out.contains("?") || out.contains("[");
  }

  private @Nullable URI url(Mapping map) {
    try {
      return new URI(Objects.requireNonNull(Values.text(map, "url")));
    } catch (URISyntaxException e) {
      problems.error(
          DiagnosticIds.SCHEMA_FORM,
          Objects.requireNonNull(map.get("url")).range(),
          "`url` must be an `http://` or `https://` address.",
          "Write special characters as `%XX`.");
      return null;
    }
  }

  private static String hash(Mapping map) {
    var matcher = HASH.matcher(Objects.requireNonNull(Values.text(map, "hash")));
    return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
  }
}
