package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;

/** A wallet on a payment platform that is ready to pay. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RequestorAccount(
    String platform,
    String address,
    String driver,
    String network,
    String token,
    boolean send,
    boolean receive) {}
