/**
 * What is wrong with a text, where, and what to do about it: values, all collected, never thrown.
 */
@NullMarked
package org.golempipeline.diagnostic;

import org.jspecify.annotations.NullMarked;
