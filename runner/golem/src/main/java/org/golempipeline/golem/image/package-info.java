/**
 * The registry of images; hides its answers, part uploads and downloads that go on where they
 * broke. Needs no daemon.
 */
@NullMarked
package org.golempipeline.golem.image;

import org.jspecify.annotations.NullMarked;
