package org.golempipeline.lock;

/**
 * A jar that a plugin of a Maven repository needs beside its own.
 *
 * @param sha256 of the jar, in lower-case hex
 */
public record LockedLibrary(MavenCoordinates maven, String sha256) {}
