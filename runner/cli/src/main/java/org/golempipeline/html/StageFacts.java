package org.golempipeline.html;

import java.util.BitSet;
import java.util.List;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/** What the journal says of one stage. Times are milliseconds since the run began. */
final class StageFacts {
  final String name;
  final Distribution times = new Distribution();
  final BitSet done = new BitSet();

  /** Fragments in all; -1 if that never became known. */
  int total = -1;

  int reused;
  List<String> reasons = List.of();
  boolean firstRun;
  long failed;
  long failedAttempts;
  long requeued;
  long copied;
  long checks;
  long banned;
  long scripts;
  long lostScripts;
  long cancelledScripts;
  long scriptTime;
  long lostTime;
  long cancelledTime;
  long bytesSent;
  long bytesReceived;
  long begin = -1;
  long end = -1;
  long mergeBegin = -1;
  long mergeTime;
  boolean merged;
  int files;
  long bytes;
  int winner = -1;
  boolean cut;
  RunEvent.@Nullable StageEnough enough;
  RunEvent.@Nullable PartMade part;
  RunEvent.@Nullable StageFinished finished;
  @Nullable String value;

  StageFacts(String name) {
    this.name = name;
  }

  long done() {
    return finished == null ? done.cardinality() : finished.done();
  }

  /** Something of it happened. */
  void seen(long now) {
    begin = begin < 0 ? now : begin;
    end = Math.max(end, now);
  }

  String state(boolean over) {
    if (part != null || enough != null) {
      return "partial";
    }
    if (finished != null) {
      return failed > 0 ? "done, some failed" : "done";
    }
    if (begin < 0) {
      return over ? "never began" : "waiting";
    }
    return failed > 0 ? "failed" : over ? "not finished" : "running";
  }
}
