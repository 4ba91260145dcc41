package org.golempipeline.exeunit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.golempipeline.gvmi.UnpackedImage;

/**
 * An image with programs in it: user, mount, pid, network, IPC and host name namespaces of its own,
 * made with util-linux. The image is read-only below a writable layer in memory; folders of this
 * machine are seen where they are bound, and nothing else of it. Programs are root there, which is
 * this process's user outside. All of them end with the first process, which ends when this process
 * does. Thread-safe; methods block for some milliseconds.
 */
final class Container implements AutoCloseable {
  /** Starts a process that ends with this process at the latest. */
  interface Launcher {
    Process launch(ProcessBuilder builder) throws IOException;
  }

  /**
   * What a container is made of.
   *
   * @param layer an empty folder, over which the writable layer is mounted
   * @param folders of this machine by their absolute paths inside, which have no links and line
   *     ends
   */
  record Parts(UnpackedImage image, Path layer, Map<String, Path> folders, Limits limits) {
    Parts {
      folders = new LinkedHashMap<>(folders);
    }
  }

  /** Where util-linux is on all systems; ours may hold anything, and is nobody's business. */
  private static final String SYSTEM_PATH =
      "/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin";

  private static final String SCRIPT = script();

  /** By its path, since programs are started with the PATH of their image. */
  private static final String NSENTER =
      Arrays.stream(SYSTEM_PATH.split(":"))
          .map(folder -> folder + "/nsenter")
          .filter(each -> Files.isExecutable(Path.of(each)))
          .findFirst()
          .orElse("nsenter");

  private static final String HOST_NAME = "golem";
  private static final Pattern READY = Pattern.compile("ready (\\d+) (\\d+)");

  /** What a container needs for itself. */
  private static final long OWN_STORAGE = 1 << 20;

  private static final long START_SECONDS = 30;
  private static final long END_SECONDS = 10;
  private static final String USUAL_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** By these this machine's own programs would be led, which are started on the way inside. */
  private static final Pattern LOADER =
      Pattern.compile(
          "(LD_|GLIBC_|GCONV_|MALLOC_|RES_|BASH|SHELLOPTS=|ENV=|PS4=|LOCPATH=|NLSPATH=|HOSTALIASES=)"
              + ".*",
          Pattern.DOTALL);

  private static final Pattern VARIABLE =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=([^\\x00]*)", Pattern.DOTALL);

  private final UnpackedImage image;
  private final Path layer;
  private final boolean network;
  private final Process process;
  private final Entrance entrance;
  private final Optional<MemoryGroup> memory;

  /**
   * The processes whose namespaces programs enter, as numbered outside.
   *
   * @param first of the container, in the outer user namespace
   * @param held in the inner one
   */
  private record Entrance(long first, long held) {}

  private Container(Parts parts, Process process, Entrance entrance) {
    image = parts.image;
    layer = parts.layer;
    network = !parts.limits.outbound();
    this.process = process;
    this.entrance = entrance;
    OptionalLong bytes = parts.limits.memory();
    memory = bytes.isPresent() ? MemoryGroup.make(bytes.getAsLong()) : Optional.empty();
  }

  private static String script() {
    try (InputStream text = Container.class.getResourceAsStream("container.sh")) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Makes one.
   *
   * @throws IOException that says what the system does not allow
   */
  static Container start(Parts parts, Launcher launcher) throws IOException {
    List<String> words = new ArrayList<>(Programs.ownSession());
    words.addAll(List.of("unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork"));
    words.addAll(List.of("--kill-child", "--ipc", "--uts"));
    if (!parts.limits.outbound()) {
      words.add("--net");
    }
    words.addAll(List.of("/bin/sh", "-c", SCRIPT, "container"));
    Process process = launcher.launch(clean(words).redirectErrorStream(true));
    try {
      OutputStream orders = process.getOutputStream();
      orders.write(orders(parts).getBytes(StandardCharsets.UTF_8));
      orders.flush();
      Container container = new Container(parts, process, ready(process));
      container.detach(launcher);
      return container;
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Nothing of our environment. */
  private static ProcessBuilder clean(List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().put("PATH", SYSTEM_PATH);
    builder.directory(Path.of("/").toFile());
    return builder;
  }

  private static String orders(Parts parts) {
    Limits limits = parts.limits;
    String size =
        limits.storage().isPresent()
            ? ",size=" + Math.max(OWN_STORAGE, limits.storage().getAsLong())
            : "";
    String start = parts.image.configuration().workingDir().orElse("/");
    List<String> orders = new ArrayList<>();
    orders.add(parts.layer.toString());
    orders.add(size);
    orders.add(parts.image.root().toString());
    orders.add(escaped(parts.image.root().toString()));
    orders.add(HOST_NAME);
    orders.add(start);
    parts.folders.entrySet().stream()
        .sorted(Comparator.comparing(each -> each.getKey().length()))
        .forEach(
            each -> {
              orders.add("folder ." + each.getKey());
              orders.add(
                  "mount %s %s none bind 0 0"
                      .formatted(
                          escaped(each.getValue().toString()), escaped("merged" + each.getKey())));
            });
    if (limits.outbound()) {
      orders.add("outbound");
    }
    orders.add("done");
    return String.join("\n", orders) + "\n";
  }

  /** As in a table of mounts. */
  private static String escaped(String path) {
    return path.replace("\\", "\\134")
        .replace(" ", "\\040")
        .replace("\t", "\\011")
        .replace("\n", "\\012");
  }

  private static Entrance ready(Process process) throws IOException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    var unused =
        done.orTimeout(START_SECONDS, TimeUnit.SECONDS)
            .exceptionally(
                late -> {
                  process.destroyForcibly();
                  return null;
                });
    List<String> said = new ArrayList<>();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher ready = READY.matcher(line);
      if (ready.matches()) {
        done.complete(null);
        return new Entrance(Long.parseLong(ready.group(1)), Long.parseLong(ready.group(2)));
      }
      if (line.equals("failed")) {
        break;
      }
      said.add(line.strip());
    }
    done.complete(null);
    throw new IOException(said.isEmpty() ? "it ended at once" : said.get(0));
  }

  /** Takes this machine's file system out of it; before that, nothing of the image may run. */
  private void detach(Launcher launcher) throws IOException {
    Path old = root().resolve("dev/.old");
    List<String> words = enter(entrance.held, "-m");
    words.addAll(List.of("--root=/", "umount", "-l", old.toString()));
    Process umount = launcher.launch(clean(words).redirectErrorStream(true));
    umount.getOutputStream().close();
    String said = new String(umount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (umount.waitFor() != 0) {
        throw new IOException(said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    Files.delete(old);
  }

  private static List<String> enter(long process, String... namespaces) {
    List<String> words = new ArrayList<>(List.of(NSENTER, "-t", String.valueOf(process), "-U"));
    words.addAll(List.of(namespaces));
    words.add("--preserve-credentials");
    return words;
  }

  /**
   * Its root as seen from outside; links in it are to be followed by nobody but a program inside.
   */
  private Path root() {
    return Path.of("/proc", String.valueOf(entrance.held), "root");
  }

  /** What its programs changed in the image, as overlay file systems keep it. */
  VisibleFolder changes() {
    Path first = Path.of("/proc", String.valueOf(entrance.first), "root");
    Path upper = first.resolve(Path.of("/").relativize(layer)).resolve("upper");
    return new VisibleFolder("/", upper, Optional.of(image.root()));
  }

  /** Whether there is such a program at the moment, for a program inside. */
  boolean has(String program) {
    return program.startsWith("/")
        && new UnpackedImage(root(), image.configuration())
            .find(program)
            .filter(each -> Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS))
            .filter(Files::isExecutable)
            .isPresent();
  }

  /**
   * How to run a program inside, started where the image says: words for this machine, to be run
   * with {@link #environment}.
   *
   * @param command an absolute path inside, and arguments
   */
  List<String> command(List<String> command) {
    List<String> words = enter(entrance.first, "-p", "-i", "-u");
    if (network) {
      words.add("-n");
    }
    words.addAll(enter(entrance.held, "-m"));
    words.add("--wd=/proc/" + entrance.held + "/cwd");
    List<String> late =
        image.configuration().env().stream().filter(Container::isForTheLoader).toList();
    if (!late.isEmpty() && has("/usr/bin/env")) {
      words.add("/usr/bin/env");
      words.addAll(late);
    }
    words.addAll(command);
    return words;
  }

  private static boolean isForTheLoader(String variable) {
    return VARIABLE.matcher(variable).matches() && LOADER.matcher(variable).matches();
  }

  /** What a program of the image gets: what the image says, and the least that it may omit. */
  Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", USUAL_PATH);
    environment.put("HOME", "/root");
    for (String variable : image.configuration().env()) {
      Matcher parts = VARIABLE.matcher(variable);
      if (parts.matches() && !isForTheLoader(variable)) {
        environment.put(parts.group(1), parts.group(2));
      }
    }
    return environment;
  }

  /** Bytes that its writable layer holds. */
  long written() {
    try {
      var store = Files.getFileStore(root().resolve("dev"));
      return store.getTotalSpace() - store.getUnallocatedSpace();
    } catch (IOException e) {
      return 0;
    }
  }

  /** What a process has to enter for the memory of programs to be bounded, where that can be. */
  Optional<Path> memoryGroup() {
    return memory.map(MemoryGroup::processes);
  }

  /** By which who started it knows it. */
  Process process() {
    return process;
  }

  /** Kills all that runs in it, and returns when that is gone. */
  @Override
  public void close() {
    List<ProcessHandle> first = process.children().toList();
    first.forEach(ProcessHandle::destroyForcibly);
    try {
      if (first.isEmpty() || !process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    memory.ifPresent(MemoryGroup::close);
  }
}
