package org.golempipeline.plan;

import java.util.ArrayList;
import java.util.List;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.spec.PipelineSpec;

/** What a right file asks for that providers of the network do not do in this version. */
public final class NetworkLimits {
  private NetworkLimits() {}

  /** The file as it is for a run on the network: refused if that could not be what it says. */
  public static Checked<PipelineSpec> onNetwork(PipelineSpec spec) {
    var found = new ArrayList<Diagnostic>();
    var at = spec.golem().outboundAt();
    if (at != null) {
      found.add(
          Diagnostic.error(
              PlanDiagnosticIds.GOLEM_OUTBOUND,
              spec.source(),
              at,
              "Providers of the network let fragments reach no host, so `outbound` is for runs on"
                  + " this machine only.",
              "Let providers fetch files with `input` or `files: { name: { url, hash } }`, and"
                  + " remove `outbound`; or run without `--on golem`."));
    }
    return new Checked<>(found.isEmpty() ? spec : null, found);
  }

  /** The same as warnings: on this machine the file is right. */
  public static List<Diagnostic> warnings(PipelineSpec spec) {
    return onNetwork(spec).diagnostics().stream().map(Diagnostic::asWarning).toList();
  }
}
