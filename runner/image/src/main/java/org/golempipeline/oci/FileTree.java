package org.golempipeline.oci;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.golempipeline.gvmi.ImageException;
import org.jspecify.annotations.Nullable;

/**
 * The names of a file system that is made of layers, the lowest first. What a layer does happens
 * within the root: links in the way of a name are followed there, as they would be by a program
 * that runs in it, and a name that leaves the root is refused.
 */
final class FileTree {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String OTHER_MARKS = ".wh..wh.";

  /** As many as Linux follows. */
  private static final int LINKS = 40;

  private static final int LONGEST_PATH = 4096;
  private static final int LONGEST_NAME = 255;

  private final Node root = Node.implied(0);

  /** What an entry of a layer made; it may have several names. */
  static final class Node {
    /** Null for a file, whose content has to be read again, and for a folder that others imply. */
    final @Nullable TarArchiveEntry entry;

    final int layer;

    /** Of the entry among those of its layer. */
    final int number;

    /** Null if it is no folder. */
    final @Nullable Map<String, Node> inside;

    /** All names in the finished tree; filled when that is walked. */
    final List<String> names = new ArrayList<>(1);

    private Node(
        @Nullable TarArchiveEntry entry,
        int layer,
        int number,
        @Nullable Map<String, Node> inside) {
      this.entry = entry;
      this.layer = layer;
      this.number = number;
      this.inside = inside;
    }

    private static Node implied(int layer) {
      return new Node(null, layer, -1, new TreeMap<>());
    }

    boolean isFile() {
      return entry == null && inside == null;
    }

    boolean isLink() {
      return entry != null && entry.isSymbolicLink();
    }
  }

  /** Does to the tree what an entry of a layer says. */
  void apply(TarArchiveEntry entry, int layer, int number) throws ImageException {
    var names = names(entry.getName());
    if (names.isEmpty()) {
      return;
    }
    var name = names.get(names.size() - 1);
    var folder = folder(names.subList(0, names.size() - 1), entry.getName(), layer);
    if (name.equals(OPAQUE)) {
      folder.values().removeIf(node -> !keepsSomething(node, layer));
    } else if (name.startsWith(OTHER_MARKS)) {
      return;
    } else if (name.startsWith(WHITEOUT)) {
      var hidden = name.substring(WHITEOUT.length());
      if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
        throw hostile(entry.getName(), "removes the folder that it is in");
      }
      var node = folder.get(hidden);
      if (node != null && !keepsSomething(node, layer)) {
        folder.remove(hidden);
      }
    } else if (entry.isLink()) {
      folder.put(name, linked(entry, layer));
    } else {
      folder.put(name, made(entry, layer, number, folder.get(name)));
    }
  }

  private static Node made(TarArchiveEntry entry, int layer, int number, @Nullable Node before) {
    if (entry.isDirectory()) {
      var inside = before == null ? null : before.inside;
      return new Node(entry, layer, number, inside == null ? new TreeMap<>() : inside);
    }
    var special =
        entry.isSymbolicLink()
            || entry.isCharacterDevice()
            || entry.isBlockDevice()
            || entry.isFIFO();
    return new Node(special ? entry : null, layer, number, null);
  }

  /**
   * Makes sure of a folder that those who run programs in the image need.
   *
   * @param layer above all others
   * @return whether nothing is in it
   */
  boolean require(String path, int layer) throws ImageException {
    var names = split(path);
    if (names.contains("..") || isTooLong(path, names)) {
      throw unusable(path, "no folder can have that name");
    }
    return folder(names, path, layer, false).isEmpty();
  }

  /**
   * Each node under each of its names, in the order of the names, folders before what is in them.
   */
  void walk(BiConsumer<String, Node> visitor) {
    walk("", root, visitor);
  }

  private static void walk(String prefix, Node folder, BiConsumer<String, Node> visitor) {
    if (folder.inside != null) {
      folder.inside.forEach(
          (name, node) -> {
            visitor.accept(prefix + name, node);
            walk(prefix + name + "/", node, visitor);
          });
    }
  }

  /** Removes what is of lower layers; answers whether anything is left. */
  private static boolean keepsSomething(Node node, int layer) {
    if (node.inside != null) {
      node.inside.values().removeIf(each -> !keepsSomething(each, layer));
      return node.layer == layer || !node.inside.isEmpty();
    }
    return node.layer == layer;
  }

  private Node linked(TarArchiveEntry entry, int layer) throws ImageException {
    var target = names(entry.getLinkName());
    if (!target.isEmpty()) {
      var parent = target.subList(0, target.size() - 1);
      var node = folder(parent, entry.getName(), layer).get(target.get(target.size() - 1));
      if (node != null && node.inside == null) {
        return node;
      }
    }
    throw hostile(
        entry.getName(), "is a hard link to `%s`, which is no file".formatted(entry.getLinkName()));
  }

  /** The folder of these names, made if it is not there. */
  private Map<String, Node> folder(List<String> names, String whole, int layer)
      throws ImageException {
    return folder(names, whole, layer, true);
  }

  private Map<String, Node> folder(
      List<String> names, String whole, int layer, boolean replacesFiles) throws ImageException {
    var way = new ArrayDeque<Map<String, Node>>();
    var at = insideOf(root);
    var ahead = new ArrayDeque<>(names);
    var links = 0;
    while (!ahead.isEmpty()) {
      var name = ahead.pop();
      if (name.equals("..")) {
        // Only a link says so; above the root is the root.
        at = way.isEmpty() ? at : way.pop();
        continue;
      }
      var next = at.get(name);
      if (next != null && next.isLink()) {
        if (++links > LINKS) {
          throw hostile(whole, "lies behind links that lead in a circle");
        }
        var target = next.entry == null ? "" : next.entry.getLinkName();
        var through = split(target);
        for (var i = through.size() - 1; i >= 0; i--) {
          ahead.push(through.get(i));
        }
        if (target.startsWith("/")) {
          way.clear();
          at = insideOf(root);
        }
        continue;
      }
      if (next == null || next.inside == null) {
        if (next != null && !replacesFiles) {
          throw unusable(whole, "`%s` is a file there".formatted(name));
        }
        next = Node.implied(layer);
        at.put(name, next);
      }
      way.push(at);
      at = insideOf(next);
    }
    return at;
  }

  private static Map<String, Node> insideOf(Node folder) {
    if (folder.inside == null) {
      throw new AssertionError(folder);
    }
    return folder.inside;
  }

  private static List<String> names(String path) throws ImageException {
    var names = split(path);
    if (names.contains("..")) {
      throw hostile(path, "leaves the image");
    }
    if (isTooLong(path, names)) {
      throw hostile(path.substring(0, 60) + "…", "is too long for a name of a file");
    }
    return names;
  }

  private static boolean isTooLong(String path, List<String> names) {
    return path.length() > LONGEST_PATH || names.stream().anyMatch(n -> n.length() > LONGEST_NAME);
  }

  private static List<String> split(String path) {
    return Arrays.stream(path.split("/"))
        .filter(name -> !name.isEmpty() && !name.equals("."))
        .toList();
  }

  private static ImageException unusable(String path, String why) {
    return new ImageException(
        "The image needs a folder `%s`, but %s.".formatted(path, why),
        "`VOLUME` and `WORKDIR` name such folders; `/dev`, `/etc`, `/proc`, `/sys` and `/tmp` have to"
            + " be ones.");
  }

  private static ImageException hostile(String name, String what) {
    return new ImageException(
        "A layer of the image has an entry `%s`, which %s.".formatted(name, what),
        "No container engine makes such a layer: build the image again, or do not trust it.");
  }
}
