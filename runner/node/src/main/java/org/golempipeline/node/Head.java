package org.golempipeline.node;

import org.jspecify.annotations.Nullable;

/** What a request says before its body, however it came. */
interface Head {
  String method();

  /** Without the query, decoded. */
  String path();

  /** The first value of a query parameter, decoded. */
  @Nullable String query(String name);

  @Nullable String header(String name);

  /** Host and port by which the caller knows us. */
  String host();
}
