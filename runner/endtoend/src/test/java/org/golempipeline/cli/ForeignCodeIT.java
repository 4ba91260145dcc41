package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that do to the process what no plugin should. */
@Timeout(240)
class ForeignCodeIT {
  private static final String PIPELINE =
      """
      version: 1
      name: foreign
      split: acme/words
      run: echo done > "$out"
      merge: concat
      output: result.txt
      """;

  private static final String SPLIT =
      """
      package acme;
      import java.util.List;
      import org.golempipeline.strategy.*;
      public class Words implements SplitStrategy {
        public String name() { return "acme/words"; }
        public String version() { return "1"; }
        public String summary() { return "Splits at words."; }
        public String optionsSchema() { return "{\\"description\\": \\"Options.\\"}"; }
        public InputUse inputUse() { return InputUse.OPTIONAL; }
        public InputShape inputShape(Options options) { return InputShape.NONE; }
        public List<String> variables(Options options) { return List.of(); }
        public Fragments split(SplitContext context) throws java.io.IOException, StrategyException {
          BODY
        }
      }
      """;

  private static final String MERGE =
      """
      package acme;
      import org.golempipeline.strategy.*;
      public class Words implements MergeStrategy {
        public String name() { return "acme/words"; }
        public String version() { return "1"; }
        public String summary() { return "Joins words."; }
        public String optionsSchema() { return "{\\"description\\": \\"Options.\\"}"; }
        public Result result() { return Result.FILE; }
        public Merger open(MergeContext context) {
          spin("open");
          return new Merger() {
            public void add(FragmentOutput output) { spin("add"); }
            public void finish() { spin("finish"); }
            public void close() {}
          };
        }
        private static void spin(String place) {
          if (place.equals("PLACE")) {
            System.out.println("begun");
            while (true) { Thread.onSpinWait(); }
          }
        }
      }
      """;

  private static final String[] RUN = {"run", "--json", "--plugin", "words.jar", "foreign.yaml"};

  @TempDir Path folder;

  @Test
  void aPluginThatEndsTheProcessIsNotTakenForSuccess() throws Exception {
    for (var call :
        List.of(
            "System.exit(0); return null;",
            "Runtime.getRuntime().exit(0); return null;",
            "var t = new Thread(() -> System.exit(0)); t.start(); while (true) { Thread.yield(); }")) {
      try (var child = run(call)) {
        assertThat(child.waitForExit()).as(call).isEqualTo(1);
        assertThat(child.said("err"))
            .contains("A plugin ended golem-pipeline, with `System.exit` at acme.Words.");
        assertThat(folder.resolve("result.txt")).doesNotExist();
      }
    }
  }

  @Test
  void anErrorOfAPluginIsToldAsItsOwnAndHarmless() throws Exception {
    assertThat(refused("throw new Error(\"\\u001b[2Jgone\\u009b0m\");"))
        .contains("`acme/words`", "java.lang.Error: \\x1b[2Jgone\\x9b0m")
        .doesNotContain("\u001b", "\u009b", "This is a bug");
    assertThat(refused("split(context); return null;"))
        .contains("StackOverflowError")
        .doesNotContain("This is a bug");
    assertThat(refused("throw new OutOfMemoryError(\"heap\");"))
        .contains("OutOfMemoryError", "-Xmx2g");
  }

  @Test
  void whatAPluginPrintsDoesNotGetAmongTheAnswers() throws Exception {
    try (var child =
        run(
            "System.out.println(\"\\u001b[2Jhello\"); System.err.print(\"\\u0007x\\n\");"
                + " return Fragments.of(List.of(Fragment.of()));")) {
      assertThat(child.waitForExit()).as(child.said("err")).isZero();
      assertThat(child.said("out").lines()).isNotEmpty().allMatch(line -> line.startsWith("{"));
      assertThat(child.said("err")).contains("\\x1b[2Jhello\n", "\\x07x\n");
      assertThat(folder.resolve("result.txt")).hasContent("done");
    }
  }

  @Test
  void controlCEndsAPluginThatComputesForEver() throws Exception {
    try (var child = run("System.out.println(\"begun\"); while (true) { Thread.onSpinWait(); }")) {
      ChildJvm.await("the plugin", () -> said(child).contains("begun"));
      child.signal("INT");
      assertThat(child.waitForExit()).isEqualTo(130);
    }
  }

  @Test
  void controlCEndsAMergeThatComputesForEver() throws Exception {
    for (var place : List.of("open", "add", "finish")) {
      Files.writeString(
          folder.resolve("foreign.yaml"),
          PIPELINE.replace("split: acme/words\n", "").replace("concat", "acme/words"));
      jar(MERGE.replace("PLACE", place));
      try (var child = start()) {
        ChildJvm.await("the plugin", () -> said(child).contains("begun"));
        child.signal("INT");
        assertThat(child.waitForExit()).as("%s: %s", place, child.said("err")).isEqualTo(130);
        assertThat(folder.resolve("result.txt")).doesNotExist();
      }
    }
  }

  private static String said(ChildJvm child) {
    try {
      return child.said("err");
    } catch (IOException e) {
      return "";
    }
  }

  /** What a run says that ends before anything is done; it needs no process of its own. */
  private String refused(String body) throws IOException {
    write(body);
    var ran = new Workspace(folder).run(RUN);
    assertThat(ran.exitCode()).isEqualTo(2);
    return ran.err();
  }

  private ChildJvm run(String body) throws IOException {
    write(body);
    return start();
  }

  private void write(String body) throws IOException {
    Files.writeString(folder.resolve("foreign.yaml"), PIPELINE);
    jar(SPLIT.replace("BODY", body));
  }

  private ChildJvm start() throws IOException {
    return ChildJvm.start(folder, Map.of(), RUN);
  }

  private void jar(String text) throws IOException {
    var source =
        Files.writeString(
            Files.createDirectories(folder.resolve("acme")).resolve("Words.java"), text);
    var compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                "17",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertThat(compiled).isZero();
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Golem-Pipeline-Api", "1.0");
    manifest.getMainAttributes().putValue("Implementation-Title", "words");
    manifest.getMainAttributes().putValue("Implementation-Version", "1.0");
    try (var out =
            new JarOutputStream(Files.newOutputStream(folder.resolve("words.jar")), manifest);
        var classes = Files.newDirectoryStream(folder.resolve("acme"), "*.class")) {
      for (var file : classes) {
        out.putNextEntry(new ZipEntry("acme/" + file.getFileName()));
        out.write(Files.readAllBytes(file));
      }
      var kind = text.contains("implements Split") ? "SplitStrategy" : "MergeStrategy";
      out.putNextEntry(new ZipEntry("META-INF/services/org.golempipeline.strategy." + kind));
      out.write("acme.Words\n".getBytes(StandardCharsets.UTF_8));
    }
  }
}
