package org.golempipeline.plugins;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The classes and resources of one plugin's jars, from memory. */
final class PluginLoader extends ClassLoader {
  private static final String SCHEME = "golem-plugin";

  static {
    registerAsParallelCapable();
  }

  private final List<Shelf> shelves = new ArrayList<>();

  /**
   * @param jars in the order in which they are searched
   * @param places where each of them lies
   */
  PluginLoader(List<JarContent> jars, List<URL> places) {
    super("plugin", ApiLoader.SHARED);
    for (var i = 0; i < jars.size(); i++) {
      var source = new CodeSource(places.get(i), (Certificate @Nullable []) null);
      var domain = new ProtectionDomain(source, null, this, null);
      var root = i == 0 ? "/" : "/!" + i + "/";
      shelves.add(new Shelf(jars.get(i), domain, root, new Handler(jars.get(i), root)));
    }
  }

  /**
   * One of the jars.
   *
   * @param root what the addresses of its entries start with: two jars may have one of the same
   *     name
   */
  private record Shelf(
      JarContent jar, ProtectionDomain domain, String root, URLStreamHandler handler) {
    @Nullable URL resource(String name) {
      if (jar.entry(name) == null) {
        return null;
      }
      try {
        return new URL(null, new URI(SCHEME, null, root + name, null).toASCIIString(), handler);
      } catch (URISyntaxException | MalformedURLException e) {
        return null;
      }
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    var entry = name.replace('.', '/') + ".class";
    for (var shelf : shelves) {
      var bytes = shelf.jar().entry(entry);
      if (bytes != null) {
        return defineClass(name, bytes, 0, bytes.length, shelf.domain());
      }
    }
    throw new ClassNotFoundException(name);
  }

  @Override
  protected @Nullable URL findResource(String name) {
    var found = findResources(name);
    return found.hasMoreElements() ? found.nextElement() : null;
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    return Collections.enumeration(
        shelves.stream().map(shelf -> shelf.resource(name)).filter(Objects::nonNull).toList());
  }

  /** Opens what {@link #findResource} answers, and addresses relative to that. */
  private static final class Handler extends URLStreamHandler {
    private final JarContent jar;
    private final String root;

    Handler(JarContent jar, String root) {
      this.jar = jar;
      this.root = root;
    }

    @Override
    protected URLConnection openConnection(URL url) throws IOException {
      byte[] content;
      try {
        var path = url.toURI().getPath();
        content = path.startsWith(root) ? jar.entry(path.substring(root.length())) : null;
      } catch (URISyntaxException e) {
        throw new IOException(e);
      }
      if (content == null) {
        throw new FileNotFoundException(url.toString());
      }
      return new Connection(url, content);
    }
  }

  private static final class Connection extends URLConnection {
    private final byte[] content;

    Connection(URL url, byte[] content) {
      super(url);
      this.content = content;
    }

    @Override
    public void connect() {
      connected = true;
    }

    @Override
    public long getContentLengthLong() {
      return content.length;
    }

    @Override
    public InputStream getInputStream() {
      return new ByteArrayInputStream(content);
    }
  }
}
