package org.golempipeline.golem.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * Does what yagna's program {@code gftp server} does for those who start it: publishes files for
 * providers, and receives files from them. Requests are JSON-RPC, one a line, answered in their
 * order. The files go through the daemon's file services, so no access to its bus is needed.
 */
public final class GftpServer {
  /** Programs look whether it is new enough. */
  private static final String VERSION = "0.17.6 (golem-pipeline)";

  private static final int PARSE_ERROR = -32700;
  private static final int INVALID_REQUEST = -32600;
  private static final int UNKNOWN_METHOD = -32601;
  private static final int INVALID_PARAMS = -32602;
  private static final int FAILED = -32000;

  private final SharedFiles files;

  private GftpServer(SharedFiles files) {
    this.files = files;
  }

  /**
   * Answers until {@code shutdown} is asked for or {@code requests} end; what was published is gone
   * then.
   *
   * @throws IOException if answers can not be written any more
   */
  public static void serve(GolemConnection connection, InputStream requests, OutputStream answers)
      throws IOException {
    try (SharedFiles files = new SharedFiles(connection)) {
      new GftpServer(files).serve(requests, answers);
    }
  }

  private static final class RpcException extends Exception {
    private static final long serialVersionUID = 1L;

    final int code;

    RpcException(int code, String message) {
      super(message, null, false, false);
      this.code = code;
    }
  }

  private void serve(InputStream requests, OutputStream answers) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(requests, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isBlank()) {
        continue;
      }
      JsonNode request = read(line);
      answers.write((answer(request) + "\r\n").getBytes(StandardCharsets.UTF_8));
      answers.flush();
      if (request != null && request.path("method").asText().equals("shutdown")) {
        return;
      }
    }
  }

  private static @Nullable JsonNode read(String line) {
    try {
      return WireJson.mapper().readTree(line);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private ObjectNode answer(@Nullable JsonNode request) {
    ObjectNode answer = WireJson.mapper().createObjectNode();
    answer.put("jsonrpc", "2.0");
    answer.set("id", request == null ? null : request.get("id"));
    try {
      answer.set("result", result(request));
    } catch (RpcException e) {
      answer.putObject("error").put("code", e.code).put("message", e.getMessage());
    } catch (NoSuchFileException e) {
      answer.putObject("error").put("code", FAILED).put("message", e.getFile() + ": no such file");
    } catch (IOException | InvalidPathException e) {
      answer.putObject("error").put("code", FAILED).put("message", CallFailure.text(e));
    } catch (GolemException e) {
      answer.putObject("error").put("code", FAILED).put("message", e.getMessage());
    }
    return answer;
  }

  private JsonNode result(@Nullable JsonNode request) throws RpcException, IOException {
    if (request == null) {
      throw new RpcException(PARSE_ERROR, "The request is not JSON.");
    }
    if (!request.path("jsonrpc").asText().equals("2.0") || !request.path("method").isTextual()) {
      throw new RpcException(INVALID_REQUEST, "The request is not JSON-RPC 2.0.");
    }
    JsonNode params = request.path("params");
    String method = request.path("method").asText();
    switch (method) {
      case "version":
        return text(VERSION);
      case "publish":
        return publish(list(params, "files"));
      case "receive":
        String target = param(params, "output_file");
        return link(target, files.receive(Path.of(target)));
      case "upload":
        String file = param(params, "file");
        files.upload(Path.of(file), param(params, "url"));
        return link(file, param(params, "url"));
      case "download":
        String output = param(params, "output_file");
        files.download(param(params, "url"), Path.of(output));
        return link(output, param(params, "url"));
      case "close":
        return close(list(params, "urls"));
      case "shutdown":
        return text("ok");
      default:
        throw new RpcException(UNKNOWN_METHOD, "There is no method " + method + ".");
    }
  }

  private JsonNode publish(JsonNode names) throws IOException {
    ArrayNode links = WireJson.mapper().createArrayNode();
    for (JsonNode name : names) {
      links.add(link(name.asText(), files.publish(Path.of(name.asText()))));
    }
    return links;
  }

  private JsonNode close(JsonNode urls) {
    ArrayNode statuses = WireJson.mapper().createArrayNode();
    for (JsonNode url : urls) {
      statuses.add(files.close(url.asText()) ? "ok" : "error");
    }
    return statuses;
  }

  private static JsonNode link(String file, String url) {
    return WireJson.mapper().createObjectNode().put("file", file).put("url", url);
  }

  private static JsonNode text(String text) {
    return WireJson.mapper().getNodeFactory().textNode(text);
  }

  private static String param(JsonNode params, String name) throws RpcException {
    if (!params.path(name).isTextual()) {
      throw new RpcException(INVALID_PARAMS, "The parameter " + name + " is missing.");
    }
    return params.path(name).asText();
  }

  private static JsonNode list(JsonNode params, String name) throws RpcException {
    if (!params.path(name).isArray()) {
      throw new RpcException(INVALID_PARAMS, "The parameter " + name + " is missing.");
    }
    if (params.path(name).isEmpty()) {
      throw new RpcException(INVALID_REQUEST, "The parameter " + name + " is an empty list.");
    }
    return params.path(name);
  }
}
