/**
 * The front door: opens a pipeline file, checks, plans and runs it. What a Java program needs is
 * here and in {@code event}, which change compatibly within a major version; what is marked {@link
 * org.golempipeline.pipeline.ForCommands} and the other packages of the engine change at any time.
 */
@NullMarked
package org.golempipeline.pipeline;

import org.jspecify.annotations.NullMarked;
