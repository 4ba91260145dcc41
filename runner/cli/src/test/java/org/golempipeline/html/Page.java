package org.golempipeline.html;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** A written page, taken apart. Whatever is not nested or escaped as it must be is refused. */
record Page(String html, Document document) {

  static Page of(Path runFolder) throws IOException {
    var file = runFolder.resolve("report.html");
    RunPage.write(runFolder, file, ZoneOffset.UTC);
    var html = Files.readString(file);
    try {
      var parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      return new Page(html, parser.parse(new InputSource(new StringReader(html))));
    } catch (ParserConfigurationException | SAXException e) {
      throw new AssertionError(html, e);
    }
  }

  /** The text of the whole page, blanks folded. */
  String text() {
    return text(document.getElementsByTagName("main").item(0).getTextContent());
  }

  private static String text(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }

  /** The texts of all elements of a kind. */
  List<String> all(String tag) {
    var texts = new ArrayList<String>();
    for (var element : elements(tag)) {
      texts.add(text(element.getTextContent()));
    }
    return texts;
  }

  /** The cells of the table row that begins with {@code name}, in the order of the page. */
  List<String> row(String name) {
    for (var row : elements("tr")) {
      var cells = new ArrayList<String>();
      for (var cell = row.getFirstChild(); cell != null; cell = cell.getNextSibling()) {
        if (cell instanceof Element) {
          cells.add(text(cell.getTextContent()));
        }
      }
      if (cells.get(0).equals(name)) {
        return cells;
      }
    }
    throw new AssertionError("no row " + name + " in " + text());
  }

  List<Element> elements(String tag) {
    var found = new ArrayList<Element>();
    var nodes = document.getElementsByTagName(tag);
    for (var i = 0; i < nodes.getLength(); i++) {
      found.add((Element) nodes.item(i));
    }
    return found;
  }
}
