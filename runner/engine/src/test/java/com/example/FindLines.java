package com.example;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.pipeline.Machine;
import org.golempipeline.pipeline.Pipeline;
import org.golempipeline.pipeline.RunOptions;
import org.golempipeline.pipeline.StartedRun;

/** Finds the lines with a word in many files, with a pipeline that lies in the current folder. */
public final class FindLines {
  public static void main(String[] arguments) throws Exception {
    var here = Path.of("").toAbsolutePath();
    var machine = Machine.of(System.getenv(), here, Clock.systemUTC());
    System.out.print(find(machine, arguments[0]));
  }

  static String find(Machine machine, String word) throws Exception {
    Pipeline pipeline = Pipeline.open(machine, "find.yaml", Map.of("word", word));
    for (Diagnostic each : pipeline.check().diagnostics()) {
      System.err.println(each.severity() + ": " + each.message());
    }
    try (StartedRun run = pipeline.start(RunOptions.LOCAL.withWorkers(2), FindLines::tell)) {
      // Ctrl-C: what runs is ended, and nothing stays rented.
      var atTheEnd = new Thread(run::close);
      Runtime.getRuntime().addShutdownHook(atTheEnd);
      RunEvent.RunFinished end = run.result();
      Runtime.getRuntime().removeShutdownHook(atTheEnd);
      if (end.failure() != null) {
        throw new IllegalStateException(end.failure().message());
      }
    }
    return Files.readString(machine.folder().resolve("found.txt"));
  }

  private static void tell(StampedEvent stamped) {
    if (stamped.event() instanceof RunEvent.StageFinished stage) {
      System.err.println(stage.stage() + ": " + stage.done() + " fragments done");
    }
  }
}
