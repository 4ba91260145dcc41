package org.golempipeline.lock;

/**
 * A plugin that a pipeline was given.
 *
 * @param version as its jar states it, for people
 * @param path of the jar, relative to the folder of the pipeline file, with {@code /}
 * @param sha256 of the jar, in lower-case hex
 */
public record LockedPlugin(String version, String path, String sha256) {}
