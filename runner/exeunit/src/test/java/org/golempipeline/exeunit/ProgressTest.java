package org.golempipeline.exeunit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.golempipeline.golem.wire.WireJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {
  private final List<RuntimeEvent.Kind> reports = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "300ms, PT0.3S",
    "5s, PT5S",
    "2m 30s, PT2M30S",
    "1h, PT1H",
    "0ms, PT0S",
    "999999999h, PT24H",
    "99999999999999999999ms, PT1S",
    "'', PT1S",
    "soon, PT1S",
    "5 parsecs, PT1S",
    "5s later, PT1S"
  })
  void readsIntervals(String text, Duration interval) {
    assertThat(Progress.interval(text)).isEqualTo(interval);
  }

  private Progress every(String interval) {
    ObjectNode asked = WireJson.mapper().createObjectNode().put("updateInterval", interval);
    return Progress.of(asked, reports::add);
  }

  @Test
  void reportsAtMostOnceAnIntervalAndAtTheEnd() {
    Progress progress = every("1h");
    progress.moved(1, null);
    progress.moved(2, 3L);
    assertThat(reports).isEmpty();
    progress.end();
    progress.message("Retry");
    assertThat(reports)
        .extracting(each -> each.progress() + "")
        .containsExactly(
            "Progress[step=[0, 1], message=null, progress=[2, 3], unit=Bytes]",
            "Progress[step=[0, 1], message=Retry, progress=[2, 3], unit=Bytes]");
  }

  @Test
  void isSilentToWhoDoesNotAsk() {
    for (Progress progress :
        List.of(Progress.of(null, reports::add), Progress.of(NullNode.instance, reports::add))) {
      progress.moved(1, null);
      progress.message("x");
      progress.end();
    }
    assertThat(reports).isEmpty();
  }
}
