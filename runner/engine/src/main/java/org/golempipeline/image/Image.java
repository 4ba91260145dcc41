package org.golempipeline.image;

/**
 * A VM image that providers can fetch.
 *
 * @param sha3 its SHA3-224 in hex
 * @param url where it is
 */
public record Image(String sha3, String url) {}
