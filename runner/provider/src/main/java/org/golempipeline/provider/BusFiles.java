package org.golempipeline.provider;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.golempipeline.bus.Bus;
import org.golempipeline.bus.BusException;
import org.golempipeline.exeunit.ExeHost;
import org.golempipeline.exeunit.TransferException;
import org.golempipeline.golem.wire.FileMessage;

/** A file that a requestor serves, reached over the bus. */
final class BusFiles implements ExeHost.RequestorFile {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Bus bus;
  private final String identity;
  private final String address;

  /**
   * @param identity ours
   */
  BusFiles(Bus bus, String identity, String node, String file) {
    this.bus = bus;
    this.identity = identity;
    address = "/transfer/net/" + node.toLowerCase(Locale.ROOT) + "/gftp/" + file + "/";
  }

  @Override
  public CompletableFuture<FileMessage.Reply> call(FileMessage.Request request) {
    return bus.call(identity, address + request.component(), FileMessage.encodeBody(request), LIMIT)
        .handle(
            (body, problem) -> {
              if (problem != null) {
                throw new CompletionException(transfer(problem));
              }
              try {
                return FileMessage.decodeBody(request.id(), body);
              } catch (IllegalArgumentException e) {
                throw new CompletionException(
                    TransferException.refused(String.valueOf(e.getMessage())));
              }
            });
  }

  private static TransferException transfer(Throwable problem) {
    Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
    if (!(cause instanceof BusException known)) {
      return TransferException.refused(String.valueOf(cause));
    }
    return known.mayPass()
        ? TransferException.broken(known.text())
        : TransferException.refused(known.text());
  }
}
