package org.golempipeline.plugins;

import org.golempipeline.strategy.Strategy;

/**
 * What all plugins see in common: the JDK and the plugin interface. None of our libraries, and
 * nothing of another plugin.
 */
final class ApiLoader extends ClassLoader {
  static final ApiLoader SHARED = new ApiLoader();

  private static final String API = Strategy.class.getPackageName();

  static {
    registerAsParallelCapable();
  }

  private ApiLoader() {
    super("plugin-api", ClassLoader.getPlatformClassLoader());
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (!name.startsWith(API) || name.lastIndexOf('.') != API.length()) {
      throw new ClassNotFoundException(name);
    }
    return Class.forName(name, false, Strategy.class.getClassLoader());
  }
}
