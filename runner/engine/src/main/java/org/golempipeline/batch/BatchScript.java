package org.golempipeline.batch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.golem.Script;

/**
 * The commands that run fragments on a rented machine, and what takes in what they leave. Hides
 * archives and driver: all that can be seen of them is that {@code commands} move some bytes, and
 * that {@code returned} knows afterwards how each fragment ended.
 */
public record BatchScript(List<Script.Command> commands, ReturnedBatch returned) {
  public BatchScript {
    commands = List.copyOf(commands);
  }

  /**
   * The script for {@code fragments}, whose places in the list are their positions in the batch.
   * Nothing is read or written before the commands are executed.
   *
   * @param sources where the commands will read the inputs from
   * @param pack the file that outputs are appended to; no other batch may be writing to it
   * @param limits how much may come back
   * @throws IllegalArgumentException if recipe and fragments do not fit together
   */
  public static BatchScript of(
      BatchRecipe recipe,
      List<FragmentWork> fragments,
      BatchPlace place,
      SourceFiles sources,
      Path pack,
      ReturnLimits limits) {
    var commands = new ArrayList<Script.Command>();
    var folder = place.folder();
    var arguments = new ArrayList<String>();
    var web = WebFiles.of(recipe, fragments, place);
    commands.addAll(web.commands());
    var archive = BatchArchive.of(recipe, List.copyOf(fragments), place, web, sources);
    arguments.add("-c");
    arguments.add(ShellText.resource("bootstrap.sh"));
    arguments.add("sh");
    arguments.add(folder);
    arguments.add(Long.toString(place.number()));
    arguments.add(Long.toString(BatchText.seconds(recipe.limit())));
    arguments.add(Long.toString(archive.indexBlocks()));
    if (place.first() && !recipe.shared().isEmpty()) {
      var shared = SharedArchive.of(recipe.stage(), recipe.shared(), sources);
      commands.add(new Script.Upload(shared, folder + "/shared-" + recipe.stage() + ".tar"));
      arguments.add(Integer.toString(recipe.stage()));
      arguments.add(Long.toString(shared.indexBlocks()));
    } else {
      arguments.add("");
      arguments.add("");
    }
    var returned = new ReturnedBatch(pack, place.number(), fragments.size(), recipe.out(), limits);
    commands.add(new Script.Upload(archive, folder + "/in-" + place.number() + ".tar"));
    commands.add(new Script.Run("/bin/sh", arguments));
    commands.add(new Script.Download(folder + "/out-" + place.number() + ".tar", returned));
    return new BatchScript(commands, returned);
  }
}
