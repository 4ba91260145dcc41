package org.golempipeline.run;

import java.io.IOException;
import org.golempipeline.golem.GolemConnection;

/** Where a run rents its machines. Each is asked for at most once, and only when it is needed. */
public interface Daemons {
  /** The daemon that knows the market: the user's own, or the embedded node. */
  GolemConnection network() throws IOException;

  /** One whose only provider is this machine, where audits run. */
  GolemConnection thisMachine() throws IOException;
}
