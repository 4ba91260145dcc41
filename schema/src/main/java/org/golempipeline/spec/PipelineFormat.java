package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.List;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Document;

/**
 * Pipeline files laid out in the one usual way: keys in the order of the reference, two columns for
 * each level, no needless quotes. Comments stay with what they stand at, and no value changes.
 */
public final class PipelineFormat {
  /** Keys of the file itself, before the defaults of its stages. */
  static final List<String> FIRST =
      List.of("version name description include params profiles budget workers golem".split(" "));

  private static final PipelineFormat ORDERS = new PipelineFormat();

  private final List<String> top = new ArrayList<>(FIRST);
  private final List<String> stage;
  private final List<String> profile;

  private PipelineFormat() {
    var schema = PipelineSchema.handwritten();
    stage = Shapes.names(schema.at("/$defs/stage/properties"));
    profile = Shapes.names(schema.at("/$defs/profile/properties"));
    top.addAll(stage);
    top.add("stages");
  }

  /**
   * The text as it should be laid out; the same comes out of that again.
   *
   * @param bytes the content of a pipeline file, or of one that is included
   * @param name how the user calls it
   */
  public static Checked<String> of(byte[] bytes, String name) {
    var document = Document.read(bytes, name);
    if (document.root().isEmpty() || !document.diagnostics().isEmpty()) {
      return new Checked<>(null, document.diagnostics());
    }
    var formatted = document.formatted(ORDERS::order);
    return formatted.isPresent()
        ? Checked.of(formatted.get())
        : new Checked<>(
            null,
            List.of(
                Diagnostic.error(
                    DiagnosticIds.YAML_LAYOUT,
                    document.source(),
                    Range.START,
                    "The file is written in a form that `fmt` does not lay out anew.",
                    "Write each key on a line of its own, as `key: value`.")));
  }

  private List<String> order(List<String> path) {
    if (path.isEmpty()) {
      return top;
    }
    if (path.size() == 4 && path.get(0).equals("profiles") && path.get(2).equals("stages")) {
      return stage;
    }
    var isNamed = path.size() == 2;
    return isNamed && path.get(0).equals("stages")
        ? stage
        : isNamed && path.get(0).equals("profiles") ? profile : List.of();
  }
}
