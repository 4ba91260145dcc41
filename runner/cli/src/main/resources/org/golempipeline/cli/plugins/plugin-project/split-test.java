package @package@;

import java.util.List;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.testing.SplitCase;
import org.golempipeline.strategy.testing.SplitContract;

/** The promises of every split, checked on these cases. */
class @class@SplitTest extends SplitContract {
  @Override
  protected SplitStrategy strategy() {
    return new @class@Split();
  }

  @Override
  protected List<SplitCase> cases() {
    return List.of(
        SplitCase.of("two of five", "{\"paragraphs\": 2}")
            .input("a.txt", "1\n\n2\n2\n\n3\n\n\n\n4\n\n5\n"),
        SplitCase.of("several files", "{\"paragraphs\": 1}")
            .input("a.txt", "1\n\n2")
            .input("empty.txt", "")
            .input("blank.txt", "\n\n\n")
            .input("b.txt", "\n\n3\n\n4\n\n")
            .warning("`empty.txt` is empty."),
        SplitCase.of("more than there are", "{\"paragraphs\": 100}").input("ä b.txt", "ä\n\nö\n"));
  }
}
