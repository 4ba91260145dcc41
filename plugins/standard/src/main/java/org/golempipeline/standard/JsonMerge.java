package org.golempipeline.standard;

import java.io.IOException;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code json}: one array, an element a line. An output that is an array gives its elements, any
 * other value is an element, and an output may hold several values or none. Elements stay as they
 * are written, so numbers keep all their digits.
 */
public final class JsonMerge extends DescribedMerge {
  public JsonMerge() {
    super("json", "1", "Joins JSON arrays and values into one array.", Result.FILE);
  }

  @Override
  public Merger open(MergeContext context) throws IOException {
    return new Elements(context);
  }

  private static final class Elements extends TargetMerger {
    private boolean any;

    Elements(MergeContext context) throws IOException {
      super(context);
    }

    @Override
    public void add(FragmentOutput output) throws IOException, StrategyException {
      try (var json = new JsonScanner(Outputs.openText(output), output.size(), output.label())) {
        for (var next = json.peek(); next >= 0; next = json.peek()) {
          if (next == '[') {
            addElements(json);
          } else {
            addElement(json);
          }
        }
      }
    }

    @Override
    void complete() throws IOException {
      write(any ? "\n]\n" : "[]\n");
    }

    private void addElements(JsonScanner json) throws IOException, StrategyException {
      json.take();
      if (json.peek() != ']') {
        addElement(json);
        while (json.peek() == ',') {
          json.take();
          addElement(json);
        }
      }
      if (json.peek() != ']') {
        throw json.wrong("lacks `,` or `]`");
      }
      json.take();
    }

    private void addElement(JsonScanner json) throws IOException, StrategyException {
      write(any ? ",\n" : "[\n");
      any = true;
      json.copyValue(stream());
    }

    private void write(String text) throws IOException {
      for (var i = 0; i < text.length(); i++) {
        stream().write(text.charAt(i));
      }
    }
  }
}
