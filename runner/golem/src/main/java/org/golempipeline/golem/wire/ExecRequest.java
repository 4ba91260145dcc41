package org.golempipeline.golem.wire;

/** The body that sends a batch; {@code text} is JSON again, see {@link ExeScript}. */
public record ExecRequest(String text) {}
