package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One command of a batch, on the wire an object with its name as the only key. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(value = ExeCommand.Deploy.class, name = "deploy"),
  @JsonSubTypes.Type(value = ExeCommand.Start.class, name = "start"),
  @JsonSubTypes.Type(value = ExeCommand.Run.class, name = "run"),
  @JsonSubTypes.Type(value = ExeCommand.Transfer.class, name = "transfer"),
  @JsonSubTypes.Type(value = ExeCommand.Sign.class, name = "sign"),
  @JsonSubTypes.Type(value = ExeCommand.Terminate.class, name = "terminate")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface ExeCommand {
  /**
   * Unpacks the image.
   *
   * @param volumes a list of paths, each a folder on the provider, or a map from path to kind
   * @param progress how often to report on the download
   */
  record Deploy(
      @Nullable JsonNode volumes,
      @Nullable JsonNode net,
      @Nullable Map<String, String> hosts,
      @Nullable String hostname,
      @Nullable Map<String, String> env,
      @Nullable JsonNode progress)
      implements ExeCommand {
    private static final String INTERVAL = "1s";

    /** With folders on the provider at {@code paths}. */
    public static Deploy withFolders(List<String> paths) {
      return new Deploy(WireJson.mapper().valueToTree(paths), null, null, null, null, null);
    }

    /** The same with reports on the download, for those who say that they can. */
    public Deploy reporting() {
      JsonNode reports = WireJson.mapper().createObjectNode().put("updateInterval", INTERVAL);
      return new Deploy(volumes, net, hosts, hostname, env, reports);
    }

    /** Plain. */
    public static Deploy plain() {
      return new Deploy(null, null, null, null, null, null);
    }
  }

  /** Starts what was deployed. */
  record Start(@Nullable List<String> args) implements ExeCommand {}

  /** Runs a program; without {@code capture} its output is lost. */
  record Run(
      @JsonProperty("entry_point") String entryPoint,
      @Nullable List<String> args,
      @Nullable Capture capture)
      implements ExeCommand {}

  /**
   * Moves a file.
   *
   * @param format accepted but without effect in the daemon
   */
  record Transfer(String from, String to, @Nullable String format, @Nullable JsonNode progress)
      implements ExeCommand {
    public Transfer(String from, String to) {
      this(from, to, null, null);
    }
  }

  /** For SGX only. */
  record Sign() implements ExeCommand {}

  /** Stops the machine; the activity can be deployed again. */
  record Terminate() implements ExeCommand {}

  /** What is kept of a command's output. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Capture(@Nullable Mode stdout, @Nullable Mode stderr) {}

  /** Either a part of the whole when it ended, or a stream of events. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Mode(@Nullable AtEnd atEnd, @Nullable Stream stream) {
    /** All of it, in the result. */
    public static Mode whole() {
      return new Mode(new AtEnd(null, null, null, "str"), null);
    }

    /** The last bytes of it, in the result. */
    public static Mode tail(long bytes) {
      return new Mode(new AtEnd(null, bytes, null, "str"), null);
    }

    /** As events while the command runs, and at most {@code limit} bytes in the result. */
    public static Mode stream(long limit) {
      return new Mode(null, new Stream(limit, "str"));
    }
  }

  /** At most one of the byte counts is set; {@code format} is {@code str} or {@code bin}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record AtEnd(
      @Nullable Long head, @Nullable Long tail, @Nullable Long headTail, @Nullable String format) {}

  /** {@code limit} in bytes; {@code format} is {@code str} or {@code bin}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Stream(@Nullable Long limit, @Nullable String format) {}
}
