package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What happened to a demand or an offer; read once, then gone from the daemon's queue. */
@JsonTypeInfo(
    use = JsonTypeInfo.Id.NAME,
    include = JsonTypeInfo.As.EXISTING_PROPERTY,
    property = "eventType",
    defaultImpl = MarketEvent.Other.class)
@JsonSubTypes({
  @JsonSubTypes.Type(value = MarketEvent.ProposalEvent.class, name = "ProposalEvent"),
  @JsonSubTypes.Type(
      value = MarketEvent.ProposalRejectedEvent.class,
      name = "ProposalRejectedEvent"),
  @JsonSubTypes.Type(value = MarketEvent.AgreementProposed.class, name = "AgreementEvent")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface MarketEvent {
  @JsonProperty("eventType")
  String eventType();

  /** What matches, or the other side's answer to our counter-proposal. */
  record ProposalEvent(@Nullable Instant eventDate, Proposal proposal) implements MarketEvent {
    @Override
    public String eventType() {
      return "ProposalEvent";
    }
  }

  /** The other side refused our counter-proposal {@code proposalId}. */
  record ProposalRejectedEvent(
      @Nullable Instant eventDate, String proposalId, @Nullable Reason reason)
      implements MarketEvent {
    @Override
    public String eventType() {
      return "ProposalRejectedEvent";
    }
  }

  /** A requestor wants to sign: a provider approves or rejects it. */
  record AgreementProposed(@Nullable Instant eventDate, Agreement agreement)
      implements MarketEvent {
    @Override
    public String eventType() {
      return "AgreementEvent";
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
