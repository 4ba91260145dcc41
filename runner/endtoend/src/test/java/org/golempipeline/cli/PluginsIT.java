package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way from {@code plugins new} to a run, as {@code docs/plugins.md} describes it: every command
 * of that page is executed, Maven's included.
 */
@Timeout(300)
class PluginsIT {
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\\R(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
  private static final String JAR = "target/paragraphs-1.0.0.jar";
  private static final String PIPELINE = "example/pipeline.yaml";

  @TempDir static Path built;
  private static Path project;

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeAll
  static void followThePage() throws Exception {
    project = built;
    for (var line : blocks("sh").stream().flatMap(String::lines).toList()) {
      var words = List.of(line.split(" "));
      if (words.get(0).equals("cd")) {
        project = project.resolve(words.get(1));
      } else if (words.get(0).equals("mvn")) {
        maven(words.subList(1, words.size()));
      } else {
        assertThat(words.get(0)).isEqualTo("golem-pipeline");
        var arguments = words.subList(1, words.size()).toArray(String[]::new);
        var ran = new Workspace(project).run(arguments);
        assertThat(ran.exitCode()).as(line + "\n" + ran.err()).isZero();
      }
    }
  }

  /** The links go one by one, so that nothing can follow them. */
  @AfterAll
  static void removeLinks() throws IOException {
    if (!Files.exists(built.resolve("repository"))) {
      return;
    }
    try (var files = Files.walk(built.resolve("repository"))) {
      for (var link : files.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

  /** A copy of the project as it is after the page. */
  @BeforeEach
  void copy() throws IOException {
    workspace = new Workspace(folder).copy(project, ".");
  }

  @Test
  void theRunGivesTheRightResult() throws IOException {
    assertThat(workspace.read("example/result.txt")).isEqualTo("16\n--\n9\n--\n3\n");
  }

  @Test
  void thePageShowsWhatTheProjectHolds() throws IOException {
    var sources = new StringBuilder();
    for (var file : workspace.files("src").values()) {
      sources.append(file);
    }
    assertThat(blocks("java")).isNotEmpty().allMatch(sources.toString()::contains);
    assertThat(blocks("yaml")).isNotEmpty().allMatch(workspace.read(PIPELINE)::contains);
    assertThat(blocks("yaml").size() + blocks("java").size() + blocks("sh").size())
        .isEqualTo((int) BLOCK.matcher(page()).results().count());
  }

  @Test
  void aJarThatChangedByAByteIsRefusedUntilItIsPinnedAgain() throws IOException {
    var jar = folder.resolve(JAR);
    var bytes = Files.readAllBytes(jar);
    bytes[bytes.length - 1]++;
    Files.write(jar, bytes);

    for (var command : List.of("run", "check", "plan", "plugins list", "schema")) {
      var ran = workspace.run((command + " " + PIPELINE).split(" "));
      assertThat(ran.exitCode()).as(command).isEqualTo(2);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err())
          .contains("example/pipeline.yaml.lock:4:5: error: `target/paragraphs-1.0.0.jar` is not")
          .contains("[Plugin.Changed]")
          .contains("pin it with `golem-pipeline plugins pin " + PIPELINE + " " + JAR + "`.");
    }

    bytes[bytes.length - 1]--;
    Files.write(jar, bytes);
    assertThat(workspace.run("check", PIPELINE).exitCode()).isZero();
  }

  @Test
  void aJarOfAMavenRepositoryIsPinnedByItsCoordinates() throws IOException {
    var place = ".m2/repository/org/acme/paragraphs/1.0/paragraphs-1.0.jar";
    Files.createDirectories(folder.resolve(place).getParent());
    Files.move(folder.resolve(JAR), folder.resolve(place));
    var pom =
        "<project><modelVersion>4.0.0</modelVersion><groupId>org.acme</groupId>"
            + "<artifactId>%s</artifactId><version>%s</version>%s</project>";
    workspace.write(
        place.replace(".jar", ".pom"),
        pom.formatted(
            "paragraphs",
            "1.0",
            "<dependencies><dependency><groupId>org.acme</groupId>"
                + "<artifactId>words</artifactId><version>2</version></dependency></dependencies>"));
    var library = place.replace("paragraphs", "words").replace("1.0", "2");
    workspace.write(library.replace(".jar", ".pom"), pom.formatted("words", "2", ""));
    Files.copy(folder.resolve(place), folder.resolve(library));
    workspace.write(".m2/settings.xml", "<settings><offline>true</offline></settings>");
    workspace.with("HOME", folder.toString());

    var pinned = workspace.run("plugins", "pin", PIPELINE, "org.acme:paragraphs:1.0");
    assertThat(pinned.exitCode()).as(pinned.err()).isZero();
    assertThat(pinned.out())
        .contains(" from `org.acme:paragraphs:1.0` in ", "\n  needs  org.acme:words:2, SHA-256 ")
        .doesNotContain("lies");
    assertThat(workspace.run("check", PIPELINE).exitCode()).isZero();
    assertThat(workspace.run("plugins", "list", PIPELINE).out())
        .contains(", org.acme:paragraphs:1.0 and 1 more jar\n");
    assertThat(workspace.run("plugins", "describe", "acme/paragraphs", PIPELINE).out())
        .contains("1.0 and 1 more jar\n  needs org.acme:words:2\n");
    assertThat(workspace.run("plugins", "pin", PIPELINE, "org.acme:absent:1.0"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("Could not find out what `org.acme:absent:1.0` needs: ", "settings.xml` says");
  }

  @Test
  void whatWasPinnedCanBeTakenOutAgain() throws IOException {
    assertThat(workspace.run("plugins", "unpin", PIPELINE, "letters"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("No plugin `letters` is pinned in `example/pipeline.yaml.lock`.", "`paragraphs`");
    assertThat(workspace.run("plugins", "unpin", PIPELINE, "paragraphs", "letters").err())
        .contains("No plugin `letters` is pinned", "Name one of `paragraphs`.");
    assertThat(workspace.run("plugins", "unpin", PIPELINE, "paragraphs", "paragraphs"))
        .isEqualTo(
            new Workspace.Ran(0, "Took `paragraphs` out of example/pipeline.yaml.lock.\n", ""));
    assertThat(workspace.read(PIPELINE + ".lock")).doesNotContain("sha256");
    assertThat(workspace.run("check", PIPELINE).exitCode()).isEqualTo(2);
  }

  @Test
  void nothingIsLoadedThatIsNotNamed() throws IOException {
    Files.delete(folder.resolve(PIPELINE + ".lock"));

    assertThat(workspace.run("check", PIPELINE))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("There is no split strategy `acme/paragraphs`.", "`--plugin JAR`", "plugins pin");
    assertThat(workspace.run("check", PIPELINE, "--plugin", JAR))
        .isEqualTo(
            new Workspace.Ran(
                0,
                PIPELINE + ": no mistakes found.\n",
                "plugin `paragraphs` 1.0.0 from `" + JAR + "`, for this command only\n"));
    assertThat(workspace.run("plan", PIPELINE, "--plugin", JAR).out()).contains("3 fragments");
  }

  @Test
  void itsOptionsAreCheckedAndCompleted() throws IOException {
    workspace.write(PIPELINE, workspace.read(PIPELINE).replace("paragraphs: 2", "pargraphs: 2"));

    assertThat(workspace.run("check", PIPELINE).err())
        .contains(PIPELINE + ":5:", "Did you mean `paragraphs`?");
    var schema =
        new ObjectMapper().readTree(workspace.run("schema", PIPELINE, "--plugin", JAR).out());
    var option = schema.at("/$defs/split.acme~1paragraphs/properties/paragraphs");
    assertThat(option.at("/anyOf/0/type").asText()).isEqualTo("integer");
    assertThat(Files.readString(project.resolve(".golem-pipeline/schema.json")))
        .isEqualTo(schema.toPrettyString() + "\n");
  }

  @Test
  void listAndDescribeTellWhereAStrategyComesFrom() {
    assertThat(workspace.run("plugins", "list", PIPELINE).lines())
        .contains(
            "split  acme/paragraphs  version 1, plugin paragraphs 1.0.0, " + JAR,
            "merge  concat           version 1, built in");
    assertThat(workspace.run("plugins", "list").out()).doesNotContain("acme/");
    assertThat(workspace.run("plugins", "describe", "acme/paragraphs", "--plugin", JAR).out())
        .startsWith(
            """
            split: acme/paragraphs
            Cuts each text file behind every so many paragraphs.
            version 1, plugin paragraphs 1.0.0, target/paragraphs-1.0.0.jar
            input: the stage needs one
            options: needed
              How many paragraphs a fragment has.
              paragraphs: a whole number, required
                Paragraphs in a fragment; the last one of a file may have fewer.
            """);
    assertThat(workspace.run("plugins", "describe", "lines").out())
        .contains("Either a whole number:", "or a map with `into`:", "or a map with `every`:");
    assertThat(workspace.run("plugins", "describe", "line").err())
        .contains("There is no strategy `line`.", "Did you mean `lines`?");
  }

  @Test
  void wrongUsageOfPluginsIsRefusedInASentence() throws IOException {
    workspace.write("text.jar", "text");
    for (var arguments :
        new String[][] {
          {"plugins"},
          {"plugins", "lst"},
          {"plugins", "describe"},
          {"plugins", "new"},
          {"plugins", "new", "Bad Name"},
          {"plugins", "new", "a/b/c"},
          {"plugins", "new", "good", "--folder", "src"},
          {"plugins", "new", "good", "--folder", "pom.xml"},
          {"plugins", "pin", PIPELINE},
          {"plugins", "unpin", PIPELINE},
          {"plugins", "unpin", "absent.yaml", "paragraphs"},
          {"plugins", "pin", "absent.yaml", JAR},
          {"plugins", "pin", PIPELINE, "text.jar"},
          {"plugins", "pin", PIPELINE, "absent.jar"},
          {"plugins", "list", "--plugin", "text.jar"},
          {"check", PIPELINE, "--plugin", "absent\0.jar"},
          {"check", PIPELINE, "--plugin", "src"}
        }) {
      var ran = workspace.run(arguments);
      assertThat(ran.exitCode()).as(String.join(" ", arguments)).isEqualTo(2);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).doesNotContain("\tat ").isNotEmpty();
    }
  }

  @Test
  void aPinnedJarTakesThePlaceOfTheOneThatComesAlongAndReusesWhatThatMade() throws IOException {
    workspace.write("reads/a.fastq", "@a\nACGT\n+\nIIII\n@b\nAC\n+\nII\n");
    workspace.write(
        "reads.yaml",
        """
        version: 1
        name: reads
        input: reads/*
        split: { genomes/fastq: { reads: 1 } }
        run: wc -l < "$in" > "$out"
        merge: sum
        output: lines.txt
        """);
    var ran = workspace.run("run", "reads.yaml");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    Path jar;
    try (var jars = Files.list(Path.of(System.getProperty("golem-pipeline.plugins")))) {
      jar = jars.filter(file -> file.toString().contains("genomes")).findFirst().orElseThrow();
    }

    assertThat(workspace.run("plugins", "pin", "reads.yaml", jar.toString()).exitCode()).isZero();
    var again = workspace.run("run", "reads.yaml");

    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.err()).contains("all 2 fragments reused");
    assertThat(workspace.read("lines.txt")).isEqualTo("8\n");
  }

  private static String page() throws IOException {
    return Files.readString(Workspace.project().resolve("docs/plugins.md"));
  }

  private static List<String> blocks(String language) throws IOException {
    return BLOCK
        .matcher(page())
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  // ---- Maven, as on a machine that knows everything but golem-pipeline

  private static void maven(List<String> goals) throws IOException, InterruptedException {
    var command = new java.util.ArrayList<String>();
    command.add(Path.of(System.getProperty("maven.home"), "bin", "mvn").toString());
    var quickStart = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
    command.addAll(
        List.of("-B", "-q", "-Dmaven.repo.local=" + repository(), "-DargLine=" + quickStart));
    command.addAll(goals);
    var log = built.resolve("maven.log").toFile();
    var builder = new ProcessBuilder(command).directory(project.toFile());
    builder.redirectErrorStream(true).redirectOutput(log);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().keySet().removeIf(name -> name.startsWith("MAVEN_"));
    builder.environment().put("MAVEN_OPTS", quickStart);
    var process = builder.start();
    process.getOutputStream().close();
    var ended = process.waitFor(4, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertThat(ended && process.exitValue() == 0).as(Files.readString(log.toPath())).isTrue();
  }

  /**
   * A local repository that has what this machine's has, by links, but nothing of golem-pipeline:
   * so nothing is fetched twice, and what the project brings does not get into later builds.
   */
  private static Path repository() throws IOException {
    var machine = Path.of(System.getProperty("maven.repository"));
    var own = built.resolve("repository");
    if (!Files.exists(own)) {
      link(machine, Files.createDirectory(own), "org");
      link(machine.resolve("org"), Files.createDirectory(own.resolve("org")), "golempipeline");
    }
    return own;
  }

  private static void link(Path from, Path to, String but) throws IOException {
    try (var children = Files.list(from)) {
      for (var child : children.toList()) {
        if (!child.getFileName().toString().equals(but)) {
          Files.createSymbolicLink(to.resolve(child.getFileName()), child);
        }
      }
    }
  }
}
