package org.golempipeline.bus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.golempipeline.golem.wire.WireFlex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call to an address that we serve. It is answered once, by {@link #ok}, {@link #error} or {@link
 * #fail}; one that streams gets any number of {@link #item}s and then {@link #end}. Answers to a
 * connection that is lost go nowhere. Thread-safe.
 */
public final class BusCall {
  private static final Logger LOG = LoggerFactory.getLogger(BusCall.class);

  private final Link link;
  private final Packet.CallRequest request;

  BusCall(Link link, Packet.CallRequest request) {
    this.link = link;
    this.request = request;
  }

  /** The node id of who calls, if the call came over the net. */
  public String caller() {
    return request.caller();
  }

  /** The last part of the address. */
  public String method() {
    return request.address().substring(request.address().lastIndexOf('/') + 1);
  }

  /**
   * What is asked.
   *
   * @throws IllegalArgumentException if that can not be read
   */
  public JsonNode body() {
    return WireFlex.read(Bodies.inflated(request.data()));
  }

  public void ok(JsonNode value) {
    reply(Packet.OK, false, result("Ok", value));
  }

  public void error(JsonNode error) {
    reply(Packet.OK, false, result("Err", error));
  }

  /** A fault of ours; over the net the text may be lost. */
  public void fail(String text) {
    reply(
        Packet.SERVICE_FAILURE, false, ByteString.copyFrom(text.getBytes(StandardCharsets.UTF_8)));
  }

  void notFound() {
    reply(Packet.BAD_REQUEST, false, ByteString.copyFromUtf8("endpoint address not found"));
  }

  public void item(JsonNode value) {
    reply(Packet.OK, true, result("Ok", value));
  }

  public void end() {
    reply(Packet.OK, false, ByteString.EMPTY);
  }

  private static ByteString result(String key, JsonNode value) {
    return ByteString.copyFrom(
        WireFlex.write(JsonNodeFactory.instance.objectNode().set(key, value)));
  }

  private void reply(int code, boolean partial, ByteString data) {
    if (request.noReply()) {
      return;
    }
    try {
      link.write(new Packet.CallReply(request.id(), code, partial, data));
    } catch (IOException e) {
      LOG.debug("could not answer {}", request.address(), e);
    }
  }
}
