package org.golempipeline.golem.wire;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * A daemon that is a part of its requestor's process. Requests, answers and events are the same
 * bytes as over HTTP, handed over without a socket. Thread-safe; never blocks.
 */
public interface NearDaemon {
  /**
   * One request; nobody changes or compares the bytes.
   *
   * @param path from the base of all APIs on, with the query
   * @param accept the header of this name
   * @param body empty for none
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Request(String method, String path, String appKey, String accept, byte[] body) {}

  /** One answer; nobody changes or compares the bytes. */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, byte[] body) {}

  /**
   * Answers {@code request}, maybe at once. Fails with {@link java.net.ConnectException} if it
   * never arrived, and with another {@link java.io.IOException} if it may have.
   */
  CompletableFuture<Answer> call(Request request);

  /**
   * Sends the lines of the event stream that {@code request} names until one of the two ends it;
   * false if there is none. Fails as {@link #call} does.
   */
  CompletableFuture<Boolean> follow(Request request, Flow.Subscriber<String> lines);

  /** The way of files. */
  FileShortcut files();
}
