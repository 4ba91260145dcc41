package org.golempipeline.plugins;

/** What a strategy says of itself, asked once. */
record Traits(
    String name, String version, String summary, String optionsSchema, boolean optionsRequired) {}
