package org.golempipeline.golem.wire;

/** Names of properties in demands and offers; a question mark at the end is part of the name. */
public final class PropertyNames {
  public static final String TASK_PACKAGE = "golem.srv.comp.task_package";

  /** What its programs may do beyond computing: the network, for one. */
  public static final String MANIFEST = "golem.srv.comp.payload";

  public static final String PACKAGE_FORMAT = "golem.srv.comp.vm.package_format";
  public static final String EXPIRATION = "golem.srv.comp.expiration";
  public static final String MULTI_ACTIVITY = "golem.srv.caps.multi-activity";
  public static final String SUBNET = "golem.node.debug.subnet";
  public static final String NODE_NAME = "golem.node.id.name";
  public static final String RUNTIME_NAME = "golem.runtime.name";
  public static final String RUNTIME_VERSION = "golem.runtime.version";
  public static final String RUNTIME_CAPABILITIES = "golem.runtime.capabilities";

  /** Whether it tells how much of an image is there, if asked. */
  public static final String DEPLOY_PROGRESS = "golem.activity.caps.deploy.report-progress";

  public static final String MEMORY = "golem.inf.mem.gib";
  public static final String STORAGE = "golem.inf.storage.gib";
  public static final String CORES = "golem.inf.cpu.cores";
  public static final String THREADS = "golem.inf.cpu.threads";
  public static final String SCHEME = "golem.com.scheme";
  public static final String PRICING_MODEL = "golem.com.pricing.model";
  public static final String COEFFICIENTS = "golem.com.pricing.model.linear.coeffs";
  public static final String USAGE_VECTOR = "golem.com.usage.vector";
  public static final String PROTOCOL_VERSION = "golem.com.payment.protocol.version";
  public static final String CHOSEN_PLATFORM = "golem.com.payment.chosen-platform";
  public static final String ACCEPT_TIMEOUT = "golem.com.payment.debit-notes.accept-timeout?";
  public static final String DEBIT_NOTE_INTERVAL = "golem.com.scheme.payu.debit-note.interval-sec?";
  public static final String PAYMENT_TIMEOUT = "golem.com.scheme.payu.payment-timeout-sec?";

  /** Our own: the run that a demand belongs to. */
  public static final String RUN = "golem.pipeline.run";

  /** Counter of wall time. */
  public static final String USAGE_DURATION = "golem.usage.duration_sec";

  /** Counter of processor time. */
  public static final String USAGE_CPU = "golem.usage.cpu_sec";

  private PropertyNames() {}

  /** Where the wallet on {@code platform} stands. */
  public static String address(String platform) {
    return "golem.com.payment.platform." + platform + ".address";
  }
}
