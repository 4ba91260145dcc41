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
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The classes and resources of one plugin's jar, from memory. */
final class PluginLoader extends ClassLoader {
  private static final String SCHEME = "golem-plugin";

  static {
    registerAsParallelCapable();
  }

  private final JarContent jar;
  private final ProtectionDomain domain;
  private final URLStreamHandler handler = new Handler();

  PluginLoader(JarContent jar, URL place) {
    super("plugin", ApiLoader.SHARED);
    this.jar = jar;
    this.domain =
        new ProtectionDomain(
            new CodeSource(place, (Certificate @Nullable []) null), null, this, null);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    var bytes = jar.entry(name.replace('.', '/') + ".class");
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length, domain);
  }

  @Override
  protected @Nullable URL findResource(String name) {
    if (jar.entry(name) == null) {
      return null;
    }
    try {
      var text = new URI(SCHEME, null, "/" + name, null).toASCIIString();
      return new URL(null, text, handler);
    } catch (URISyntaxException | MalformedURLException e) {
      return null;
    }
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    var found = findResource(name);
    return Collections.enumeration(found == null ? List.of() : List.of(found));
  }

  /** Opens what {@link #findResource} answers, and addresses relative to that. */
  private final class Handler extends URLStreamHandler {
    @Override
    protected URLConnection openConnection(URL url) throws IOException {
      byte[] content;
      try {
        content = jar.entry(url.toURI().getPath().substring(1));
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
