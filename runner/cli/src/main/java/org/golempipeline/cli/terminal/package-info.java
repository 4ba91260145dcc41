/**
 * What a process gets from outside, and how commands speak: streams, words, exit codes, signals.
 */
@NullMarked
package org.golempipeline.cli.terminal;

import org.jspecify.annotations.NullMarked;
