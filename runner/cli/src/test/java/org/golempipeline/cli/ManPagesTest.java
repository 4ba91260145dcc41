package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.regex.Pattern;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.report.Screen;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ManPagesTest {
  private static final Pattern REQUEST = Pattern.compile("\\.(TH|SH|TP|PP|IP)( .*)?");

  private final CommandLine line = new GolemPipeline(console()).commandLine();
  private final Map<String, String> pages = ManPages.of(line, "1.2");

  @Test
  void everyCommandHasAPageWithAllItsOptions() {
    assertThat(pages)
        .containsKeys("golem-pipeline.1", "golem-pipeline-run.1", "golem-pipeline-image-build.1");
    complete(line);
  }

  private void complete(CommandLine command) {
    var spec = command.getCommandSpec();
    var page = pages.get(spec.qualifiedName("-") + ".1");
    assertThat(page).as(spec.qualifiedName()).isNotNull();
    for (var option : spec.options()) {
      assertThat(page.contains("\\fB" + option.longestName().replace("-", "\\-") + "\\fR"))
          .as(spec.qualifiedName() + " " + option.longestName())
          .isEqualTo(!option.hidden());
    }
    spec.subcommands().values().stream()
        .filter(each -> !each.getCommandSpec().usageMessage().hidden())
        .forEach(this::complete);
  }

  @Test
  void nothingOfAHelpTextIsTakenForARequest() {
    assertThat(pages.values())
        .allSatisfy(
            page ->
                assertThat(page.lines().filter(each -> each.startsWith(".")))
                    .allMatch(each -> REQUEST.matcher(each).matches()));
    assertThat(ManPages.text(".TH `a-b` \"\\")).isEqualTo("\\&.TH \\fBa\\-b\\fR \\(dq\\e");
    assertThat(ManPages.text("'x")).isEqualTo("\\&'x");
  }

  @Test
  void aPageSaysWhatListsOfPagesShow() {
    assertThat(pages.get("golem-pipeline-plan.1"))
        .startsWith(
            ".TH \"GOLEM\\-PIPELINE\\-PLAN\" \"1\" \"\" \"golem\\-pipeline 1.2\"\n.SH \"NAME\"\n"
                + "golem\\-pipeline\\-plan \\- Shows the stages and fragments that a run would have\n"
                + ".SH \"SYNOPSIS\"\n\\fBgolem\\-pipeline plan\\fR ");
  }

  private static Console console() {
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return new Console(
        InputStream.nullInputStream(),
        nowhere,
        nowhere,
        false,
        true,
        () -> Screen.Size.USUAL,
        Map.of(),
        Path.of(""),
        Clock.systemUTC());
  }
}
