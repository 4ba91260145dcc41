package org.golempipeline.genomes;

import java.util.List;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.testing.Laws.Coverage;
import org.golempipeline.strategy.testing.SplitCase;
import org.golempipeline.strategy.testing.SplitContract;

class RegionsContractTest extends SplitContract {
  @Override
  protected SplitStrategy strategy() {
    return new RegionsSplit();
  }

  @Override
  protected List<SplitCase> cases() {
    // Headers of a FASTA file are made anew for each window, so LawsTest checks what they hold.
    return List.of(
        SplitCase.of("an index", "{\"size\": 4}")
            .input("x.fa.fai", "chr1\t10\t6\t5\t6\nchrM\t4\t24\t5\t6\n")
            .covering(Coverage.EVERY_BYTE),
        SplitCase.of("an index with CRLF and no end", "{\"size\": 4, \"overlap\": 3}")
            .input("x.fa.fai", "chr1\t10\r\nchrM\t4")
            .covering(Coverage.EVERY_BYTE),
        SplitCase.of("a reference", "{\"size\": 4, \"overlap\": 1}")
            .input("x.fa", ">chr1 one\nACGTA\nCGTAC\nG\n>empty\n>chrM\nACGT")
            .covering(Coverage.FREE),
        SplitCase.of("a reference with CRLF", "{\"size\": 3}")
            .input("x.fa", ">chr1 one\r\nACGTA\r\nCG\r\n\r\n>chrM\r\nACGT\r\n")
            .covering(Coverage.FREE),
        SplitCase.of("two references", "{\"size\": 3}")
            .input("x.fa", ">a\nACGTA\n")
            .input("y.fa", ">a\nACGTA\n")
            .covering(Coverage.FREE)
            .warning("`a` is in `x.fa` and in `y.fa`, so there are windows over both."));
  }
}
