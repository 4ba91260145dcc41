package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A glob over one name or path: {@code *} and {@code ?} within a name, {@code **} across {@code /},
 * {@code [a-z]}, {@code [!a-z]}, {@code {a,b}} and a backslash before what is meant literally; what
 * the JDK's {@code glob:} takes. Matching goes forward only, with all places that can be reached so
 * far, so its time is bounded by the pattern's length times the name's.
 */
public final class NamePattern {
  private static final int END = -1;

  private final List<Item> items;

  private NamePattern(List<Item> items) {
    this.items = items;
  }

  /**
   * Reads a glob.
   *
   * @throws IllegalArgumentException if it cannot be read, with the reason
   */
  public static NamePattern of(String glob) {
    return new NamePattern(new Reader(glob.codePoints().toArray()).items());
  }

  /** Whether all of {@code name} matches. */
  public boolean matches(String name) {
    var points = name.codePoints().toArray();
    var start = new BitSet(points.length + 1);
    start.set(0);
    return behind(items, points, start).get(points.length);
  }

  private static BitSet behind(List<Item> items, int[] name, BitSet start) {
    var places = start;
    for (var item : items) {
      if (places.isEmpty()) {
        break;
      }
      places = item.behind(name, places);
    }
    return places;
  }

  /** A part of a pattern. */
  private sealed interface Item {
    /** Where a match of this can end that begins in one of {@code places}. */
    BitSet behind(int[] name, BitSet places);
  }

  private record One(IntPredicate which) implements Item {
    @Override
    public BitSet behind(int[] name, BitSet places) {
      var behind = new BitSet(name.length + 1);
      for (var at = places.nextSetBit(0); at >= 0; at = places.nextSetBit(at + 1)) {
        if (at < name.length && which.test(name[at])) {
          behind.set(at + 1);
        }
      }
      return behind;
    }
  }

  private record Any(boolean acrossFolders) implements Item {
    @Override
    public BitSet behind(int[] name, BitSet places) {
      var behind = new BitSet(name.length + 1);
      for (var at = places.nextSetBit(0); at >= 0; ) {
        var end = at;
        while (end < name.length && (acrossFolders || name[end] != '/')) {
          end++;
        }
        behind.set(at, end + 1);
        at = places.nextSetBit(end + 1);
      }
      return behind;
    }
  }

  private record Choice(List<List<Item>> branches) implements Item {
    @Override
    public BitSet behind(int[] name, BitSet places) {
      var behind = new BitSet(name.length + 1);
      for (var branch : branches) {
        behind.or(NamePattern.behind(branch, name, places));
      }
      return behind;
    }
  }

  private static final class Reader {
    private final int[] glob;
    private int next;

    Reader(int[] glob) {
      this.glob = glob;
    }

    List<Item> items() {
      var items = new ArrayList<Item>();
      while (next < glob.length) {
        items.add(glob[next] == '{' ? choice() : item());
      }
      return List.copyOf(items);
    }

    private Item choice() {
      next++;
      var branches = new ArrayList<List<Item>>();
      var branch = new ArrayList<Item>();
      while (peek() != '}') {
        switch (peek()) {
          case END -> throw new IllegalArgumentException("a `{` is not closed");
          case '{' -> throw new IllegalArgumentException("a `{` stands within another");
          case ',' -> {
            next++;
            branches.add(List.copyOf(branch));
            branch.clear();
          }
          default -> branch.add(item());
        }
      }
      next++;
      branches.add(List.copyOf(branch));
      return new Choice(List.copyOf(branches));
    }

    private Item item() {
      var point = glob[next++];
      return switch (point) {
        case '*' -> any();
        case '?' -> new One(each -> each != '/');
        case '[' -> oneOf();
        case '\\' -> literal(escaped());
        default -> literal(point);
      };
    }

    private Item any() {
      var acrossFolders = peek() == '*';
      next += acrossFolders ? 1 : 0;
      return new Any(acrossFolders);
    }

    private int escaped() {
      if (next == glob.length) {
        throw new IllegalArgumentException("nothing stands behind the last `\\`");
      }
      return glob[next++];
    }

    private static Item literal(int point) {
      return new One(each -> each == point);
    }

    /** Within brackets a backslash is a character like others. */
    private Item oneOf() {
      var negated = peek() == '!';
      next += negated ? 1 : 0;
      IntPredicate members = each -> false;
      var first = next;
      while (peek() != ']' || next == first) {
        var low = member();
        var isRange = peek() == '-' && next + 1 < glob.length && glob[next + 1] != ']';
        next += isRange ? 1 : 0;
        var high = isRange ? member() : low;
        if (low > high) {
          throw new IllegalArgumentException("a range in `[]` ends before it begins");
        }
        members = members.or(each -> each >= low && each <= high);
      }
      next++;
      var which = negated ? members.negate() : members;
      return new One(each -> each != '/' && which.test(each));
    }

    private int member() {
      if (next == glob.length) {
        throw new IllegalArgumentException("a `[` is not closed");
      }
      if (glob[next] == '/') {
        throw new IllegalArgumentException("a `/` stands between `[` and `]`");
      }
      return glob[next++];
    }

    private int peek() {
      return next < glob.length ? glob[next] : END;
    }
  }
}
