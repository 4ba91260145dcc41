package org.golempipeline.journal;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.schedule.Message;
import org.golempipeline.schedule.SchedulerSetup;

/**
 * Writes down what the scheduler of a run was made of and told: the first line its setup, then a
 * line for each message. It explains a run, it does not guard one: it is handed to the system when
 * a few kilobytes are there, and at the end, and when it cannot be written it simply ends early.
 * {@link RecordedRun} reads it.
 */
public final class MessageLog implements AutoCloseable {
  /** The file's name in the folder of its run. */
  public static final String FILE = "messages.ndjson";

  private final Writer file;
  private boolean broken;

  private MessageLog(Writer file) {
    this.file = file;
  }

  /**
   * Starts a log.
   *
   * @throws IOException if there is one in {@code runFolder}, or the folder cannot be written
   */
  public static MessageLog create(Path runFolder, SchedulerSetup setup) throws IOException {
    var log =
        new MessageLog(
            Files.newBufferedWriter(
                runFolder.resolve(FILE), StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW));
    log.line(RecordJson.line(json -> RecordJson.fields(json, setup)));
    return log;
  }

  public void append(Message message, Instant at) {
    line(
        RecordJson.line(
            json -> {
              json.writeStringField("at", at.toString());
              json.writeStringField("type", EventJson.type(message.getClass()));
              if (message instanceof Message.Noted noted) {
                json.writeStringField(
                    "event", EventJson.write(new StampedEvent(0, at, noted.event())));
              } else if (message instanceof Message.BatchReturned returned) {
                RecordJson.fields(json, returned, Map.of("same", byBatch(returned.same())));
              } else {
                RecordJson.fields(json, (Record) message);
              }
            }));
  }

  /** What agreed with each earlier batch: spans, where the message has every single fragment. */
  private static Map<Integer, FragmentSet> byBatch(Map<Integer, Integer> same) {
    var fragments = new TreeMap<Integer, BitSet>();
    same.forEach(
        (fragment, batch) -> fragments.computeIfAbsent(batch, each -> new BitSet()).set(fragment));
    var sets = new TreeMap<Integer, FragmentSet>();
    fragments.forEach((batch, bits) -> sets.put(batch, FragmentSet.of(bits)));
    return sets;
  }

  private void line(String text) {
    if (broken) {
      return;
    }
    try {
      file.write(text);
      file.write('\n');
    } catch (IOException e) {
      broken = true;
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      broken = true;
    }
  }
}
