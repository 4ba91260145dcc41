/**
 * A daemon's REST API, one immutable value a call; hides authentication, time limits, which call
 * may be sent twice, pauses between tries, error answers and event streams. {@link
 * org.golempipeline.golem.http.DaemonCalls} is for those who speak to endpoints that the client
 * itself does not need; the rest serves the other rooms of the client.
 */
@NullMarked
package org.golempipeline.golem.http;

import org.jspecify.annotations.NullMarked;
