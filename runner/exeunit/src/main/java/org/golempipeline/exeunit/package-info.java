/**
 * The exe-unit: what executes a requestor's scripts on a provider's machine, whoever brings them
 * there. Deployments, programs as processes of this machine, transfers, results, events and usage;
 * no HTTP, no bus, no market. Knows no pipeline.
 */
@NullMarked
package org.golempipeline.exeunit;

import org.jspecify.annotations.NullMarked;
