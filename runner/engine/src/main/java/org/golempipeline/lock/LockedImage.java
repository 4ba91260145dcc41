package org.golempipeline.lock;

/**
 * What an image tag meant when it was first asked for.
 *
 * @param sha3 its SHA3-224 in hex
 * @param url where it is
 */
public record LockedImage(String sha3, String url) {}
