package org.golempipeline.lock;

/**
 * An image that was made.
 *
 * @param digest of what it was made of, {@code sha256:} and hex
 * @param sha3 its SHA3-224 in hex
 */
public record LockedBuild(String digest, String sha3) {}
