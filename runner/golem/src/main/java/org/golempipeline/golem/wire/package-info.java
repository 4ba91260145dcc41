/**
 * What the Golem REST API speaks in: a record for each JSON object, the names of properties, and
 * the FlexBuffers messages of the file service. Used by our client and by the embedded node;
 * behaviour belongs to them, not here.
 */
@NullMarked
package org.golempipeline.golem.wire;

import org.jspecify.annotations.NullMarked;
