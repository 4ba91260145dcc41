package org.golempipeline.lab;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** A `golem-pipeline provide` on a daemon of its own, in a process of its own. */
public final class Provider {
  private final List<String> product;
  private final String name;
  private final String subnet;
  private final Daemon daemon;
  private final URI api;
  private final Path folder;
  private final Path log;
  private Program running;

  /** The image of the lab is none, so programs are those of this machine. */
  private String where = "host";

  /**
   * Starts it.
   *
   * @param product the command that starts golem-pipeline
   * @param api where it finds its daemon, which may be behind somebody who changes what it says
   */
  Provider(
      List<String> product,
      String name,
      String subnet,
      Daemon daemon,
      URI api,
      Path folder,
      Path log)
      throws IOException {
    this.product = product;
    this.name = name;
    this.subnet = subnet;
    this.daemon = daemon;
    this.api = api;
    this.folder = Files.createDirectories(folder);
    this.log = log;
    this.running = launch();
  }

  public String name() {
    return name;
  }

  public Daemon daemon() {
    return daemon;
  }

  private Program launch() throws IOException {
    var environment = new HashMap<>(daemon.environment());
    environment.put("YAGNA_API_URL", api.toString());
    environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    return Program.start(command(), environment, folder, log);
  }

  private List<String> command() {
    var command = new ArrayList<>(product);
    command.addAll(List.of("provide", "--allow-public", "--subnet", subnet, "--name", name));
    command.addAll(List.of("--price", "start=0.001,cpu=0.1,env=0.02"));
    command.addAll(List.of("--threads", "2", "--memory", "4GiB", "--storage", "10GiB"));
    command.addAll(List.of("--in", where));
    command.addAll(List.of("--data-dir", folder.toString()));
    return command;
  }

  /** The processes that it started. */
  public List<ProcessHandle> descendants() {
    return running.handle().descendants().toList();
  }

  boolean hasEnded() {
    return !running.isAlive();
  }

  /** As `kill -9` does it. */
  public void kill() {
    running.kill();
  }

  /** Starts it anew after it ended. */
  public void restart() throws IOException {
    running.close();
    running = launch();
  }

  /** Starts it anew, to execute programs inside the images that agreements name, or no more. */
  public void restart(boolean inside) throws IOException {
    where = inside ? "image" : "host";
    restart();
  }
}
