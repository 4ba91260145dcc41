package @package@;

import java.util.List;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.testing.MergeCase;
import org.golempipeline.strategy.testing.MergeContract;

/** The promises of every merge, checked on these cases. */
class @class@MergeTest extends MergeContract {
  @Override
  protected MergeStrategy strategy() {
    return new @class@Merge();
  }

  @Override
  protected List<MergeCase> cases() {
    return List.of(
        MergeCase.of(
            "a line between", "{\"separator\": \"--\"}", List.of("a\n", "b\n"), "a\n--\nb\n"),
        MergeCase.of("an empty line", "{}", List.of("a\n", "", "c\n"), "a\n\n\nc\n"),
        MergeCase.of("one output", "{}", List.of("ä"), "ä"),
        MergeCase.of("none", "{}", List.of(), ""));
  }
}
