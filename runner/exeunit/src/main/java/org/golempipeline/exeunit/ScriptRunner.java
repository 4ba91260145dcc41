package org.golempipeline.exeunit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.golempipeline.golem.wire.CommandOutput;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.golempipeline.golem.wire.WireJson;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.gvmi.StoredImage;
import org.golempipeline.gvmi.UnpackedImage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Executes one batch, command by command, until one fails or the batch is stopped. */
final class ScriptRunner implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ScriptRunner.class);
  private static final int CHUNK = 8192;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final String NO_ROOM =
      "ExeScript command error: there is no room left for its output";

  /** How long output may still come after its program ended: others may hold the pipe open. */
  private static final long STRAGGLERS_MILLIS = 200;

  private final ExeUnits units;
  private final ExeUnit unit;
  private final ExeBatch batch;

  ScriptRunner(ExeUnit unit, ExeBatch batch) {
    units = unit.units;
    this.unit = unit;
    this.batch = batch;
  }

  /** What a program wrote before it failed. */
  private Outputs failedOutputs = Outputs.NONE;

  private record Outputs(@Nullable CommandOutput stdout, @Nullable CommandOutput stderr) {
    static final Outputs NONE = new Outputs(null, null);

    long size() {
      return (stdout == null ? 0 : stdout.size()) + (stderr == null ? 0 : stderr.size());
    }
  }

  @Override
  public void run() {
    try {
      boolean on = true;
      for (int index = 0; on && index < batch.commands.size(); index++) {
        on = executeNext(index);
      }
    } finally {
      synchronized (unit.lock) {
        release();
      }
      batch.done.complete(null);
    }
  }

  private void release() {
    if (unit.running == batch) {
      unit.running = null;
      unit.worker = null;
      unit.command = null;
    }
    var unused = Thread.interrupted();
  }

  private boolean executeNext(int index) {
    ExeCommand command = batch.commands.get(index);
    String objection;
    synchronized (unit.lock) {
      if (batch.aborted || unit.isOver()) {
        return end(index, -1, "Interrupted", Outputs.NONE);
      }
      unit.worker = Thread.currentThread();
      unit.command = command;
      objection = unit.objection(command);
      if (objection == null) {
        unit.begin(command);
      }
    }
    try {
      batch.publish(index, RuntimeEvent.Kind.ofStarted(command));
      if (objection != null) {
        throw new CommandException(objection);
      }
      Duration delay = unit.conduct.delay();
      if (!delay.isZero()) {
        var unused = unit.ended.await(delay.toNanos(), TimeUnit.NANOSECONDS);
      }
      return end(index, 0, null, execute(command, index));
    } catch (CommandException e) {
      return end(index, e.returnCode(), e.text(), failedOutputs);
    } catch (IOException e) {
      return end(index, -1, said(command, e), Outputs.NONE);
    } catch (InterruptedException e) {
      return end(index, -1, "Interrupted", Outputs.NONE);
    } catch (RuntimeException | Error e) {
      // Whoever polls must get an answer, also if it is our own fault or memory is used up.
      boolean on = end(index, -1, "Internal error: " + e, Outputs.NONE);
      LOG.error("{}", command, e);
      return on;
    }
  }

  /** As the released exe-unit says it, as far as Java tells the reason. */
  private static String said(ExeCommand command, IOException trouble) {
    boolean bare = trouble instanceof FileSystemException known && known.getReason() == null;
    String reason = bare ? trouble.toString() : String.valueOf(trouble.getMessage());
    String said = "IO error: " + reason;
    return command instanceof ExeCommand.Transfer ? Transfers.error(said).text() : said;
  }

  /** Records a result; answers whether the next command may begin. */
  private boolean end(int index, int code, @Nullable String message, Outputs outputs) {
    boolean last = message != null || index == batch.commands.size() - 1;
    synchronized (unit.lock) {
      if (unit.isOver()) {
        return false;
      }
      if (!unit.makeRoom(batch, outputs.size())) {
        outputs = Outputs.NONE;
        message = message == null ? NO_ROOM : message + "; " + NO_ROOM;
        code = code == 0 ? -1 : code;
        last = true;
      }
      unit.arrive();
      if (last) {
        // Before anybody can know the result: the next batch may come at once.
        release();
      }
      batch.finish(index, code, message, outputs.stdout(), outputs.stderr());
    }
    batch.answerPolls();
    return !last;
  }

  private Outputs execute(ExeCommand command, int index)
      throws CommandException, IOException, InterruptedException {
    if (command instanceof ExeCommand.Deploy deploy) {
      return deploy(deploy, index);
    }
    if (command instanceof ExeCommand.Run run) {
      return run(run, index);
    }
    if (command instanceof ExeCommand.Transfer transfer) {
      Progress progress = progress(transfer.progress(), index);
      units.transfers.run(
          deployment(), unit.host, unit.conduct, transfer.from(), transfer.to(), progress);
      progress.end();
    } else if (command instanceof ExeCommand.Terminate) {
      unit.killAll();
      synchronized (unit.lock) {
        unit.reset();
      }
    } else if (command instanceof ExeCommand.Sign) {
      throw new CommandException("Signing is available in SGX runtimes only");
    } else if (!(command instanceof ExeCommand.Start)) {
      throw new AssertionError(command);
    }
    return Outputs.NONE;
  }

  private Deployment deployment() throws CommandException {
    synchronized (unit.lock) {
      if (unit.deployment == null) {
        throw new CommandException("Local service error: State error: Activity is not deployed");
      }
      return unit.deployment;
    }
  }

  private Outputs deploy(ExeCommand.Deploy command, int index)
      throws IOException, CommandException, InterruptedException {
    Progress progress = progress(command.progress(), index);
    String trouble = unit.conduct.deployTrouble().orElse(null);
    if (trouble != null) {
      throw new CommandException(trouble);
    }
    boolean fetched = fetch(progress);
    Deployment deployment = deployment(command);
    synchronized (unit.lock) {
      unit.deployment = deployment;
    }
    killIfLate();
    if (fetched) {
      progress.end();
    } else {
      progress.message("Deployed image from cache");
    }
    CommandOutput report = CommandOutput.text(json(deployment));
    batch.publish(index, RuntimeEvent.Kind.ofStdout(report));
    return new Outputs(report, null);
  }

  /** Inside the image, if it is at hand and that can be; else with the programs of this machine. */
  private Deployment deployment(ExeCommand.Deploy command)
      throws IOException, CommandException, InterruptedException {
    Optional<UnpackedImage> image = image();
    return image.isPresent()
        ? Deployment.inside(
            units.newRoot(),
            command,
            image.get(),
            unit.limits.reaching(command.net()),
            builder -> units.programs.hold(builder, unit.id()))
        : Deployment.create(units.newRoot(), command);
  }

  private Optional<UnpackedImage> image()
      throws IOException, CommandException, InterruptedException {
    Optional<TaskPackage.Named> named = unit.image.named();
    if (!unit.image.entered()
        || named.isEmpty()
        || units.images.find(named.get().sha3()).isEmpty()
        || Containers.obstacle().isPresent()) {
      return Optional.empty();
    }
    try {
      return Optional.of(units.images.unpack(named.get().sha3()));
    } catch (ImageException e) {
      throw new CommandException("Runtime error: " + e.getMessage() + " " + e.hint());
    }
  }

  /** Whether the image had to be fetched, and was. */
  private boolean fetch(Progress progress)
      throws IOException, CommandException, InterruptedException {
    if (!unit.image.fetched() || unit.image.text() == null) {
      return false;
    }
    TaskPackage.Named named =
        unit.image.named().orElseThrow(() -> Transfers.error("Invalid url: Missing hash"));
    return units.images.fetch(
        named.sha3(),
        StoredImage.Origin.of(named.url()),
        part -> units.transfers.fetchImage(named.url(), part, named.sha3(), unit.host, progress));
  }

  private Progress progress(@Nullable JsonNode asked, int index) {
    return Progress.of(asked, report -> batch.publish(index, report));
  }

  private static String json(Deployment deployment) throws JsonProcessingException {
    return WireJson.mapper().writeValueAsString(deployment.report());
  }

  private Outputs run(ExeCommand.Run command, int index)
      throws CommandException, IOException, InterruptedException {
    Deployment deployment = deployment();
    if (unit.conduct.programsFail()) {
      throw exit(1);
    }
    ExeCommand.Capture capture = command.capture();
    Output stdout = capture == null ? null : kept(Output.of(capture.stdout()));
    Output stderr = capture == null ? null : kept(Output.of(capture.stderr()));
    Process process = start(command, deployment, stdout != null, stderr != null);
    synchronized (unit.lock) {
      unit.process = process;
    }
    killIfLate();
    List<Reader> readers = new ArrayList<>();
    if (stdout != null) {
      readers.add(new Reader(stdout, process.getInputStream(), index, RuntimeEvent.Kind::ofStdout));
    }
    if (stderr != null) {
      readers.add(new Reader(stderr, process.getErrorStream(), index, RuntimeEvent.Kind::ofStderr));
    }
    CompletableFuture<Void> reading =
        CompletableFuture.allOf(
            readers.stream()
                .map(each -> CompletableFuture.runAsync(each, units.executor))
                .toArray(CompletableFuture<?>[]::new));
    unit.conduct.programStarted(unit);
    Optional<StorageWatch> watch = watch(deployment);
    int code;
    try {
      code = await(process);
    } finally {
      watch.ifPresent(StorageWatch::close);
    }
    drain(readers, reading);
    Outputs outputs =
        new Outputs(stdout == null ? null : stdout.kept(), stderr == null ? null : stderr.kept());
    if (watch.map(StorageWatch::exceeded).orElse(false)) {
      failedOutputs = outputs;
      throw new CommandException(
          "Usage limit exceeded: the files of the activity take more than %s of storage."
              .formatted(size(unit.limits.storage().getAsLong())));
    }
    if (code != 0 && !(batch.aborted && unit.conduct.killedIsOk())) {
      failedOutputs = outputs;
      throw exit(code);
    }
    return outputs;
  }

  private Optional<StorageWatch> watch(Deployment deployment) {
    OptionalLong limit = unit.limits.storage();
    if (limit.isEmpty()) {
      return Optional.empty();
    }
    long most = limit.getAsLong();
    return Optional.of(
        new StorageWatch(
            () ->
                StorageWatch.taken(deployment.root(), most)
                    + deployment.container().map(Container::written).orElse(0L),
            most,
            units.executor,
            () -> units.programs.killAll(unit.id())));
  }

  private static String size(long bytes) {
    return bytes < GIB
        ? (bytes + MIB - 1) / MIB + " MiB"
        : "%.1f GiB".formatted((double) bytes / GIB);
  }

  private @Nullable Output kept(@Nullable Output output) {
    return output != null && unit.conduct.truncatesOutputs() ? output.truncated() : output;
  }

  private static CommandException exit(int code) {
    return new CommandException(code, "ExeScript command exited with code " + code);
  }

  /** What was started just after the others were killed has to be killed too. */
  private void killIfLate() {
    boolean late;
    synchronized (unit.lock) {
      late = unit.isOver() || batch.aborted;
    }
    if (late) {
      units.programs.killAll(unit.id());
    }
  }

  private Process start(
      ExeCommand.Run command, Deployment deployment, boolean stdout, boolean stderr)
      throws CommandException, IOException {
    Optional<Container> container = deployment.container();
    List<String> words = new ArrayList<>();
    words.add(deployment.here(command.entryPoint()));
    if (command.args() != null) {
      command.args().forEach(each -> words.add(deployment.here(each)));
    }
    boolean there =
        container.isPresent() ? container.get().has(words.get(0)) : isProgram(words.get(0));
    if (!there) {
      throw new CommandException(
          "Runtime error: " + command.entryPoint() + ": No such file or directory (os error 2)");
    }
    List<String> all =
        new ArrayList<>(
            Programs.within(unit.limits.storage(), container.flatMap(Container::memoryGroup)));
    all.addAll(container.map(each -> each.command(words)).orElse(words));
    return units.programs.start(
        all,
        deployment.workingFolder(),
        container
            .map(Container::environment)
            .orElseGet(() -> units.programs.environment(deployment.root())),
        unit.id(),
        stdout,
        stderr);
  }

  private static boolean isProgram(String path) {
    Path program = Path.of(path);
    return program.isAbsolute() && Files.isExecutable(program) && !Files.isDirectory(program);
  }

  private int await(Process process) throws InterruptedException {
    try {
      return process.waitFor();
    } finally {
      units.programs.left(process);
      double cpu = process.isAlive() ? 0 : units.cpuClock.secondsOfEnded();
      synchronized (unit.lock) {
        unit.process = null;
        unit.addCpu(cpu);
      }
    }
  }

  /** Reads an output of a program until it ends. */
  private final class Reader implements Runnable {
    private final Output output;
    private final InputStream stream;
    private final int index;
    private final Function<CommandOutput, RuntimeEvent.Kind> event;
    private volatile long bytes;

    Reader(
        Output output,
        InputStream stream,
        int index,
        Function<CommandOutput, RuntimeEvent.Kind> event) {
      this.output = output;
      this.stream = stream;
      this.index = index;
      this.event = event;
    }

    @Override
    public void run() {
      byte[] buffer = new byte[CHUNK];
      try (stream) {
        for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
          output.add(buffer, n);
          if (output.streamed) {
            batch.publish(index, event.apply(output.onWire(buffer, n)));
          }
          bytes += n;
        }
      } catch (IOException e) {
        // The pipe ended with its program.
      }
    }
  }

  /**
   * Waits until all of it is read, or nothing comes any more: a process left behind has the pipe.
   */
  private static void drain(List<Reader> readers, CompletableFuture<Void> reading)
      throws InterruptedException {
    long before = -1;
    for (long now = bytes(readers); now > before; now = bytes(readers)) {
      before = now;
      try {
        reading.get(STRAGGLERS_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        // Perhaps this machine is busy.
      } catch (ExecutionException e) {
        // Part of it is lost, and the command must not look as if that was all.
        throw new IllegalStateException("its output could not be read", e.getCause());
      }
    }
  }

  private static long bytes(List<Reader> readers) {
    return readers.stream().mapToLong(each -> each.bytes).sum();
  }
}
