/**
 * Addresses at which providers fetch and bring files while a session, or this process, is there;
 * hides the bus behind the daemon, its chunks and its shortcut, and files that arrive in pieces.
 * {@link org.golempipeline.golem.files.GftpServer} does the same for other SDKs.
 */
@NullMarked
package org.golempipeline.golem.files;

import org.jspecify.annotations.NullMarked;
