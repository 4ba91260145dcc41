package org.golempipeline.batch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.golem.Script;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitStrategy.InputShape;

/**
 * What a provider fetches from the web for a batch: each file once, however many fragments read it,
 * under a name of ours. The archives hold an empty file in every place that it belongs to, which
 * the driver then replaces.
 */
final class WebFiles {
  private final BatchPlace place;

  /** The paths below the rental's folder that each file belongs to. */
  private final Map<InputFile.Remote, List<String>> targets = new LinkedHashMap<>();

  private WebFiles(BatchPlace place) {
    this.place = place;
  }

  static WebFiles of(BatchRecipe recipe, List<FragmentWork> fragments, BatchPlace place) {
    var files = new WebFiles(place);
    if (place.first()) {
      for (var shared : recipe.shared()) {
        files.add(shared.content(), SharedArchive.folder(recipe.stage()) + shared.name());
      }
    }
    for (var i = 0; i < fragments.size(); i++) {
      if (BatchArchive.usesIn(recipe, fragments.get(i))) {
        files.addInput(fragments.get(i), BatchArchive.folder(place.number()) + i + "/");
      }
    }
    return files;
  }

  private void addInput(FragmentWork work, String folder) {
    var in = folder + BatchArchive.inName(work);
    for (var piece : work.pieces()) {
      if (piece instanceof Piece.Slice slice) {
        var file = slice.file();
        add(file, work.shape() == InputShape.FOLDER ? in + "/" + file.path() : in);
      }
    }
  }

  private void add(InputFile file, String target) {
    if (file.remote() != null) {
      targets.computeIfAbsent(file.remote(), each -> new ArrayList<>()).add(target);
    }
  }

  /** What fetches the files. */
  List<Script.Command> commands() {
    var commands = new ArrayList<Script.Command>();
    for (var remote : targets.keySet()) {
      commands.add(
          new Script.Fetch(
              remote.url().toASCIIString(),
              remote.sha3(),
              place.folder() + "/" + name(commands.size())));
    }
    return commands;
  }

  /** Shell text that puts what was fetched where it belongs; empty if there is nothing. */
  String text() {
    var text = new StringBuilder();
    var number = 0;
    for (var paths : targets.values()) {
      for (var i = 0; i < paths.size(); i++) {
        text.append(i + 1 < paths.size() ? "_gp_place cp " : "_gp_place mv ")
            .append(name(number))
            .append(' ')
            .append(ShellText.quote(paths.get(i)))
            .append('\n');
      }
      number++;
    }
    return text.toString();
  }

  private String name(int number) {
    return "web-" + place.number() + "-" + number;
  }
}
