package org.golempipeline.report;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.Failure;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.report.FragmentRows.Row;
import org.golempipeline.report.FragmentRows.Status;
import org.jspecify.annotations.Nullable;

/**
 * Writes the fragments of a run as test cases in the form of JUnit, which services for continuous
 * integration show: a suite for each stage, and one with the run as a whole. All is written when it
 * is closed; a file of a run that did not end is empty, and no such service takes it for a success.
 */
public final class JunitFile implements EventSink, AutoCloseable {
  /** Others write this form too. */
  private static final String MARK = " written by golem-pipeline ";

  /** A status and milliseconds for each fragment: there may be a million. */
  private static final class Suite {
    private final Map<Integer, RunEvent.FragmentFailed> failed = new TreeMap<>();
    private byte[] status = {};
    private int[] milliseconds = {};
    private long time;
    private int aborted;
    private int cases;

    private void add(Row row) {
      var fragment = row.fragment();
      if (fragment >= status.length) {
        var length = Math.max(fragment + 1, 2 * status.length);
        status = Arrays.copyOf(status, length);
        milliseconds = Arrays.copyOf(milliseconds, length);
      }
      status[fragment] = (byte) (row.status().ordinal() + 1);
      var took = row.last() == null ? 0 : row.last().took().milliseconds();
      milliseconds[fragment] = (int) took;
      time += took;
      cases++;
      if (row.givenUp() != null) {
        failed.put(fragment, row.givenUp());
      } else if (row.status() == Status.ABORTED) {
        aborted++;
      }
    }
  }

  private final Writer writer;
  private final Path runFolder;
  private final Map<String, Suite> suites = new LinkedHashMap<>();
  private final FragmentRows rows = new FragmentRows(this::add);
  private RunEvent.@Nullable RunStarted started;
  private @Nullable Instant begin;
  private RunEvent.@Nullable RunFinished finished;

  private JunitFile(Writer writer, Path runFolder) {
    this.writer = writer;
    this.runFolder = runFolder;
  }

  /** Whether nothing is lost with a file that is there: an earlier run wrote it, or it is empty. */
  public static boolean replaceable(Path file) throws IOException {
    return RecordFile.replaceable(file, MARK);
  }

  /**
   * Begins a file, in place of one that is {@link #replaceable}.
   *
   * @param runFolder where the run's logs are
   */
  public static JunitFile create(Path file, Path runFolder) throws IOException {
    return new JunitFile(Files.newBufferedWriter(file), runFolder);
  }

  @Override
  public void accept(StampedEvent event) {
    rows.add(event);
    if (event.event() instanceof RunEvent.RunStarted start) {
      started = start;
      begin = event.at();
      start.stages().forEach(stage -> suites.put(stage, new Suite()));
    } else if (event.event() instanceof RunEvent.RunFinished end) {
      finished = end;
    }
  }

  private void add(Row row) {
    suites.computeIfAbsent(row.stage(), unknown -> new Suite()).add(row);
  }

  /**
   * @throws IOException if it cannot be written
   */
  @Override
  public void close() throws IOException {
    try (writer) {
      if (started != null && begin != null && finished != null) {
        var xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(writer);
        write(xml, started, begin, finished);
        xml.close();
      }
    } catch (XMLStreamException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void write(
      XMLStreamWriter xml, RunEvent.RunStarted start, Instant at, RunEvent.RunFinished end)
      throws XMLStreamException {
    var failures = suites.values().stream().mapToInt(suite -> suite.failed.size()).sum();
    var aborted = suites.values().stream().mapToInt(suite -> suite.aborted).sum();
    var cases = suites.values().stream().mapToInt(suite -> suite.cases).sum() + 1;
    var broken = end.failure() == null ? 0 : 1;
    xml.writeStartDocument("UTF-8", "1.0");
    xml.writeCharacters("\n");
    xml.writeComment(MARK);
    xml.writeCharacters("\n");
    xml.writeStartElement("testsuites");
    xml.writeAttribute("name", start.pipeline());
    counts(xml, cases, failures, broken, aborted, end.milliseconds());
    for (var suite : suites.entrySet()) {
      write(xml, start.pipeline() + "." + suite.getKey(), at, suite.getValue());
    }
    begin(xml, start.pipeline(), at);
    counts(xml, 1, 0, broken, 0, end.milliseconds());
    begin(xml, start.pipeline(), "the whole run", end.milliseconds());
    if (end.failure() != null) {
      trouble(xml, "error", end.failure(), new ArrayList<>());
    }
    xml.writeEndElement();
    xml.writeCharacters("\n");
    xml.writeEndElement();
    xml.writeCharacters("\n");
    xml.writeEndElement();
    xml.writeCharacters("\n");
    xml.writeEndDocument();
  }

  private void write(XMLStreamWriter xml, String name, Instant at, Suite suite)
      throws XMLStreamException {
    begin(xml, name, at);
    counts(xml, suite.cases, suite.failed.size(), 0, suite.aborted, suite.time);
    for (var i = 0; i < suite.status.length; i++) {
      if (suite.status[i] == 0) {
        continue;
      }
      var failed = suite.failed.get(i);
      // The same in every run, so that services can tell how it went before.
      begin(xml, name, "fragment " + i, suite.milliseconds[i]);
      if (failed != null) {
        var words = new ArrayList<String>();
        words.add(TerminalText.safe(failed.label()));
        if (failed.log() != null) {
          words.addAll(LastWords.of(runFolder, failed.log()));
        }
        trouble(xml, "failure", failed.failure(), words);
      } else if (suite.status[i] == Status.ABORTED.ordinal() + 1) {
        xml.writeEmptyElement("skipped");
        xml.writeAttribute("message", "It was called off.");
      }
      xml.writeEndElement();
      xml.writeCharacters("\n");
    }
    xml.writeEndElement();
    xml.writeCharacters("\n");
  }

  private static void begin(XMLStreamWriter xml, String suite, Instant at)
      throws XMLStreamException {
    xml.writeCharacters("\n");
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", suite);
    xml.writeAttribute("timestamp", at.toString());
  }

  private static void begin(XMLStreamWriter xml, String suite, String name, long milliseconds)
      throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", suite);
    xml.writeAttribute("name", TerminalText.safe(name));
    xml.writeAttribute("time", seconds(milliseconds));
  }

  private static void counts(
      XMLStreamWriter xml, int cases, int failures, int errors, int skipped, long milliseconds)
      throws XMLStreamException {
    xml.writeAttribute("tests", Integer.toString(cases));
    xml.writeAttribute("failures", Integer.toString(failures));
    xml.writeAttribute("errors", Integer.toString(errors));
    xml.writeAttribute("skipped", Integer.toString(skipped));
    xml.writeAttribute("time", seconds(milliseconds));
    xml.writeCharacters("\n");
  }

  private static void trouble(XMLStreamWriter xml, String kind, Failure failure, List<String> words)
      throws XMLStreamException {
    xml.writeStartElement(kind);
    xml.writeAttribute("type", failure.kind().toString());
    xml.writeAttribute("message", TerminalText.safe(failure.message()));
    if (failure.hint() != null) {
      words.add("hint: " + TerminalText.safe(failure.hint()));
    }
    xml.writeCharacters(String.join("\n", words));
    xml.writeEndElement();
  }

  private static String seconds(long milliseconds) {
    return String.format(Locale.ROOT, "%.3f", milliseconds / 1000.0);
  }
}
