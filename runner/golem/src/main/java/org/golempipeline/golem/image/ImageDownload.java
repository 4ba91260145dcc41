package org.golempipeline.golem.image;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.http.Failures;
import org.jspecify.annotations.Nullable;

/**
 * Gets an image from where a registry says that it is. Goes on where an earlier download ended, if
 * the server can. Blocks; an interrupt ends it.
 */
public final class ImageDownload {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final int PARTIAL = 206;
  private static final int UNSATISFIABLE = 416;
  private static final int BUFFER = 1 << 16;

  private final ImageRegistry.Answer.Found image;
  private final LongConsumer progress;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  /**
   * Of one image.
   *
   * @param progress gets the number of bytes that are here, now and then
   */
  public ImageDownload(ImageRegistry.Answer.Found image, LongConsumer progress) {
    this.image = image;
    this.progress = progress;
  }

  /**
   * Writes the image into {@code part}, and checks its hash.
   *
   * @param part may hold the beginning
   * @throws GolemException if it cannot be had; what arrived is kept for the next time, unless it
   *     is wrong
   */
  public void into(Path part) throws IOException, InterruptedException {
    try (var file =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (image.size() == 0 || file.size() != image.size()) {
        receive(file);
      }
      if (!hash(file).equals(image.hash())) {
        Files.delete(part);
        throw failure("what is there has another hash", null);
      }
    }
  }

  private void receive(FileChannel file) throws IOException, InterruptedException {
    var response = ask(file.size());
    if (response.statusCode() == UNSATISFIABLE) {
      response.body().close();
      file.truncate(0);
      response = ask(0);
    }
    try (var body = response.body()) {
      if (response.statusCode() == PARTIAL && startsAt(response, file.size())) {
        file.position(file.size());
      } else if (response.statusCode() == 200) {
        file.truncate(0);
      } else {
        throw failure("the server answers HTTP " + response.statusCode(), null);
      }
      copy(body, file);
    }
  }

  private HttpResponse<InputStream> ask(long from) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(image.url()));
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw failure("no answer (" + e.getMessage() + ")", e);
    }
  }

  private static boolean startsAt(HttpResponse<?> response, long position) {
    return response
        .headers()
        .firstValue("Content-Range")
        .filter(range -> range.startsWith("bytes " + position + "-"))
        .isPresent();
  }

  private void copy(InputStream body, FileChannel file) throws IOException, InterruptedException {
    var buffer = new byte[BUFFER];
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      int count;
      try {
        count = body.read(buffer);
      } catch (IOException e) {
        throw failure("the connection broke (" + e.getMessage() + ")", e);
      }
      if (count < 0) {
        return;
      }
      if (image.size() > 0 && file.position() + count > image.size()) {
        file.truncate(0);
        throw failure("what is there is larger than the registry says", null);
      }
      for (var bytes = ByteBuffer.wrap(buffer, 0, count); bytes.hasRemaining(); ) {
        file.write(bytes);
      }
      progress.accept(file.position());
    }
  }

  private static String hash(FileChannel file) throws IOException {
    var digest = ImageUpload.digest("SHA3-224");
    var buffer = ByteBuffer.allocate(BUFFER);
    file.position(0);
    while (file.read(buffer.clear()) >= 0) {
      digest.update(buffer.flip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private GolemException failure(String reason, @Nullable Exception e) {
    return new GolemException(
        GolemException.Kind.MARKET,
        Failures.sentence("download the image from " + image.url(), reason),
        "Check the connection and try again: it goes on where it ended.",
        e);
  }
}
