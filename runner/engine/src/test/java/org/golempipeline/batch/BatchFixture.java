package org.golempipeline.batch;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.batch.ReturnedFragment.Extent;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.jspecify.annotations.Nullable;

/** A batch put together with a few words, run on a machine, and looked at afterwards. */
final class BatchFixture implements AutoCloseable {
  private static final ReturnLimits LIMITS = new ReturnLimits(1L << 30, 100_000);

  private final Path root;
  private final Machine machine;
  private final SourceFiles sources = new SourceFiles();
  private final Path pack;
  private int inputs;

  private List<SharedFile> shared = List.of();
  private @Nullable String setup;
  private Map<String, String> setupVariables = Map.of();
  private @Nullable String run;
  private OutSpec out = new OutSpec.One(".txt");
  private boolean usesTmp;
  private Duration limit = Duration.ofMinutes(1);
  private final List<FragmentWork> fragments = new ArrayList<>();

  BatchFixture(Path temporary, Machine.Shell shell) throws IOException {
    this.root = temporary;
    this.pack = temporary.resolve("pack");
    var folder = temporary.resolve("a 'folder' \"with\" $(false) \\ -names; *");
    this.machine = new Machine(Files.createDirectory(folder), shell);
  }

  BatchFixture run(String text) {
    run = text;
    return this;
  }

  BatchFixture setup(String text, Map<String, String> variables) {
    setup = text;
    setupVariables = variables;
    return this;
  }

  BatchFixture shared(List<SharedFile> files) {
    shared = files;
    return this;
  }

  BatchFixture out(OutSpec spec) {
    out = spec;
    return this;
  }

  BatchFixture tmp() {
    usesTmp = true;
    return this;
  }

  BatchFixture limit(Duration duration) {
    limit = duration;
    return this;
  }

  BatchFixture without(Map<String, String> variables) {
    return add(List.of(), InputShape.NONE, "", variables, List.of());
  }

  BatchFixture with(String input) throws IOException {
    return add(List.of(piece("in.txt", input)), InputShape.FILE, ".txt", Map.of(), List.of());
  }

  BatchFixture argv(String input, String... words) throws IOException {
    var pieces = List.of(piece("in.txt", input));
    return add(pieces, InputShape.FILE, ".txt", Map.of(), List.of(words));
  }

  BatchFixture add(
      List<Piece> pieces,
      InputShape shape,
      String suffix,
      Map<String, String> variables,
      List<String> argv) {
    fragments.add(new FragmentWork(pieces, shape, suffix, variables, argv));
    return this;
  }

  /** The middle of a new file, so that offsets matter. */
  Piece piece(String path, String content) throws IOException {
    return Piece.Slice.whole(file(path, content));
  }

  InputFile file(String path, String content) throws IOException {
    var bytes = content.getBytes(StandardCharsets.UTF_8);
    var file = root.resolve("input-" + inputs++);
    Files.writeString(file, "before" + content + "after");
    return new InputFile(file, 6, bytes.length, path);
  }

  /** A piece that the machine fetches from {@code url}. */
  Piece remote(String url, String path, String content) {
    return Piece.Slice.whole(web(url, path, content));
  }

  InputFile web(String url, String path, String content) {
    machine.serve(url, content);
    return InputFile.remote(new InputFile.Remote(URI.create(url), "ab".repeat(28)), path);
  }

  BatchScript script(int number, boolean first) {
    var recipe =
        new BatchRecipe(3, shared, setup, setupVariables, run, out, run != null, usesTmp, limit);
    var place = new BatchPlace(number, machine.folder().toString(), first);
    return BatchScript.of(recipe, fragments, place, sources, pack, LIMITS);
  }

  List<ReturnedFragment> execute() throws IOException, InterruptedException {
    return execute(17, true);
  }

  List<ReturnedFragment> execute(int number, boolean first)
      throws IOException, InterruptedException {
    return executed(number, first).fragments();
  }

  ReturnedBatch executed(int number, boolean first) throws IOException, InterruptedException {
    var script = script(number, first);
    var status = machine.execute(script.commands());
    if (status != 0) {
      throw new AssertionError("the batch ended with " + status + ": " + machine.output());
    }
    return script.returned();
  }

  Machine machine() {
    return machine;
  }

  Path pack() {
    return pack;
  }

  String text(Extent extent) throws IOException {
    try (var file = new RandomAccessFile(pack.toFile(), "r")) {
      var bytes = new byte[Math.toIntExact(extent.size())];
      file.seek(extent.offset());
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** The only output. */
  String output(ReturnedFragment fragment) throws IOException {
    if (fragment.outputs().size() != 1) {
      throw new AssertionError(fragment + (fragment.log() == null ? "" : text(fragment.log())));
    }
    return text(fragment.outputs().get(0).extent());
  }

  Map<String, String> outputs(ReturnedFragment fragment) throws IOException {
    var texts = new HashMap<String, String>();
    for (var output : fragment.outputs()) {
      texts.put(output.name(), text(output.extent()));
    }
    return texts;
  }

  String log(ReturnedFragment fragment) throws IOException {
    var log = fragment.log();
    return log == null ? "" : text(log);
  }

  @Override
  public void close() throws IOException {
    sources.close();
  }
}
