package org.golempipeline.batch;

import java.util.List;
import org.golempipeline.batch.VirtualTar.Member;
import org.golempipeline.strategy.Piece;

/** The members of the archive that carries a stage's shared files. */
final class SharedArchive implements VirtualTar.Members {
  private final String folder;
  private final List<SharedFile> files;

  private SharedArchive(String folder, List<SharedFile> files) {
    this.folder = folder;
    this.files = files;
  }

  static VirtualTar of(int stage, List<SharedFile> shared, SourceFiles files) {
    // The index lies in a folder of its own: the other one is what the user sees.
    return new VirtualTar("u" + stage + "/", new SharedArchive(folder(stage), shared), files);
  }

  /** The folder that {@code setup} and {@code run} start in, below the rental's, with a slash. */
  static String folder(int stage) {
    return "s" + stage + "/";
  }

  @Override
  public int count() {
    return 1 + files.size();
  }

  @Override
  public Member get(int number) {
    if (number == 0) {
      return Member.folder(folder);
    }
    var file = files.get(number - 1);
    var pieces = List.<Piece>of(Piece.Slice.whole(file.content()));
    return file.executable()
        ? Member.program(folder + file.name(), pieces)
        : Member.file(folder + file.name(), pieces);
  }
}
