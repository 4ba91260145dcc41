package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.List;

/**
 * The one JSON mapper for the wire records: unknown fields are ignored, absent values left out,
 * times are RFC 3339 in UTC, amounts plain decimal strings.
 */
public final class WireJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .addModule(
              new SimpleModule()
                  .addSerializer(new AmountSerializer())
                  .addSerializer(new TimeSerializer())
                  .addDeserializer(Instant.class, new TimeDeserializer()))
          .build();

  /** What a rental is a conversation of, in the order in which it comes up. */
  private static final List<Class<? extends Record>> MESSAGES =
      List.of(
          AllocationRequest.class,
          Allocation.class,
          Identity.class,
          DemandRequest.class,
          Demand.class,
          Offer.class,
          Proposal.class,
          AgreementRequest.class,
          Agreement.class,
          AgreementEvent.class,
          ActivityCreated.class,
          ActivityState.class,
          ExeCommand.Deploy.class,
          ExeCommand.Start.class,
          ExecRequest.class,
          CommandResult.class,
          DeployResult.class,
          ExeCommand.Transfer.class,
          ExeCommand.Run.class,
          ExeCommand.Terminate.class,
          DebitNote.class,
          DebitNoteEvent.class,
          Invoice.class,
          InvoiceEvent.class,
          Acceptance.class);

  private WireJson() {}

  /** Thread-safe; not to be configured further. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  /** Reads from the records how messages are written, which their first use would wait for. */
  public static void prepare() {
    for (Class<?> message : MESSAGES) {
      MAPPER.writerFor(message);
      MAPPER.readerFor(message);
    }
  }

  /** A time as the daemon writes it; one without a zone is in UTC. */
  public static Instant time(String text) {
    TemporalAccessor time =
        DateTimeFormatter.ISO_DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
    return time instanceof OffsetDateTime zoned
        ? zoned.toInstant()
        : ((LocalDateTime) time).toInstant(ZoneOffset.UTC);
  }

  private static final class AmountSerializer extends StdSerializer<BigDecimal> {
    private static final long serialVersionUID = 1L;

    AmountSerializer() {
      super(BigDecimal.class);
    }

    @Override
    public void serialize(BigDecimal value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(value.toPlainString());
    }
  }

  private static final class TimeSerializer extends StdSerializer<Instant> {
    private static final long serialVersionUID = 1L;

    TimeSerializer() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(value.toString());
    }
  }

  private static final class TimeDeserializer extends StdDeserializer<Instant> {
    private static final long serialVersionUID = 1L;

    TimeDeserializer() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser json, DeserializationContext context) throws IOException {
      try {
        return time(json.getText());
      } catch (DateTimeException e) {
        return (Instant)
            context.handleWeirdStringValue(Instant.class, json.getText(), "not a time");
      }
    }
  }
}
