package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose providers fetch files from a web server themselves. */
@Timeout(240)
class RemoteInputTest {
  @TempDir Path folder;
  private Project project;
  private HttpServer server;
  private ExecutorService threads;
  private final Map<String, String> contents = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private volatile boolean hangs;

  @BeforeEach
  void open() throws IOException {
    project = new Project(folder);
    threads = Executors.newCachedThreadPool();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().toString();
      requests.add(exchange.getRequestMethod() + " " + path);
      if (hangs) {
        new CountDownLatch(1).await();
      }
      var content = contents.get(path);
      if (content == null || refusals.getAndDecrement() > 0) {
        exchange.sendResponseHeaders(content == null ? 404 : 503, -1);
        return;
      }
      var bytes = content.getBytes(StandardCharsets.UTF_8);
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Puts {@code content} on the server and answers how an input names it. */
  private String web(String path, String content) {
    contents.put(path, content);
    return source(path, hash(content));
  }

  private String source(String path, String hash) {
    return "{ url: \"" + url(path) + "\", hash: \"" + hash + "\" }";
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private static String hash(String content) {
    try {
      var digest = MessageDigest.getInstance("SHA3-224");
      return HexFormat.of().formatHex(digest.digest(content.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private RunEvent.FragmentFailed failed() {
    var failed = project.events(RunEvent.FragmentFailed.class);
    assertThat(failed).hasSize(1);
    return failed.get(0);
  }

  @Test
  void theProviderFetchesTheInput() throws Exception {
    var content = "line\n".repeat(50_000);
    project.succeed(
        """
        version: 1
        name: one
        input: %s
        run: |
          wc -l < "$in" > "$out"
          echo "$path $stem ${in##*/}" >> "$out"
        merge: concat
        output: all.txt
        """
            .formatted(web("/data/words.txt?version=2", content)));
    assertThat(project.read("all.txt").lines().map(String::strip))
        .containsExactly("50000", "words.txt words in.txt");
    assertThat(requests)
        .containsExactly("HEAD /data/words.txt?version=2", "GET /data/words.txt?version=2");
  }

  @Test
  void localAndRemoteFilesStandSideBySide() throws Exception {
    project.file("in/b.txt", "local b").file("in/c.txt", "local c");
    var shouting = "sha3:" + hash("web z").toUpperCase(Locale.ROOT);
    contents.put("/z.txt", "web z");
    project.succeed(
        """
        version: 1
        name: mixed
        input: [%s, "in/*.txt", %s, %s]
        run: tr a-z A-Z < "$in" > "$out"
        out: .up
        output: out/
        """
            .formatted(source("/z.txt", shouting), web("/deep/a.txt", "web a"), web("/empty", "")));
    assertThat(project.tree("out"))
        .isEqualTo(
            Map.of(
                "z.up", "WEB Z",
                "b.up", "LOCAL B",
                "c.up", "LOCAL C",
                "a.up", "WEB A",
                "empty.up", ""));
  }

  @Test
  void oneFragmentGetsAllOfThemInAFolder() throws Exception {
    project.file("in/sub/local.txt", "1");
    project.succeed(
        """
        version: 1
        name: folder
        input: ["in/**", %s, %s]
        split: none
        run: |
          cd "$in"
          find . -type f | LC_ALL=C sort > "$out"
          cat sub/local.txt a.bin b.bin >> "$out"
        output: all.txt
        """
            .formatted(web("/x/a.bin", "2"), web("/y/b.bin", "3")));
    assertThat(project.read("all.txt")).isEqualTo("./a.bin\n./b.bin\n./sub/local.txt\n123");
  }

  @Test
  void everyCombinationReadsTheSameFile() throws Exception {
    project.succeed(
        """
        version: 1
        name: matrix
        input: %s
        matrix: { n: 1..6 }
        run: echo "$n $(cat "$in")" > "$out"
        merge: concat
        output: all.txt
        """
            .formatted(web("/model", "model")));
    assertThat(project.read("all.txt"))
        .isEqualTo("1 model\n2 model\n3 model\n4 model\n5 model\n6 model\n");
    var batches = project.events(RunEvent.BatchStarted.class).size();
    assertThat(requests).filteredOn("GET /model"::equals).hasSize(batches);
  }

  @Test
  void sharedFilesAreFetchedOncePerProvider() throws Exception {
    project.file("local.txt", "local");
    var end =
        project.run(
            """
            version: 1
            name: shared
            files:
              bin/tool: %s
              local.txt: local.txt
            setup: chmod +x bin/tool
            split: { range: { from: 0, to: 30, step: 1, as: [first, many] } }
            run: bin/tool local.txt > "$out"
            merge: concat
            output: all.txt
            """
                .formatted(web("/t", "#!/bin/sh\ncat \"$1\"; echo\n")));
    assertThat(end.failure()).isNull();
    assertThat(project.read("all.txt")).isEqualTo("local\n".repeat(30));
    var machines =
        project.events(RunEvent.BatchStarted.class).stream()
            .map(RunEvent.BatchStarted::rental)
            .distinct();
    assertThat(requests).filteredOn("GET /t"::equals).hasSize((int) machines.count());
  }

  @Test
  void whatTheCommandDoesNotReadIsNotFetched() throws Exception {
    project.succeed(
        """
        version: 1
        name: unread
        input: %s
        run: echo "$path" > "$out"
        merge: concat
        output: all.txt
        """
            .formatted(source("/nowhere.txt", hash("x"))));
    assertThat(project.read("all.txt")).isEqualTo("nowhere.txt\n");
    assertThat(requests).isEmpty();
  }

  @Test
  void aWrongHashFailsEverywhereAndNamesTheAddress() throws Exception {
    contents.put("/changed.txt", "something else");
    var end =
        project.run(
            """
            version: 1
            name: wrong-hash
            input: %s
            run: cat "$in" > "$out"
            output: out/
            """
                .formatted(source("/changed.txt", hash("what it was"))));
    assertThat(end.exitCode()).isEqualTo(4);
    assertThat(failed().failure().kind()).isEqualTo(FailureKind.PROVIDER);
    assertThat(failed().failure().message())
        .startsWith("The provider could not fetch `" + url("/changed.txt") + "`: ")
        .containsIgnoringCase("hash");
    assertThat(failed().failure().hint()).contains("`hash`");
    assertThat(end.providers()).isGreaterThan(1);
    assertThat(project.tree("out")).isEmpty();
  }

  @Test
  void aMissingFileFailsItsOwnFragmentOnly() throws Exception {
    project.succeedInPart(
        """
        version: 1
        name: missing
        input: [%s, %s, %s]
        retry: { fail: 1 }
        run: cat "$in" > "$out"
        output: out/
        """
            .formatted(web("/a.txt", "a"), source("/missing.txt", hash("m")), web("/c.txt", "c")));
    assertThat(failed().fragment()).isEqualTo(1);
    assertThat(failed().failure().message()).contains(url("/missing.txt")).contains("404");
    assertThat(project.tree("out")).isEqualTo(Map.of("a.txt", "a", "c.txt", "c"));
  }

  @Test
  void aServerThatDoesNotAnswerIsNotWaitedForForever() throws Exception {
    var source = web("/a.txt", "a");
    hangs = true;
    var end =
        project.run(
            """
            version: 1
            name: no-answer
            files: { a.txt: %s }
            timeout: { transfer: 1s, idle: 500ms }
            run: cat a.txt > "$out"
            output: a.out
            """
                .formatted(source));
    assertThat(end.failure()).isNotNull();
    assertThat(failed().failure().message()).contains("no sign of life for 1 s");
    assertThat(project.read("a.out")).isNull();
  }

  @Test
  void anotherProviderTriesWhenTheServerStumbles() throws Exception {
    refusals.set(2);
    project.succeed(
        """
        version: 1
        name: stumbles
        input: %s
        run: cat "$in" > "$out"
        output: out/
        """
            .formatted(web("/a.txt", "a")));
    assertThat(project.tree("out")).isEqualTo(Map.of("a.txt", "a"));
  }

  @Test
  void hostileNamesInAddressesAreOnlyNames() throws Exception {
    var names =
        Map.of(
            "/a/-rf",
            "-rf",
            "/a/it's%20$(touch%20x);%22%60id%60%22",
            "it's $(touch x);\"`id`\"",
            "/a/new%0Aline.txt",
            "new\nline.txt",
            "/a/%C3%BC%F0%9F%98%80.t'x",
            "ü😀.t'x",
            "/a/..%2F..%2Fup",
            "a",
            "/..%2Fy/%2e%2e",
            "download",
            "/long/" + "n".repeat(300),
            "long",
            "/a/b%5Cc:hash:sha3:00:http://x",
            "x");
    var inputs = new StringBuilder();
    names.keySet().stream()
        .sorted()
        .forEach(path -> inputs.append("  - ").append(web(path, path)).append('\n'));
    for (var split : List.of("files", "none")) {
      var end =
          project.run(
              """
              version: 1
              name: hostile-%s
              input:
              %srun: |
                if [ -d "$in" ]; then cp -R -- "$in"/. "$outdir"; else cp -- "$in" "$outdir/$path"; fi
              out: "*"
              split: %s
              output: out-%s/
              """
                  .formatted(split, inputs, split, split));
      assertThat(end.failure()).isNull();
      var tree = project.tree("out-" + split);
      assertThat(tree.keySet()).containsExactlyInAnyOrderElementsOf(names.values());
      names.forEach((path, name) -> assertThat(tree.get(name)).isEqualTo(path));
    }
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
