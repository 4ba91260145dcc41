package org.golempipeline.exeunit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.golempipeline.golem.wire.FileMessage;
import org.jspecify.annotations.Nullable;

/**
 * Moves single files between volumes and the requestor's file services or web servers. Formats,
 * depth and file sets are ignored, as in the exe-unit. Blocks, and can be interrupted.
 */
final class Transfers {
  private static final Pattern HASHED =
      Pattern.compile("hash:(?://)?sha3:(?:0x)?([0-9a-f]+):(.*)", Pattern.CASE_INSENSITIVE);
  private static final int CHUNKS_IN_FLIGHT = 8;
  private static final int TRIES = 3;

  private final Executor executor;
  private final Duration retry;
  private @Nullable HttpClient web;

  /**
   * @param retry before a broken transfer is tried again; twice as long the second time
   */
  Transfers(Executor executor, Duration retry) {
    this.executor = executor;
    this.retry = retry;
  }

  /** As the released exe-unit says it. */
  static CommandException error(String reason) {
    return new CommandException("Local service error: Transfer error: " + reason);
  }

  void run(
      Deployment deployment,
      ExeHost host,
      Conduct conduct,
      String from,
      String to,
      Progress progress)
      throws CommandException, IOException, InterruptedException {
    Matcher hashed = HASHED.matcher(from);
    String hash = hashed.matches() ? hashed.group(1).toLowerCase(Locale.ROOT) : null;
    String source = hashed.matches() ? hashed.group(2) : from;
    String sourceScheme = scheme(source);
    String targetScheme = scheme(to);
    if (targetScheme.equals("container") && !sourceScheme.equals("container")) {
      Path file = deployment.file(path(to));
      Files.createDirectories(file.getParent());
      download(source, file, hash, host, conduct, progress);
    } else if (sourceScheme.equals("container") && !targetScheme.equals("container")) {
      upload(deployment.file(path(source)), to, host, conduct, progress);
    } else if (sourceScheme.equals("container")) {
      copy(deployment.file(path(source)), deployment.file(path(to)), progress);
    } else {
      throw error("Unsupported transfer from " + source + " to " + to);
    }
  }

  /** Fetches an image, whose content must have this hash. */
  void fetchImage(String source, Path file, String hash, ExeHost host, Progress progress)
      throws CommandException, IOException, InterruptedException {
    if (scheme(source).equals("container")) {
      throw error("Unsupported scheme of an image: " + source);
    }
    fetch(source, file, false, host, Conduct.HONEST, progress);
    String actual = sha3(file, hash.length() * 4);
    if (!hash.equals(actual)) {
      throw error(
          ("Incorrect hash provided or downloaded image is corrupted: calculated hash %s differs"
                  + " from the expected one %s")
              .formatted(actual, hash));
    }
  }

  private static void copy(Path from, Path to, Progress progress)
      throws CommandException, IOException {
    requireFile(from);
    if (Files.isDirectory(to)) {
      throw error("Is a directory (os error 21): " + to);
    }
    Files.createDirectories(to.getParent());
    if (!Files.exists(to) || !Files.isSameFile(from, to)) {
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
    progress.moved(Files.size(to), Files.size(to));
  }

  private static void requireFile(Path file) throws CommandException {
    if (!Files.isRegularFile(file)) {
      throw error("No such file or directory (os error 2): " + file);
    }
  }

  private static String scheme(String location) throws CommandException {
    int colon = location.indexOf(':');
    String scheme = colon < 0 ? "container" : location.substring(0, colon).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "container", "gftp", "http", "https" -> scheme;
      default -> throw error("Unsupported scheme: " + scheme);
    };
  }

  private static String path(String location) {
    return location.substring(location.indexOf(':') + 1);
  }

  private void download(
      String source,
      Path file,
      @Nullable String hash,
      ExeHost host,
      Conduct conduct,
      Progress progress)
      throws CommandException, IOException, InterruptedException {
    boolean kept = conduct.resumesDownloads() && Files.exists(file);
    fetch(source, file, kept, host, conduct, progress);
    if (hash != null && !hash.equals(sha3(file, hash.length() * 4))) {
      throw error("Hash mismatch of " + source.replaceFirst("//[^/@]*@", "//"));
    }
  }

  private void fetch(
      String source, Path file, boolean kept, ExeHost host, Conduct conduct, Progress progress)
      throws CommandException, IOException, InterruptedException {
    if (scheme(source).equals("gftp")) {
      again(() -> fetch(service(host, source), file, kept, conduct, progress));
    } else {
      WebFile web = WebFile.at(source);
      again(() -> fetchWeb(web, file, kept, progress));
      pace(conduct, Files.size(file));
    }
  }

  /** A slow link takes its time. */
  private static void pace(Conduct conduct, long bytes) throws InterruptedException {
    Duration time = conduct.transferTime(bytes);
    if (!time.isZero()) {
      sleep(time);
    }
  }

  private static void sleep(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }

  private interface Step {
    void run() throws CommandException, TransferException, IOException, InterruptedException;
  }

  /** Tries again what failed because a connection broke. */
  private void again(Step step) throws CommandException, IOException, InterruptedException {
    Duration pause = retry;
    for (int tries = 1; ; tries++) {
      try {
        step.run();
        return;
      } catch (TransferException e) {
        if (!e.mayPass()) {
          throw error(e.text());
        }
        if (tries == TRIES) {
          throw error("Transfer failed: " + e.text());
        }
        sleep(pause);
        pause = pause.multipliedBy(2);
      }
    }
  }

  private static ExeHost.RequestorFile service(ExeHost host, String url) throws TransferException {
    String rest = url.substring(url.indexOf(':') + 1).replaceFirst("^//", "");
    int slash = rest.indexOf('/');
    return host.file(slash < 0 ? rest : rest.substring(0, slash), rest.substring(slash + 1));
  }

  /** Reads a file of the requestor, several chunks ahead. */
  private static void fetch(
      ExeHost.RequestorFile service, Path file, boolean resume, Conduct conduct, Progress progress)
      throws CommandException, TransferException, IOException, InterruptedException {
    FileMessage.Reply metadata = answer(service.call(new FileMessage.GetMetadata(id())));
    if (!(metadata instanceof FileMessage.Metadata known)) {
      throw error("Unexpected answer to GetMetadata");
    }
    long size = known.fileSize();
    int chunk = FileMessage.chunkSize();
    try (FileChannel target = open(file, resume)) {
      long asked = Math.min(size, target.size());
      target.position(asked);
      long written = asked;
      Deque<CompletableFuture<FileMessage.Reply>> ahead = new ArrayDeque<>();
      while (written < size) {
        while (ahead.size() < CHUNKS_IN_FLIGHT && asked < size) {
          long part = Math.min(chunk, size - asked);
          ahead.add(service.call(new FileMessage.GetChunk(id(), asked, part)));
          asked += part;
        }
        FileMessage.Reply reply = answer(ahead.remove());
        if (!(reply instanceof FileMessage.Chunk content)
            || content.offset() != written
            || content.content().remaining() != Math.min(chunk, size - written)) {
          throw error("Unexpected answer to GetChunk at " + written);
        }
        written += content.content().remaining();
        int moved = content.content().remaining();
        write(target, content.content());
        pace(conduct, moved);
        progress.moved(written, size);
      }
    }
  }

  private static void write(FileChannel target, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      target.write(bytes);
    }
  }

  private static FileChannel open(Path file, boolean resume) throws IOException {
    return resume
        ? FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
        : FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
  }

  private static String id() {
    return UUID.randomUUID().toString();
  }

  private static FileMessage.Reply answer(CompletableFuture<FileMessage.Reply> call)
      throws CommandException, TransferException, InterruptedException {
    try {
      FileMessage.Reply reply = call.get();
      if (reply instanceof FileMessage.Failed failed) {
        throw error("Transfer failed: " + failed.kind() + ": " + failed.message());
      }
      return reply;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof TransferException known) {
        throw known;
      }
      if (cause instanceof TimeoutException) {
        throw TransferException.broken("Timeout of the file service");
      }
      throw new IllegalStateException(cause);
    }
  }

  private void upload(Path file, String to, ExeHost host, Conduct conduct, Progress progress)
      throws CommandException, IOException, InterruptedException {
    requireFile(file);
    if (scheme(to).equals("gftp")) {
      again(() -> send(file, service(host, to), host.hashesFiles(), conduct, progress));
    } else {
      WebFile web = WebFile.at(to);
      again(() -> put(file, web, progress));
      pace(conduct, Files.size(file));
    }
  }

  /** Sends one chunk after the other: receivers append what comes and ignore offsets. */
  private static void send(
      Path file, ExeHost.RequestorFile service, boolean hashed, Conduct conduct, Progress progress)
      throws CommandException, TransferException, IOException, InterruptedException {
    MessageDigest digest = hashed ? digest(256) : null;
    byte[] buffer = new byte[FileMessage.chunkSize()];
    Optional<Conduct.Forger> forger = conduct.forger();
    long offset = 0;
    long size = Files.size(file);
    try (InputStream source = Files.newInputStream(file)) {
      for (int n = source.readNBytes(buffer, 0, buffer.length);
          n > 0;
          n = source.readNBytes(buffer, 0, buffer.length)) {
        if (forger.isPresent()) {
          forger.get().forge(buffer, n);
        }
        ByteBuffer chunk = ByteBuffer.wrap(buffer, 0, n);
        CompletableFuture<FileMessage.Reply> sent =
            service.call(new FileMessage.UploadChunk(id(), offset, chunk));
        if (digest != null) {
          digest.update(buffer, 0, n);
        }
        var unused = answer(sent);
        pace(conduct, n);
        offset += n;
        progress.moved(offset, size);
      }
    }
    String hash =
        digest == null ? null : conduct.statedHash(HexFormat.of().formatHex(digest.digest()));
    var unused = answer(service.call(new FileMessage.UploadFinished(id(), hash)));
  }

  private void fetchWeb(WebFile source, Path file, boolean resume, Progress progress)
      throws CommandException, TransferException, IOException, InterruptedException {
    HttpRequest head = source.request().method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
    HttpResponse<Void> found = exchange(head, HttpResponse.BodyHandlers.discarding());
    requireOk(found, source.uri());
    if (resume) {
      return;
    }
    HttpRequest get = source.request().GET().build();
    HttpResponse<InputStream> got = exchange(get, HttpResponse.BodyHandlers.ofInputStream());
    long length = got.headers().firstValueAsLong("Content-Length").orElse(-1);
    try (InputStream content = got.body();
        OutputStream target = Files.newOutputStream(file)) {
      requireOk(got, source.uri());
      byte[] buffer = new byte[64 * 1024];
      long done = 0;
      for (int n = read(content, buffer, source); n >= 0; n = read(content, buffer, source)) {
        target.write(buffer, 0, n);
        done += n;
        progress.moved(done, length < 0 ? null : length);
      }
    }
  }

  /** That a connection breaks is another trouble than a full disk. */
  private static int read(InputStream content, byte[] buffer, WebFile source)
      throws TransferException {
    try {
      return content.read(buffer);
    } catch (IOException e) {
      throw TransferException.broken(source.uri() + ": " + e);
    }
  }

  private void put(Path file, WebFile target, Progress progress)
      throws CommandException, TransferException, IOException, InterruptedException {
    HttpRequest.BodyPublisher body;
    try {
      body = HttpRequest.BodyPublishers.ofFile(file);
    } catch (FileNotFoundException e) {
      throw error(String.valueOf(e.getMessage()));
    }
    HttpRequest request = target.request().PUT(body).build();
    requireOk(exchange(request, HttpResponse.BodyHandlers.discarding()), target.uri());
    progress.moved(Files.size(file), Files.size(file));
  }

  private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws TransferException, InterruptedException {
    try {
      return web().send(request, handler);
    } catch (IOException e) {
      throw TransferException.broken(request.uri() + ": " + e);
    }
  }

  private synchronized HttpClient web() {
    if (web == null) {
      web =
          HttpClient.newBuilder()
              .followRedirects(HttpClient.Redirect.NORMAL)
              .executor(executor)
              .build();
    }
    return web;
  }

  private static void requireOk(HttpResponse<?> response, URI uri) throws CommandException {
    if (response.statusCode() / 100 != 2) {
      throw error("HTTP status " + response.statusCode() + " from " + uri);
    }
  }

  private static String sha3(Path file, int bits) throws IOException, CommandException {
    MessageDigest digest = digest(bits);
    byte[] buffer = new byte[64 * 1024];
    try (InputStream source = Files.newInputStream(file)) {
      for (int n = source.read(buffer); n >= 0; n = source.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest(int bits) throws CommandException {
    try {
      return MessageDigest.getInstance("SHA3-" + bits);
    } catch (NoSuchAlgorithmException e) {
      throw error("Unsupported hash of " + bits + " bits");
    }
  }
}
