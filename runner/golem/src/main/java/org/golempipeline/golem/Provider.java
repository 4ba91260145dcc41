package org.golempipeline.golem;

/**
 * Who a machine is rented from.
 *
 * @param id node id, lower case
 * @param name what the owner calls it; not unique
 * @param wallet where payments go
 * @param threads of its processor that our work may use, so many processor seconds a second
 */
public record Provider(String id, String name, String wallet, int threads) {}
