package org.golempipeline.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.StandardOutput;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes the manual pages of a release: one of the program and one of each command, from what
 * {@code --help} knows.
 */
final class ManPages {
  private ManPages() {}

  /**
   * @param arguments the folder to write them into
   */
  public static void main(String[] arguments) throws IOException {
    var folder = Files.createDirectories(Path.of(arguments[0]));
    var everything = new GolemPipeline(Console.ofProcess(new StandardOutput())).commandLine();
    for (var page : of(everything, Version.number()).entrySet()) {
      Files.writeString(folder.resolve(page.getKey()), page.getValue(), StandardCharsets.UTF_8);
    }
  }

  /** The pages by the names of their files. */
  static Map<String, String> of(CommandLine line, String version) {
    var pages = new TreeMap<String, String>();
    add(pages, line, version);
    return pages;
  }

  private static void add(Map<String, String> pages, CommandLine line, String version) {
    var spec = line.getCommandSpec();
    pages.put(title(spec) + ".1", page(line, version));
    for (var command : visible(spec)) {
      add(pages, command, version);
    }
  }

  private static List<CommandLine> visible(CommandSpec spec) {
    return spec.subcommands().values().stream()
        .filter(each -> !each.getCommandSpec().usageMessage().hidden())
        .toList();
  }

  /** What a page is asked for by: {@code man golem-pipeline-image-build}. */
  private static String title(CommandSpec spec) {
    return spec.qualifiedName("-");
  }

  private static String page(CommandLine line, String version) {
    var spec = line.getCommandSpec();
    var message = spec.usageMessage();
    var page = new StringBuilder();
    macro(page, "TH", title(spec).toUpperCase(Locale.ROOT), "1", "", "golem-pipeline " + version);
    section(page, "NAME", title(spec) + " - " + summary(message.description()));
    macro(page, "SH", "SYNOPSIS");
    var synopsis = line.getHelp().synopsis(0).strip().replaceAll("\\s+", " ");
    var name = spec.qualifiedName();
    page.append("\\fB").append(text(name)).append("\\fR");
    page.append(text(synopsis.substring(name.length()))).append('\n');
    section(page, "DESCRIPTION", message.description());
    arguments(page, spec.positionalParameters());
    options(page, spec.options());
    commands(page, visible(spec));
    var notes =
        Arrays.stream(message.footer()).filter(each -> !each.isBlank()).toArray(String[]::new);
    if (notes.length > 0) {
      section(page, "NOTES", notes);
    }
    seeAlso(page, spec);
    return page.toString();
  }

  private static void arguments(StringBuilder page, List<PositionalParamSpec> arguments) {
    var shown = arguments.stream().filter(each -> !each.hidden()).toList();
    if (!shown.isEmpty()) {
      macro(page, "SH", "ARGUMENTS");
    }
    for (var each : shown) {
      page.append(".TP\n\\fI").append(text(each.paramLabel())).append("\\fR\n");
      paragraphs(page, ".IP", each.description());
    }
  }

  private static void options(StringBuilder page, List<OptionSpec> options) {
    var shown = options.stream().filter(each -> !each.hidden()).toList();
    if (!shown.isEmpty()) {
      macro(page, "SH", "OPTIONS");
    }
    for (var each : shown) {
      var value =
          each.arity().max() > 0 ? text("=") + "\\fI" + text(each.paramLabel()) + "\\fR" : "";
      var names =
          Stream.of(each.names())
              .map(name -> "\\fB" + text(name) + "\\fR")
              .collect(Collectors.joining(", "));
      page.append(".TP\n").append(names).append(value).append('\n');
      paragraphs(page, ".IP", each.description());
    }
  }

  private static void commands(StringBuilder page, List<CommandLine> commands) {
    if (!commands.isEmpty()) {
      macro(page, "SH", "COMMANDS");
    }
    for (var each : commands) {
      var spec = each.getCommandSpec();
      page.append(".TP\n\\fB").append(text(title(spec))).append("\\fR(1)\n");
      page.append(text(summary(spec.usageMessage().description()))).append('\n');
    }
  }

  private static void seeAlso(StringBuilder page, CommandSpec spec) {
    macro(page, "SH", "SEE ALSO");
    if (spec.parent() != null) {
      page.append("\\fB").append(text(title(spec.parent()))).append("\\fR(1),\n");
    }
    page.append(text("the folder `docs` of golem-pipeline")).append('\n');
  }

  private static void section(StringBuilder page, String heading, String... paragraphs) {
    macro(page, "SH", heading);
    paragraphs(page, ".PP", paragraphs);
  }

  private static void paragraphs(StringBuilder page, String macro, String... paragraphs) {
    for (var i = 0; i < paragraphs.length; i++) {
      page.append(i == 0 ? "" : macro + "\n").append(text(paragraphs[i])).append('\n');
    }
  }

  private static void macro(StringBuilder page, String name, String... words) {
    page.append('.').append(name);
    for (var word : words) {
      page.append(" \"").append(text(word)).append('"');
    }
    page.append('\n');
  }

  /** The first sentence, as lists of pages show it. */
  private static String summary(String... description) {
    var all = String.join(" ", description);
    var end = all.indexOf(". ");
    return (end < 0 ? all : all.substring(0, end)).replaceFirst("\\.$", "");
  }

  /** Harmless for roff: nothing is taken for a request, and minus signs can be copied. */
  static String text(String plain) {
    var escaped = plain.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
    var marked = escaped.replaceAll("`([^`]+)`", "\\\\fB$1\\\\fR");
    return marked.startsWith(".") || marked.startsWith("'") ? "\\&" + marked : marked;
  }
}
