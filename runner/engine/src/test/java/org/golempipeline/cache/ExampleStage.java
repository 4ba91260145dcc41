package org.golempipeline.cache;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.batch.BatchRecipe;
import org.golempipeline.batch.FragmentWork;
import org.golempipeline.batch.SharedFile;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.spec.Command;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.ParamValue;
import org.golempipeline.spec.ShellText;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.jspecify.annotations.Nullable;

/** A stage and one of its fragments, every part of which may be replaced. */
final class ExampleStage {
  int number = 1;
  List<SharedFile> shared = List.of();
  @Nullable String setup = "make ready $token";
  Map<String, String> setupVariables = Map.of("token", "secret");
  String run = "encode \"$in\" $crf > \"$out\"";
  @Nullable Command command;
  OutSpec out = new OutSpec.One(".mkv");
  boolean usesIn = true;
  boolean usesTmp;
  Duration limit = Duration.ofMinutes(1);
  String image = "sha3:abc";
  String splitName = "lines";
  String splitVersion = "1";
  Options splitOptions = new Options(BigDecimal.TEN);
  Map<String, ParamValue> params =
      new LinkedHashMap<>(
          Map.of(
              "crf", new ParamValue("26", false),
              "token", new ParamValue("secret", true),
              "unused", new ParamValue("1", false)));
  Map<String, String> values = new LinkedHashMap<>();

  List<Piece> pieces = List.of();
  InputShape shape = InputShape.FILE;
  String suffix = ".txt";
  Map<String, String> variables = new LinkedHashMap<>(Map.of("crf", "26"));
  List<String> argv = List.of();
  @Nullable String accept;
  String twin = "";
  Map<String, String> judged = new LinkedHashMap<>();

  StageContent content() {
    var shell = command == null ? new Command.Shell(new ShellText(run, Range.START)) : command;
    return new StageContent(
        new BatchRecipe(
            number,
            shared,
            setup,
            setupVariables,
            shell instanceof Command.Shell ? run : null,
            out,
            usesIn,
            usesTmp,
            limit),
        image,
        shell,
        new StageContent.Split(splitName, splitVersion, splitOptions),
        accept == null ? null : new ShellText(accept, Range.START),
        params,
        values,
        twin);
  }

  FragmentWork work() {
    return new FragmentWork(pieces, shape, suffix, variables, argv);
  }
}
