package org.golempipeline.node;

/** A way in which a request to the node fails. */
public enum EndpointFault {
  /** Answered 500 without being done. */
  INTERNAL_ERROR,
  /** Answered 408 without being done. */
  TIMEOUT,
  /** Not done and not answered: the connection ends. */
  LOST_REQUEST,
  /** Done, but not answered: the connection ends. */
  LOST_ANSWER
}
