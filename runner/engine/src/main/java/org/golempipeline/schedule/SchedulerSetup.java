package org.golempipeline.schedule;

import java.util.List;
import org.golempipeline.event.RunEvent;

/** All that a scheduler is made of: with it and the messages of a run it decides the same again. */
public record SchedulerSetup(
    RunEvent.RunStarted started,
    RunEvent.AllocationRequested allocation,
    List<StageSetup> stages,
    List<PoolSetup> pools,
    Policy policy) {
  public SchedulerSetup {
    stages = List.copyOf(stages);
    pools = List.copyOf(pools);
  }
}
