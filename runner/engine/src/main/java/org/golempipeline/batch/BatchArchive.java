package org.golempipeline.batch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.golempipeline.batch.VirtualTar.Member;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitStrategy.InputShape;

/**
 * The members of a batch's archive: scripts, then a folder per fragment with its input and the
 * folders it writes to, and last the driver, which vouches for the rest. Keeps a number per
 * fragment beside what the caller holds anyway.
 */
final class BatchArchive implements VirtualTar.Members {
  private final String folder;
  private final BatchRecipe recipe;
  private final List<FragmentWork> fragments;
  private final OutLayout layout;
  private final List<Member> scripts;
  private final Member driver;

  /** Number of each fragment's first member; then of the driver. */
  private final int[] first;

  private BatchArchive(
      String folder, BatchRecipe recipe, List<FragmentWork> fragments, List<Member> scripts) {
    this.folder = folder;
    this.recipe = recipe;
    this.fragments = fragments;
    this.layout = OutLayout.of(recipe.out());
    this.scripts = scripts;
    this.driver = script(folder, "driver.sh", ShellText.resource("driver.sh"));
    this.first = new int[fragments.size() + 1];
    var next = scripts.size();
    for (var i = 0; i < fragments.size(); i++) {
      first[i] = next;
      next = Math.addExact(next, memberCount(fragments.get(i)));
    }
    first[fragments.size()] = next;
  }

  /**
   * @param web what is fetched for the batch before it begins
   */
  static VirtualTar of(
      BatchRecipe recipe,
      List<FragmentWork> fragments,
      BatchPlace place,
      WebFiles web,
      SourceFiles files) {
    if (fragments.isEmpty()) {
      throw new IllegalArgumentException("a batch without fragments");
    }
    fragments.forEach(BatchArchive::check);
    var folder = folder(place.number());
    var scripts = new ArrayList<Member>();
    scripts.add(script(folder, "watch.sh", ShellText.resource("watch.sh")));
    if (recipe.run() != null) {
      scripts.add(script(folder, "run.sh", recipe.run()));
    }
    if (place.first() && recipe.setup() != null) {
      scripts.add(script(folder, "setup.sh", recipe.setup()));
    }
    var fetched = web.text();
    if (!fetched.isEmpty()) {
      scripts.add(script(folder, "web.sh", fetched));
    }
    scripts.add(script(folder, "batch.sh", BatchText.of(recipe, fragments, place.first())));
    return new VirtualTar(folder, new BatchArchive(folder, recipe, fragments, scripts), files);
  }

  /** The folder of batch {@code number}, below the rental's, with a slash at the end. */
  static String folder(long number) {
    return "b" + number + "/";
  }

  @Override
  public int count() {
    return first[fragments.size()] + 1;
  }

  @Override
  public Member get(int number) {
    if (number < scripts.size()) {
      return scripts.get(number);
    }
    if (number == first[fragments.size()]) {
      return driver;
    }
    var position = Arrays.binarySearch(first, number);
    position = position < 0 ? -position - 2 : position;
    return member(position, number - first[position]);
  }

  private Member member(int position, int part) {
    var work = fragments.get(position);
    var below = folder + position + "/";
    if (part == 0) {
      return Member.folder(below);
    }
    var input = inputMembers(work);
    if (part <= input) {
      return inputMember(work, below, part - 1);
    }
    if (layout.folder() && part == input + 1) {
      return Member.folder(below + "out/");
    }
    return Member.folder(below + "tmp/");
  }

  private static Member inputMember(FragmentWork work, String below, int part) {
    if (work.shape() == InputShape.FILE) {
      return Member.file(below + inName(work), work.pieces());
    }
    if (part == 0) {
      return Member.folder(below + "in/");
    }
    var piece = work.pieces().get(part - 1);
    return Member.file(below + "in/" + pathOf(piece), List.of(piece));
  }

  private int memberCount(FragmentWork work) {
    return 1 + inputMembers(work) + (layout.folder() ? 1 : 0) + (usesTmp(recipe, work) ? 1 : 0);
  }

  private int inputMembers(FragmentWork work) {
    if (!usesIn(recipe, work)) {
      return 0;
    }
    return work.shape() == InputShape.FOLDER ? 1 + work.pieces().size() : 1;
  }

  /** Whether the fragment's command gets an input at all. */
  static boolean usesIn(BatchRecipe recipe, FragmentWork work) {
    return work.shape() != InputShape.NONE && (recipe.usesIn() || work.argvHolds(FragmentWork.IN));
  }

  static boolean usesTmp(BatchRecipe recipe, FragmentWork work) {
    return recipe.usesTmp() || work.argvHolds(FragmentWork.TMP);
  }

  /** Name of the input in the fragment's folder. A suffix that no file system takes is left out. */
  static String inName(FragmentWork work) {
    if (work.shape() == InputShape.FOLDER) {
      return "in";
    }
    var suffix = work.inSuffix();
    return suffix.getBytes(StandardCharsets.UTF_8).length > 200 ? "in" : "in" + suffix;
  }

  private static void check(FragmentWork work) {
    if (work.shape() == InputShape.FILE && inName(work).indexOf('/') >= 0) {
      throw new IllegalArgumentException("not a suffix: " + work.inSuffix());
    }
    if (work.shape() == InputShape.FILE && work.pieces().size() > 1) {
      work.pieces().forEach(BatchArchive::requireHere);
    }
    if (work.shape() != InputShape.FOLDER) {
      return;
    }
    var paths = new HashSet<String>();
    for (var piece : work.pieces()) {
      var path = pathOf(piece);
      ArchivePaths.requireRelative(path);
      if (!paths.add(path)) {
        throw new IllegalArgumentException("two files of one fragment are called " + path);
      }
    }
  }

  private static void requireHere(Piece piece) {
    if (piece instanceof Piece.Slice slice && slice.file().remote() != null) {
      throw new IllegalArgumentException(
          slice.file().remote().url() + " cannot be joined with anything here");
    }
  }

  private static String pathOf(Piece piece) {
    if (piece instanceof Piece.Slice slice) {
      return slice.file().path();
    }
    throw new IllegalArgumentException("text without a file in an input folder");
  }

  private static Member script(String folder, String name, String text) {
    return Member.text(folder + name, text.getBytes(StandardCharsets.UTF_8));
  }
}
