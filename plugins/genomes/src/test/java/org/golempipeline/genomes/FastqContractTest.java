package org.golempipeline.genomes;

import static org.golempipeline.genomes.Samples.read;
import static org.golempipeline.genomes.Samples.reads;
import static org.golempipeline.genomes.Samples.withoutLastByte;

import java.util.List;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.testing.Laws.Coverage;
import org.golempipeline.strategy.testing.SplitCase;
import org.golempipeline.strategy.testing.SplitContract;

class FastqContractTest extends SplitContract {
  private static final String PAIRS =
      "{\"reads\": 2, \"pairs\": \"(?<sample>.+)_R(?<mate>[12])\\\\.fq$\"}";

  @Override
  protected SplitStrategy strategy() {
    return new FastqSplit();
  }

  @Override
  protected List<SplitCase> cases() {
    return List.of(
        SplitCase.of("an empty file", "{\"reads\": 2}").input("a.fq", ""),
        SplitCase.of("a rest", "{\"reads\": 2}").input("a.fq", reads(5, "")),
        SplitCase.of("no rest", "{\"reads\": 2}").input("a.fq", reads(4, "")),
        SplitCase.of("fewer than asked for", "{\"reads\": 100}").input("a.fq", reads(4, "")),
        SplitCase.of("no line end at the end", "{\"reads\": 1}")
            .input("a.fq", withoutLastByte(reads(3, ""))),
        SplitCase.of("blank lines at the end", "{\"reads\": 1}")
            .input("a.fq", reads(3, "") + "\n\r\n"),
        SplitCase.of("CRLF", "{\"reads\": 1}").input("a.fq", reads(3, "").replace("\n", "\r\n")),
        SplitCase.of("an empty read", "{\"reads\": 1}")
            .input("a.fq", read("r", "", "", "\n") + read("s", "", "", "\n")),
        SplitCase.of("mates one behind the other", "{\"reads\": 2}")
            .input("a.fq", read("r/1") + read("r/2") + read("s/1") + read("s/2")),
        SplitCase.of("mates that are parted", "{\"reads\": 3}")
            .input("a.fq", read("r/1") + read("r/2") + read("s/1") + read("s/2"))
            .warning(
                "`a.fq` holds mates one behind the other, and `reads: 3` parts some of them; an"
                    + " even number keeps them together."),
        SplitCase.of("several files", "{\"reads\": 2}")
            .input("a.fq", reads(3, ""))
            .input("b.fq", "")
            .input("c.fq", reads(1, "")),
        // The slices of a folder are files of their own, so LawsTest checks what they hold.
        SplitCase.of("pairs", PAIRS)
            .input("a b/x_R1.fq", reads(5, "/1"))
            .input("a b/x_R2.fq", reads(5, "/2"))
            .input("y_R2.fq", reads(1, ""))
            .input("y_R1.fq", reads(1, ""))
            .covering(Coverage.FREE),
        SplitCase.of("an empty pair", PAIRS)
            .input("x_R1.fq", "")
            .input("x_R2.fq", "")
            .covering(Coverage.FREE));
  }
}
