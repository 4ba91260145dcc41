package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.event.FailureKind;
import org.golempipeline.image.ImageDiagnosticIds;
import org.golempipeline.lock.LockDiagnosticIds;
import org.golempipeline.plan.PlanDiagnosticIds;
import org.golempipeline.plugins.PluginDiagnosticIds;
import org.golempipeline.schedule.Policy;
import org.golempipeline.spec.ReferencePage;
import org.golempipeline.spec.Strategies;
import org.golempipeline.standard.StandardStrategies;
import org.golempipeline.strategy.Strategy;
import org.junit.jupiter.api.Test;

/** The documentation leaves nothing out and names nothing that is not there. */
class DocsTest {
  private static final Pattern CELL =
      Pattern.compile("^\\| `?([A-Za-z0-9_.]+)`? \\|", Pattern.MULTILINE);
  private static final Pattern SECTION =
      Pattern.compile("^## `(\\w+)`$(.*?)(?=^## |\\z)", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

  private final Path project = Workspace.project();

  @Test
  void troubleshootingHasEveryDiagnosticAndNoOther() throws IOException {
    var ids =
        Stream.of(
                DiagnosticIds.class,
                PlanDiagnosticIds.class,
                ImageDiagnosticIds.class,
                LockDiagnosticIds.class,
                PluginDiagnosticIds.class)
            .flatMap(type -> Arrays.stream(type.getFields()))
            .map(
                field -> {
                  try {
                    return (String) field.get(null);
                  } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                  }
                })
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(firstCells("docs/troubleshooting.md").filter(cell -> cell.contains(".")))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void troubleshootingHasEveryKindOfFailureAndEveryExitCode() throws IOException {
    var kinds = Arrays.stream(FailureKind.values()).map(Enum::name).toList();
    var codes =
        Stream.concat(
                Stream.of(
                    0,
                    ExitCodes.FAILED,
                    ExitCodes.USAGE,
                    ExitCodes.PLATFORM,
                    ExitCodes.BUG,
                    5,
                    ExitCodes.PARTIAL),
                Arrays.stream(FailureKind.values()).map(FailureKind::exitCode))
            .map(String::valueOf)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(firstCells("docs/troubleshooting.md").filter(cell -> cell.matches("[A-Z]+")))
        .containsExactlyInAnyOrderElementsOf(kinds);
    assertThat(firstCells("docs/troubleshooting.md").filter(cell -> cell.matches("[0-9]+")))
        .containsExactlyInAnyOrderElementsOf(codes);
  }

  /** {@code -Dgolden.update} writes the page and fails, so that somebody looks at it. */
  @Test
  void referenceIsWhatTheSchemaSays() throws IOException {
    var page = project.resolve("docs/reference.md");
    var generated =
        ReferencePage.render(
            new Strategies(StandardStrategies.splits(), StandardStrategies.merges()));
    if (System.getProperty("golden.update") != null) {
      Files.writeString(page, generated);
      fail("wrote " + page);
    }

    assertThat(generated).isEqualTo(Files.readString(page));
  }

  @Test
  void saysHowOftenAFragmentMayBeLostWhateverRetrySays() throws IOException {
    var policy = Policy.golem(1, BigDecimal.ONE, false, 0, Duration.ofHours(1));

    assertThat(policy.losses()).isEqualTo(5);
    for (var page : Set.of("docs/guide.md", "docs/reference.md")) {
      assertThat(Files.readString(project.resolve(page)).replace('\n', ' '))
          .contains("the fifth lost one ends the fragment");
    }
  }

  @Test
  void everySplitAndEveryMergeHasASectionWithAnExample() throws IOException {
    var splits = StandardStrategies.splits().stream().map(Strategy::name).toList();
    var merges = StandardStrategies.merges().stream().map(Strategy::name).toList();

    assertThat(sections("docs/splits.md")).containsExactlyInAnyOrderElementsOf(splits);
    assertThat(sections("docs/merges.md")).containsExactlyInAnyOrderElementsOf(merges);
  }

  @Test
  void everyBlockOfTheseSectionsBelongsToAnExample() throws IOException {
    for (var page : Set.of("docs/splits.md", "docs/merges.md")) {
      var examples = DocsExample.of(project.resolve(page));

      assertThat(examples)
          .allSatisfy(example -> assertThat(example.blocks()).as(example.text()).isGreaterThan(1));
      assertThat(DocsExample.blocks(project.resolve(page)))
          .isEqualTo(examples.stream().mapToLong(DocsExample::blocks).sum());
    }
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    try (var files = Files.walk(project)) {
      var pages =
          files
              .filter(file -> file.toString().endsWith(".md"))
              .filter(file -> !file.toString().contains("/target/"))
              .toList();
      for (var page : pages) {
        var links = LINK.matcher(Files.readString(page));
        while (links.find()) {
          assertThat(page.resolveSibling(links.group(1))).as("linked from " + page).exists();
        }
      }
    }
  }

  @Test
  void readmeAndContinuousIntegrationRunTheSameCommand() throws IOException {
    assertThat(Files.readString(project.resolve("README.md"))).contains("\n    mvn -B verify\n");
    assertThat(Files.readString(project.resolve(".ci/run"))).contains("\nmvn -B verify ||");
  }

  @Test
  void theReadmeShowsTheExampleItRuns() throws IOException {
    var example = Files.readString(project.resolve("pipelines/word-count/pipeline.yaml"));
    var run = example.substring(example.indexOf("run: |"), example.indexOf("output:"));

    assertThat(Set.of("README.md", "docs/guide.md"))
        .allSatisfy(page -> assertThat(Files.readString(project.resolve(page))).contains(run));
  }

  /** The strategies that have a section with a pipeline in it. */
  private List<String> sections(String page) throws IOException {
    var text = Files.readString(project.resolve(page));
    return SECTION
        .matcher(text)
        .results()
        .filter(section -> section.group(2).contains("\n```yaml\n"))
        .map(section -> section.group(1))
        .toList();
  }

  private Stream<String> firstCells(String page) throws IOException {
    return CELL.matcher(Files.readString(project.resolve(page)))
        .results()
        .map(cell -> cell.group(1));
  }
}
