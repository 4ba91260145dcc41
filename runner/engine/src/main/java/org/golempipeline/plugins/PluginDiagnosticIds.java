package org.golempipeline.plugins;

/** The ids of what is found wrong with plugins. Permanent. */
public final class PluginDiagnosticIds {
  /** A jar that is not there, or cannot be read. */
  public static final String PLUGIN_MISSING = "Plugin.Missing";

  /** A jar that is not the one that was pinned. */
  public static final String PLUGIN_CHANGED = "Plugin.Changed";

  /** A jar that is no plugin, or whose strategies cannot be used. */
  public static final String PLUGIN_BROKEN = "Plugin.Broken";

  /** A jar that was built against another version of the plugin interface. */
  public static final String PLUGIN_API = "Plugin.Api";

  /** Two jars that claim the same name. */
  public static final String PLUGIN_CLASH = "Plugin.Clash";

  private PluginDiagnosticIds() {}
}
