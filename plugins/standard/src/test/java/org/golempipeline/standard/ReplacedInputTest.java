package org.golempipeline.standard;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.LinkedHashMap;
import org.golempipeline.strategy.SplitStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An input that became something else after it was found: it is named, and not waited for. */
@Timeout(240)
class ReplacedInputTest {
  @Test
  void isNamedByEverySplitThatReads() throws Exception {
    var splits = new LinkedHashMap<SplitStrategy, String>();
    splits.put(new LinesSplit(), "1");
    splits.put(new BytesSplit(), "{\"size\": \"1B\", \"delimiter\": \"\\n\"}");
    splits.put(new CsvSplit(), "{\"rows\": 1}");
    splits.put(new JsonSplit(), "{\"elements\": 1}");
    splits.put(new RecordsSplit(), "{\"start\": \"^>\", \"every\": 1}");
    splits.put(new TableSplit(), "\"in.txt\"");
    for (var each : splits.entrySet()) {
      try (var sandbox = new Sandbox()) {
        var context = sandbox.context(each.getValue());
        if (each.getKey() instanceof TableSplit) {
          context.beside("in.txt", Sandbox.utf8("a\n1\n"));
        } else {
          context.input("in.txt", Sandbox.utf8("[1]\n"));
        }
        var file = context.base().resolve("in.txt");
        Files.delete(file);
        new ProcessBuilder("mkfifo", file.toString()).start().waitFor();

        assertThatThrownBy(() -> each.getKey().split(context).get(0))
            .as(each.getKey().name())
            .hasMessageContaining("in.txt")
            .hasMessageContaining("is a pipe");
      }
    }
  }
}
