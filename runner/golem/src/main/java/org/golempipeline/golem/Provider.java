package org.golempipeline.golem;

/**
 * Who a machine is rented from.
 *
 * @param id node id, lower case
 * @param name what the owner calls it; not unique
 * @param wallet where payments go
 */
public record Provider(String id, String name, String wallet) {}
