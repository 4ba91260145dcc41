/**
 * Decides what a run does next, as a pure state machine: (state, message, now) → (events, actions).
 * No clock, no thread, no file, no randomness of its own, so that it can be simulated and replayed.
 */
@NullMarked
package org.golempipeline.schedule;

import org.jspecify.annotations.NullMarked;
