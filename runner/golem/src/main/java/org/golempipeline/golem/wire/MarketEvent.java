package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What happened to a demand; read once, then gone from the daemon's queue. */
@JsonTypeInfo(
    use = JsonTypeInfo.Id.NAME,
    include = JsonTypeInfo.As.EXISTING_PROPERTY,
    property = "eventType",
    defaultImpl = MarketEvent.Other.class)
@JsonSubTypes({
  @JsonSubTypes.Type(value = MarketEvent.ProposalEvent.class, name = "ProposalEvent"),
  @JsonSubTypes.Type(
      value = MarketEvent.ProposalRejectedEvent.class,
      name = "ProposalRejectedEvent")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface MarketEvent {
  @JsonProperty("eventType")
  String eventType();

  /** An offer that matches, or a provider's answer to our counter-proposal. */
  record ProposalEvent(@Nullable Instant eventDate, Proposal proposal) implements MarketEvent {
    @Override
    public String eventType() {
      return "ProposalEvent";
    }
  }

  /** A provider refused our counter-proposal {@code proposalId}. */
  record ProposalRejectedEvent(
      @Nullable Instant eventDate, String proposalId, @Nullable Reason reason)
      implements MarketEvent {
    @Override
    public String eventType() {
      return "ProposalRejectedEvent";
    }
  }

  /** A kind that we do not know. */
  record Other() implements MarketEvent {
    @Override
    public String eventType() {
      return "Other";
    }
  }
}
