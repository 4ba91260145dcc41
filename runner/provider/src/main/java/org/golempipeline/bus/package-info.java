/**
 * The service bus of a yagna daemon: a connection over which a program of the same machine serves
 * addresses and calls others. Frames, protobuf packets, compressed FlexBuffers bodies, pings and
 * reconnecting are in here.
 */
@NullMarked
package org.golempipeline.bus;

import org.jspecify.annotations.NullMarked;
