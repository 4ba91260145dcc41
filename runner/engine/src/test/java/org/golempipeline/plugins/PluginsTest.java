package org.golempipeline.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.lock.LockFile;
import org.golempipeline.lock.LockedImage;
import org.golempipeline.lock.LockedPlugin;
import org.golempipeline.lock.MavenCoordinates;
import org.golempipeline.maven.MavenJars;
import org.golempipeline.strategy.ApiVersion;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Shell;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.Strategy;
import org.golempipeline.strategy.StrategyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsTest {
  /** Says what its own entry and those of all jars hold. */
  private static final String LIBRARY =
      """
      package lib;
      public class Lib {
        public static String said(Class<?> of) {
          try {
            var all = java.util.Collections.list(of.getClassLoader().getResources("both"));
            if (all.get(0).equals(all.get(1))) throw new Error("one address");
            return text(Lib.class.getResource("text")) + ", " + text(all.get(0)) + " and "
                + text(all.get(1));
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        }
        private static String text(java.net.URL url) throws java.io.IOException {
          try (var in = url.openStream()) { return new String(in.readAllBytes()); }
        }
      }
      """;

  private static final String POM =
      "<project><modelVersion>4.0.0</modelVersion><groupId>acme</groupId><artifactId>%s</artifactId>"
          + "<version>%s</version><dependencies>%s</dependencies></project>";

  @TempDir Path folder;

  @Test
  void loadsTheStrategiesOfAJar() throws Exception {
    var jar =
        JarBuilder.words(folder)
            .source("acme/Glue.java", JarBuilder.MERGE)
            .mergeService("# merges\n\n acme.Glue # the only one\nacme.Glue\n")
            .build("a $(b) 'ü'.jar");

    var plugin = Plugins.load(jar, "it.jar");

    assertThat(plugin.name()).isEqualTo("words");
    assertThat(plugin.version()).isEqualTo("1.0");
    assertThat(plugin.sha256()).hasSize(64);
    assertThat(plugin.splits()).extracting(Strategy::name).containsExactly("acme/words");
    assertThat(plugin.merges()).extracting(Strategy::name).containsExactly("acme/glue");
    assertThat(plugin.splits().get(0).variables(Options.NONE)).isEmpty();
  }

  @Test
  void whatComesWithTheProductIsLoadedWhenItIsNamedAndNobodyChoseAnother() throws Exception {
    var bundled = Files.createDirectory(folder.resolve("bundled"));
    JarBuilder.words(bundled).attribute("Implementation-Title", "acme").build("acme.jar");
    Files.writeString(bundled.resolve("broken.jar"), "never read");

    assertThat(Plugins.NONE.withBundled(folder.resolve("none"), vendor -> true).all()).isEmpty();
    assertThat(Plugins.NONE.withBundled(bundled, vendor -> false).all()).isEmpty();
    assertThat(Plugins.NONE.withBundled(bundled, "acme"::equals).splits())
        .extracting(Strategy::name)
        .containsExactly("acme/words");

    for (var title : List.of("acme", "words")) {
      var own = JarBuilder.words(folder).attribute("Implementation-Title", title);
      var chosen = Plugins.NONE.with(Plugins.load(own.build(title + ".jar"), "own.jar"));
      assertThat(chosen.withBundled(bundled, "acme"::equals).all())
          .as(title)
          .isEqualTo(chosen.all());
    }
  }

  @Test
  void aPluginSeesThePluginInterfaceAndTheJdkOnly() throws Exception {
    for (var hidden :
        new String[] {
          "com.fasterxml.jackson.core.JsonFactory",
          "org.golempipeline.spec.Strategies",
          "org.golempipeline.strategy.testing.Laws",
          "org.junit.jupiter.api.Test"
        }) {
      assertThat(refusal(needing("Class.forName(\"%s\");".formatted(hidden))).getMessage())
          .contains("needs `" + hidden + "`, which is neither in its jars nor in the JDK.");
    }
    Plugins.load(
        needing(
            """
            Class.forName("java.sql.Connection");
            Class.forName("org.golempipeline.strategy.Fragments");
            if (getClass().getResource("/org/golempipeline/spec/pipeline.schema.json") != null) {
              throw new IllegalStateException("sees our resources");
            }
            if (Thread.currentThread().getContextClassLoader() != getClass().getClassLoader()) {
              throw new IllegalStateException("its libraries would look elsewhere");
            }
            """),
        "it.jar");
  }

  @Test
  void pluginsWithDifferentVersionsOfALibraryDoNotMeet() throws Exception {
    var library = "package lib; public class Lib { public static final String V = \"\" + %d; }";
    var plugins = Plugins.NONE;
    for (var version : List.of(1, 2)) {
      var jar =
          JarBuilder.empty(folder)
              .attribute("Implementation-Title", "words" + version)
              .source("lib/Lib.java", library.formatted(version))
              .source(
                  "acme/Words.java",
                  JarBuilder.SPLIT
                      .replace("acme/words", "acme/words" + version)
                      .replace("return \"1\";", "return lib.Lib.V;"))
              .service("acme.Words")
              .build(version + ".jar");
      plugins = plugins.with(Plugins.load(jar, jar.toString()));
    }

    assertThat(plugins.splits()).extracting(Strategy::version).containsExactly("1", "2");
  }

  @Test
  void findsItsOwnResourcesAndServices() throws Exception {
    Plugins.load(
        JarBuilder.words(
                folder,
                "// MEMBERS",
                """
                public Words() throws Exception {
                  try (var in = getClass().getResource("/data/a b.txt").openStream()) {
                    if (!new String(in.readAllBytes()).equals("data")) throw new Error();
                  }
                  if (java.util.ServiceLoader.load(Runnable.class).findFirst().isEmpty()) {
                    throw new Error("no service");
                  }
                  if (getClass().getResource("/data/none") != null) throw new Error();
                }
                """)
            .source(
                "acme/Job.java",
                "package acme; public class Job implements Runnable { public void run() {} }")
            .entry("META-INF/services/java.lang.Runnable", "acme.Job\n")
            .entry("data/a b.txt", "data")
            .build("it.jar"),
        "it.jar");
  }

  @Test
  void takesTheClassesForTheJavaThatRuns() throws Exception {
    var text = "package acme; class Which { static String V = \"%s\"; }";
    var jar =
        JarBuilder.words(folder, "return \"1\";", "return Which.V;")
            .source("acme/Which.java", text.formatted("old"))
            .attribute("Multi-Release", "true")
            .forRelease(9, "acme/Which.java", text.formatted("nine"))
            .forRelease(17, "acme/Which.java", text.formatted("seventeen"))
            .forRelease(999, "acme/Which.java", text.formatted("future"))
            .build("it.jar");

    assertThat(Plugins.load(jar, "it.jar").splits().get(0).version()).isEqualTo("seventeen");
  }

  @Test
  void whatWasLoadedStaysWhenTheFileIsReplaced() throws Exception {
    var jar =
        JarBuilder.words(folder, "return Fragments.of(", "return Late.of(")
            .source(
                "acme/Late.java",
                """
                package acme;
                import org.golempipeline.strategy.*;
                class Late {
                  static Fragments of(java.util.List<Fragment> list) { return Fragments.of(list); }
                }
                """)
            .build("it.jar");
    var split = Plugins.load(jar, "it.jar").splits().get(0);
    Files.writeString(jar, "gone");

    assertThat(split.split(new OptionsOnly()).count()).isEqualTo(1);
  }

  @Test
  void refusesWhatIsNoPlugin() throws Exception {
    assertThat(refusal(folder.resolve("absent.jar")))
        .returns(PluginDiagnosticIds.PLUGIN_MISSING, PluginException::id)
        .hasMessage("There is no jar `it.jar`.");
    assertThat(refusal(folder)).hasMessage("`it.jar` is a folder.");
    assertThat(refusal(Files.writeString(folder.resolve("text"), "text")))
        .hasMessage("`it.jar` is not a jar.");
    assertThat(refusal(Files.createFile(folder.resolve("empty"))))
        .hasMessage("`it.jar` is not a jar.");
    var whole = Files.readAllBytes(JarBuilder.words(folder).build("whole.jar"));
    var half = Files.write(folder.resolve("half"), Arrays.copyOf(whole, whole.length / 3));
    assertThat(refusal(half)).hasMessageStartingWith("`it.jar` is not a jar, or is damaged: ");

    refused(
        JarBuilder.words(folder).attribute("Golem-Pipeline-Api", ""),
        "its manifest does not say as `Golem-Pipeline-Api` which plugin interface it needs.");
    refused(
        JarBuilder.words(folder).attribute("Golem-Pipeline-Api", "new"),
        "`Golem-Pipeline-Api: new` in the manifest of `it.jar` is no version.");
    refused(
        JarBuilder.words(folder).attribute("Implementation-Title", ""),
        "does not say as `Implementation-Title` what the plugin is called.");
    refused(
        JarBuilder.words(folder).attribute("Implementation-Version", " "),
        "does not say as `Implementation-Version` which version it is.");
    refused(JarBuilder.empty(folder), "`it.jar` has no strategy: it names none in");
  }

  /** A few kilobytes stand for more than memory holds; what they say of themselves is not asked. */
  @Test
  void refusesAJarThatUnpacksToMoreThanIsAllowed() throws Exception {
    var zeros = new byte[1 << 20];
    for (var name : List.of("data", "META-INF/services/" + SplitStrategy.class.getName())) {
      var jar = folder.resolve("bomb.jar");
      try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
        out.setLevel(1);
        out.putNextEntry(new ZipEntry(name));
        for (var i = 0; i < 193; i++) {
          out.write(zeros);
        }
      }
      assertThat(refusal(jar)).hasMessageStartingWith("`it.jar` is too large for a plugin: ");
    }
    var many = folder.resolve("many.jar");
    try (var out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(many)))) {
      for (var i = 0; i <= 100_000; i++) {
        out.putNextEntry(new ZipEntry(Integer.toString(i)));
      }
    }
    assertThat(refusal(many))
        .hasMessageContaining("100000 entries unpacked with its libraries, is the most.");
  }

  @Test
  void refusesAnotherVersionOfTheInterfaceBeforeAnyClassIsTouched() throws Exception {
    var newer = new ApiVersion(ApiVersion.CURRENT.major(), ApiVersion.CURRENT.minor() + 1);
    for (var version : List.of(newer.toString(), "2.0", "0.9")) {
      var refusal =
          refusal(
              JarBuilder.empty(folder)
                  .service("absent.Class")
                  .attribute("Golem-Pipeline-Api", version)
                  .build("it.jar"));
      assertThat(refusal)
          .returns(PluginDiagnosticIds.PLUGIN_API, PluginException::id)
          .hasMessage(
              "`it.jar` was built against version %s of the plugin interface, and this"
                      .formatted(version)
                  + " golem-pipeline has %s.".formatted(ApiVersion.CURRENT));
      assertThat(refusal.hint())
          .isEqualTo(
              version.equals("0.9")
                  ? "Use a version of the plugin that was built against 1.x."
                  : "Use a newer golem-pipeline, or an older version of the plugin.");
    }
  }

  @Test
  void refusesBrokenStrategies() throws Exception {
    refused(
        JarBuilder.empty(folder).service("acme.Words"),
        "`it.jar` names `acme.Words` in `META-INF/services`, and holds no such class.");
    refused(
        JarBuilder.words(folder, "// MEMBERS", "private final lib.Lib lib = new lib.Lib();")
            .sourceLeftOut("lib/Lib.java", "package lib; public class Lib {}"),
        "`acme.Words` in `it.jar` needs `lib.Lib`, which is neither in its jars nor in the JDK.");
    refused(
        JarBuilder.words(folder, "// MEMBERS", "static int x = Integer.parseInt(\"x\");"),
        "`acme.Words` in `it.jar` could not be loaded: java.lang.NumberFormatException:");
    refused(
        JarBuilder.words(
            folder, "// MEMBERS", "public Words() { throw new IllegalStateException(\"no\"); }"),
        "`acme.Words` in `it.jar` could not be loaded: java.lang.IllegalStateException: no.");
    refused(
        JarBuilder.words(folder, "// MEMBERS", "private Words() {}"),
        "`acme.Words` in `it.jar` cannot be made: it needs to be a public class with a public");
    refused(
        JarBuilder.words(folder, "public class", "public abstract class"),
        "`acme.Words` in `it.jar` cannot be made:");
    refused(
        JarBuilder.words(folder, "public class", "class"),
        "`acme.Words` in `it.jar` cannot be made:");
    refused(
        JarBuilder.words(folder).mergeService("acme.Words"),
        "`acme.Words` in `it.jar` is no MergeStrategy, and `META-INF/services` says that it is.");
    refused(
        JarBuilder.words(folder, "\"acme/words\"", "\"lines\""),
        "calls itself `lines`, and a plugin's strategy is called `vendor/name`.");
    refused(
        JarBuilder.words(folder, "\"acme/words\"", "\"Acme/words\""), "calls itself `Acme/words`");
    refused(
        JarBuilder.words(folder, "return \"acme/words\"", "return null"), "could not be loaded:");
    refused(
        JarBuilder.words(folder)
            .source("acme/Twin.java", JarBuilder.SPLIT.replace("class Words", "class Twin"))
            .service("acme.Words\nacme.Twin"),
        "`it.jar` has two split strategies called `acme/words`.");
    refused(
        JarBuilder.words(folder, "{\\\"description\\\": \\\"Options.\\\"}", "{\\\"type\\\": 1}"),
        "The options schema of `acme/words` in `it.jar` is no JSON Schema: at `/type`");
    refused(
        JarBuilder.words(folder, "return \"Splits at words.\"", "return \" \""),
        "`acme/words` in `it.jar` states no version or no summary.");
    var newer = JarBuilder.words(folder).build("newer.jar");
    refused(
        JarBuilder.empty(folder)
            .service("acme.Words")
            .classFile("acme/Words.class", ofJava99(newer)),
        "`acme.Words` in `it.jar` is compiled for a newer Java than this one, which is ");
  }

  @Test
  void mistakesOfAPluginAreToldAsItsOwn() throws Exception {
    var jar =
        JarBuilder.words(
                folder,
                "return Fragments.of(List.of(Fragment.of()))",
                "return Fragments.computed(2, i -> List.of(Fragment.of()).get(i))")
            .source("acme/Glue.java", JarBuilder.MERGE)
            .mergeService("acme.Glue")
            .build("it.jar");
    var plugin = Plugins.load(jar, "it.jar");

    var fragments = plugin.splits().get(0).split(new OptionsOnly());
    assertThatThrownBy(() -> fragments.get(1))
        .isInstanceOf(PluginFailure.class)
        .hasMessageStartingWith("`acme/words` of the plugin `words` 1.0 failed in `get`: ")
        .hasMessageContaining("(Words.java:");
    try (var merger = new Quiet(plugin.merges().get(0).open(null))) {
      assertThatThrownBy(() -> merger.merger().add(null))
          .isInstanceOf(StrategyException.class)
          .hasMessageStartingWith(
              "`acme/glue` of the plugin `words` 1.0 failed in `add`:"
                  + " java.lang.IllegalStateException: stuck at acme.Glue$1.add(Glue.java:");
      assertThatThrownBy(() -> merger.merger().finish())
          .isInstanceOf(StrategyException.class)
          .hasMessageContaining("failed in `finish`: java.lang.NoClassDefFoundError: acme/Lost");
      assertThatThrownBy(() -> merger.merger().close())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("failed in `close`");
    }
  }

  @Test
  void fragmentsHaveTheVariablesThatWerePromised() throws Exception {
    var plugin = "`acme/words` of the plugin `words` 1.0 ";
    var fragments = "List.of(with(\"a\"), with(\"a\", \"b\"), with())";
    var split = withVariables("List.of(\"a\")", fragments).split(new OptionsOnly());

    assertThat(split.get(0).variables()).containsOnlyKeys("a");
    assertThatThrownBy(() -> split.get(1))
        .isInstanceOf(PluginFailure.class)
        .hasMessage(plugin + "gives fragment 1 the variable `b`, which fragment 0 does not have.");
    assertThatThrownBy(() -> split.get(2))
        .isInstanceOf(PluginFailure.class)
        .hasMessage(plugin + "gives fragment 2 no variable `a`, which fragment 0 has.");
    var broken = withVariables("List.of(\"a\", \"c\")", fragments);
    assertThatThrownBy(() -> broken.split(new OptionsOnly()))
        .isInstanceOf(StrategyException.class)
        .hasMessage(plugin + "gives fragment 0 no variable `c`, which its `variables` names.");
    assertThat(withVariables("List.of(\"a\")", "List.of()").split(new OptionsOnly()).count())
        .isZero();
  }

  private SplitStrategy withVariables(String names, String fragments) throws Exception {
    var jar =
        JarBuilder.empty(folder)
            .service("acme.Words\n")
            .source(
                "acme/Words.java",
                JarBuilder.SPLIT
                    .replace(
                        "(Options options) { return List.of(); }",
                        "(Options options) { return %s; }".formatted(names))
                    .replace("List.of(Fragment.of())", fragments)
                    .replace(
                        "// MEMBERS",
                        """
                        static Fragment with(String... names) {
                          var variables = new java.util.TreeMap<String, String>();
                          for (var name : names) variables.put(name, "x");
                          return new Fragment(List.of(), variables);
                        }
                        """))
            .build("it.jar");
    return Plugins.load(jar, "it.jar").splits().get(0);
  }

  @Test
  void everyMethodOfTheInterfaceReachesThePlugin() {
    for (var type : List.of(GuardedSplit.class, GuardedMerge.class)) {
      for (var kind : type.getInterfaces()) {
        assertThat(kind.getMethods())
            .filteredOn(method -> !Modifier.isStatic(method.getModifiers()))
            .allSatisfy(
                method ->
                    assertThat(
                            type.getMethod(method.getName(), method.getParameterTypes())
                                .getDeclaringClass())
                        .as(method.toString())
                        .isIn(type, GuardedStrategy.class));
      }
    }
  }

  @Test
  void refusesNamesThatTwoJarsClaim() throws Exception {
    var jar = JarBuilder.words(folder).build("one.jar");
    var one = Plugins.load(jar, "one.jar");
    var twin = Plugins.load(Files.copy(jar, folder.resolve("twin.jar")), "twin.jar");
    var namesake =
        Plugins.load(
            JarBuilder.words(folder, "acme/words", "acme/other").build("other.jar"), "other.jar");
    var rival =
        Plugins.load(
            JarBuilder.words(folder).attribute("Implementation-Title", "rival").build("rival.jar"),
            "rival.jar");
    var plugins = Plugins.NONE.with(one);

    assertThat(plugins.with(one).all()).as("the same jar twice").hasSize(1);
    assertThat(plugins.with(twin).all()).as("a copy of it").hasSize(1);
    assertThatThrownBy(() -> plugins.with(namesake))
        .hasMessage("`one.jar` and `other.jar` both call themselves `words`.");
    assertThatThrownBy(() -> plugins.with(rival))
        .hasMessage("`one.jar` and `rival.jar` both have a split strategy `acme/words`.");
  }

  @Test
  void loadsWhatTheLockFilePinsAndNothingElse() throws Exception {
    var jar = JarBuilder.words(folder).build("plugins/words 1.jar");
    JarBuilder.words(folder, "acme/words", "acme/beside").build("plugins/beside.jar");
    pin(Plugins.load(jar, "it"), "plugins/words 1.jar");

    assertThat(pinned().orNull().splits()).extracting(Strategy::name).containsExactly("acme/words");
    assertThat(pinned().orNull().find("words")).isPresent();
  }

  @Test
  void refusesAPinnedJarThatIsAnotherOneOrGone() throws Exception {
    var jar = JarBuilder.words(folder).build("plugins/words.jar");
    var plugin = Plugins.load(jar, "it");
    pin(plugin, "plugins/words.jar");
    var other = JarBuilder.words(folder, "\"1\"", "\"2\"").build("plugins/words.jar");
    var now = Plugins.load(other, "it").sha256();

    assertThat(said(pinned()))
        .containsExactly(
            "sub/p.yaml.lock 4 Plugin.Changed `sub/plugins/words.jar` is not the jar that was"
                + " pinned: its SHA-256 is %s, and %s is pinned.".formatted(now, plugin.sha256())
                + " If you trust what it is now, pin it with"
                + " `golem-pipeline plugins pin sub/p.yaml sub/plugins/words.jar`.");

    Files.delete(other);
    assertThat(said(pinned()))
        .containsExactly(
            "sub/p.yaml.lock 4 Plugin.Missing `words` 1.0 is pinned. There is no jar"
                + " `sub/plugins/words.jar`. Put the jar back, or build it; if it is another one"
                + " now, pin that with `golem-pipeline plugins pin sub/p.yaml"
                + " sub/plugins/words.jar`.");
  }

  @Test
  void refusesAJarThatIsPinnedUnderAnotherName() throws Exception {
    var plugin = Plugins.load(JarBuilder.words(folder).build("words.jar"), "it");
    var pins = new TreeMap<String, LockedPlugin>();
    pins.put("letters", new LockedPlugin("1.0", "words.jar", null, plugin.sha256(), List.of()));
    lock().writePlugins(pins);

    assertThat(said(pinned()))
        .singleElement()
        .asString()
        .contains("`sub/words.jar` is the plugin `words`, and it is pinned as `letters`.");
  }

  @Test
  void aJarOfTheCommandLineTakesThePlaceOfThePinnedOne() throws Exception {
    var pinned = JarBuilder.words(folder).build("pinned.jar");
    pin(Plugins.load(pinned, "it"), "pinned.jar");
    Files.delete(pinned);
    var tried = JarBuilder.words(folder, "\"1\"", "\"2\"").build("tried.jar");

    var plugins =
        Plugins.NONE
            .with(Plugins.load(tried, "tried.jar"))
            .withPinned(lock(), "p.yaml", folder, maven());

    assertThat(plugins.orNull().splits()).extracting(Strategy::version).containsExactly("2");
  }

  @Test
  void aJarOfTheCommandLineThatClaimsNamesOfAPinnedOneIsAClash() throws Exception {
    pin(Plugins.load(JarBuilder.words(folder).build("pinned.jar"), "it"), "pinned.jar");
    var rival =
        JarBuilder.words(folder).attribute("Implementation-Title", "rival").build("rival.jar");

    var plugins =
        Plugins.NONE
            .with(Plugins.load(rival, "rival.jar"))
            .withPinned(lock(), "p.yaml", folder, maven());

    assertThat(said(plugins))
        .singleElement()
        .asString()
        .contains("Plugin.Clash `rival.jar` and `pinned.jar` both have a split strategy");
  }

  @Test
  void imagesAndPluginsLiveInOneLockFile() throws Exception {
    pin(Plugins.load(JarBuilder.words(folder).build("words.jar"), "it"), "words.jar");
    lock()
        .writeImages(
            new TreeMap<>(
                java.util.Map.of(
                    "golem/alpine:latest", new LockedImage("a".repeat(56), "http://x/y"))),
            new TreeMap<>());

    assertThat(lock().plugins()).containsOnlyKeys("words");
    assertThat(lock().images()).containsOnlyKeys("golem/alpine:latest");
    assertThat(Files.readString(folder.resolve("p.yaml.lock")))
        .startsWith("{\n  \"version\": 1,\n  \"images\": {\n")
        .contains("  \"plugins\": {\n    \"words\": {\n      \"version\": \"1.0\",\n");
  }

  @Test
  void aJarOfARepositoryIsGotOnceAndLoadedOnlyAsPinned() throws Exception {
    var remote = folder.resolve("remote/acme/words/1.0/words-1.0.jar");
    Files.createDirectories(remote.getParent());
    Files.move(JarBuilder.words(folder).build("words.jar"), remote);
    settings("");
    var coordinates = MavenCoordinates.parse("acme:words:1.0").orElseThrow();
    var plugin = Plugins.load(coordinates, maven());
    assertThat(plugin.jar()).isEqualTo("acme:words:1.0");
    var pins = new TreeMap<String, LockedPlugin>();
    pins.put("words", new LockedPlugin("1.0", null, coordinates, plugin.sha256(), List.of()));
    lock().writePlugins(pins);
    assertThat(Files.readString(folder.resolve("p.yaml.lock")))
        .contains("\"maven\": \"acme:words:1.0\",\n")
        .doesNotContain("path");
    assertThat(lock().plugins()).isEqualTo(pins);

    // Without a network, and from a machine that has it not yet.
    settings("<offline>true</offline>");
    assertThat(pinned().orNull().splits()).hasSize(1);
    var local = folder.resolve("local/acme/words/1.0/words-1.0.jar");
    assertThat(local).exists();
    Files.delete(local);
    assertThat(said(pinned()))
        .singleElement()
        .asString()
        .startsWith("sub/p.yaml.lock 4 Plugin.Missing Could not get the jar `acme:words:1.0`: ")
        .contains("offline", "settings.xml` says of repositories");
    settings("");
    assertThat(pinned().orNull().splits()).hasSize(1);

    Files.write(local, new byte[] {1});
    assertThat(said(pinned()))
        .singleElement()
        .asString()
        .contains("Plugin.Changed `acme:words:1.0` is not the jar that was pinned");
    Files.delete(local);
    Files.delete(remote);
    assertThat(said(pinned())).singleElement().asString().contains("Plugin.Missing");
  }

  @Test
  void aJarOfARepositoryIsLoadedWithThoseThatItNeedsAsPinned() throws Exception {
    var remote = Files.createDirectories(folder.resolve("remote/acme/lib/2/x")).getParent();
    var library =
        JarBuilder.empty(folder)
            .source("lib/Lib.java", LIBRARY)
            .entry("lib/text", "of the library")
            .entry("both", "of the library")
            .entry("META-INF/services/" + SplitStrategy.class.getName(), "lib.Absent");
    Files.move(library.build("lib.jar"), remote.resolve("lib-2.jar"));
    Files.writeString(remote.resolve("lib-2.pom"), POM.formatted("lib", "2", ""));
    var own = Files.createDirectories(folder.resolve("remote/acme/words/1.0/x")).getParent();
    var jar =
        JarBuilder.words(folder, "return \"1\";", "return lib.Lib.said(getClass());")
            .sourceLeftOut("lib/Lib.java", LIBRARY)
            .entry("both", "of the plugin");
    Files.move(jar.build("words.jar"), own.resolve("words-1.0.jar"));
    Files.writeString(
        own.resolve("words-1.0.pom"),
        POM.formatted(
            "words",
            "1.0",
            "<dependency><groupId>acme</groupId><artifactId>lib</artifactId><version>2</version></dependency>"));
    settings("");
    var coordinates = MavenCoordinates.parse("acme:words:1.0").orElseThrow();

    var plugin = Plugins.load(coordinates, maven());
    assertThat(plugin.splits())
        .extracting(Strategy::version)
        .containsExactly("of the library, of the plugin and of the library");
    assertThat(plugin.libraries())
        .extracting(each -> each.maven().toString())
        .containsExactly("acme:lib:2");
    var pins = new TreeMap<String, LockedPlugin>();
    pins.put(
        "words", new LockedPlugin("1.0", null, coordinates, plugin.sha256(), plugin.libraries()));
    lock().writePlugins(pins);
    assertThat(Files.readString(folder.resolve("p.yaml.lock")))
        .contains(
            """
                  "sha256": "%s",
                  "libraries": {
                    "acme:lib:2": "%s"
                  }
            """
                .formatted(plugin.sha256(), plugin.libraries().get(0).sha256()));
    assertThat(lock().plugins()).isEqualTo(pins);

    // What POMs say by now does not matter to what is pinned.
    Files.delete(own.resolve("words-1.0.pom"));
    Files.delete(remote.resolve("lib-2.pom"));
    var local = folder.resolve("local/acme/lib/2/lib-2.jar");
    Files.delete(local);
    assertThat(pinned().orNull().splits()).hasSize(1);
    settings("<offline>true</offline>");
    assertThat(pinned().orNull().splits()).hasSize(1);

    Files.write(local, new byte[] {1});
    assertThat(said(pinned()))
        .singleElement()
        .asString()
        .startsWith("sub/p.yaml.lock 4 Plugin.Changed `acme:lib:2` is not the jar that was pinned")
        .endsWith("pin it with `golem-pipeline plugins pin sub/p.yaml acme:words:1.0`.");
    Files.delete(local);
    assertThat(said(pinned()))
        .singleElement()
        .asString()
        .contains("Plugin.Missing Could not get the jar `acme:words:1.0` with what it needs: ")
        .contains("acme:lib:jar:2", "offline");

    // Alone it is another plugin than with its library.
    var alone = own.resolve("words-1.0.jar");
    assertThat(refusal(alone).getMessage())
        .contains("needs `lib.Lib`, which is neither in its jars nor in the JDK.");
  }

  @Test
  void onlyWhatStaysTheSameHasCoordinates() {
    for (var text :
        List.of("a:b", "a:b:c:d", "a:b:1-SNAPSHOT", "a:b:LATEST", "a/b:c:1", "a:b:..")) {
      assertThat(MavenCoordinates.parse(text)).as(text).isEmpty();
    }
    assertThat(MavenCoordinates.parse("com.acme:words_1-x:1.2+3"))
        .hasToString("Optional[com.acme:words_1-x:1.2+3]");
    assertThat(MavenCoordinates.parse("acme:words:jar:all:1"))
        .hasToString("Optional[acme:words:jar:all:1]");
  }

  /** A mirror of everything in a folder, so that no network is asked. */
  private void settings(String more) throws IOException {
    Files.createDirectories(folder.resolve("home/.m2"));
    Files.writeString(
        folder.resolve("home/.m2/settings.xml"),
        """
        <settings>
          <localRepository>%s</localRepository>
          <mirrors><mirror><id>here</id><mirrorOf>*</mirrorOf><url>%s</url></mirror></mirrors>
          %s
        </settings>
        """
            .formatted(folder.resolve("local"), folder.resolve("remote").toUri(), more));
  }

  @Test
  void aLockFileWithHalfAPluginIsBroken() throws Exception {
    Files.writeString(
        folder.resolve("p.yaml.lock"),
        "{\"version\": 1, \"plugins\": {\n\"words\": {\"path\": \"x.jar\", \"sha256\": \"abc\"}}}");

    assertThat(LockFile.read(folder.resolve("p.yaml.lock"), "p.yaml.lock").diagnostics())
        .singleElement()
        .returns("Lock.Broken", Diagnostic::id)
        .returns(2, found -> found.range().line())
        .extracting(Diagnostic::message)
        .asString()
        .endsWith(
            "`words` needs a `path`, or `maven` with group, artifact and version, and a `sha256` of"
                + " 64 hexadecimal digits.");
  }

  @Test
  void aLockFileWithHalfALibraryIsBroken() throws Exception {
    var digest = "\"sha256\": \"%s\"".formatted("a".repeat(64));
    for (var each :
        Map.of(
                "\"maven\": \"acme:words:1\", \"libraries\": {\"acme:lib:2\": \"b\"}",
                "the library `acme:lib:2` needs group, artifact and version",
                "\"maven\": \"acme:words:1\", \"libraries\": {\"lib\": \"%s\"}"
                    .formatted("b".repeat(64)),
                "the library `lib` needs group, artifact and version",
                "\"maven\": \"acme:words:1\", \"libraries\": []",
                "the `libraries` of `words` must be a map",
                "\"path\": \"a.jar\", \"libraries\": {\"acme:lib:2\": \"%s\"}"
                    .formatted("b".repeat(64)),
                "`words` has `libraries`, which only a plugin with `maven` has")
            .entrySet()) {
      Files.writeString(
          folder.resolve("p.yaml.lock"),
          "{\"version\": 1, \"plugins\": {\"words\": {%s, %s}}}".formatted(digest, each.getKey()));
      assertThat(LockFile.read(folder.resolve("p.yaml.lock"), "p.yaml.lock").diagnostics())
          .singleElement()
          .extracting(Diagnostic::message)
          .asString()
          .contains(each.getValue());
    }
  }

  private record Quiet(Merger merger) implements AutoCloseable {
    @Override
    public void close() {}
  }

  /** The first class of a jar, as if it were compiled for a Java that is far away. */
  private static byte[] ofJava99(Path jar) throws IOException {
    try (var file = new java.util.jar.JarFile(jar.toFile())) {
      var bytes = file.getInputStream(file.getEntry("acme/Words.class")).readAllBytes();
      bytes[7] = (byte) (99 + 44);
      return bytes;
    }
  }

  private Path needing(String statements) throws IOException {
    return JarBuilder.words(
            folder, "// MEMBERS", "public Words() throws Exception { %s }".formatted(statements))
        .build("it.jar");
  }

  private void refused(JarBuilder jar, String message) throws IOException {
    assertThat(refusal(jar.build("it.jar"))).as(message).hasMessageContaining(message);
  }

  private static PluginException refusal(Path jar) {
    var refusal = catchThrowableOfType(PluginException.class, () -> Plugins.load(jar, "it.jar"));
    assertThat(refusal.hint()).endsWith(".");
    assertThat(refusal.getMessage()).endsWith(".").doesNotContain("\n");
    return refusal;
  }

  private void pin(Plugin plugin, String path) throws IOException {
    var pins = new TreeMap<String, LockedPlugin>();
    pins.put(
        plugin.name(), new LockedPlugin(plugin.version(), path, null, plugin.sha256(), List.of()));
    lock().writePlugins(pins);
  }

  private MavenJars maven() {
    return new MavenJars(folder.resolve("home"));
  }

  private LockFile lock() {
    return LockFile.read(folder.resolve("p.yaml.lock"), "sub/p.yaml.lock").value().orElseThrow();
  }

  private Checked<Plugins> pinned() {
    return Plugins.NONE.withPinned(lock(), "sub/p.yaml", folder, maven());
  }

  private static List<String> said(Checked<Plugins> checked) {
    return checked.diagnostics().stream()
        .map(
            each ->
                "%s %d %s %s %s"
                    .formatted(
                        each.source().name(),
                        each.range().line(),
                        each.id(),
                        each.message(),
                        each.hint()))
        .toList();
  }

  /** Surroundings of a split that looks at nothing. */
  private record OptionsOnly() implements SplitContext {
    @Override
    public Options options() {
      return Options.NONE;
    }

    @Override
    public List<InputFile> inputs() {
      return List.of();
    }

    @Override
    public Path base() {
      return Path.of("");
    }

    @Override
    public Path workingFolder() {
      throw new AssertionError();
    }

    @Override
    public Map<String, String> variables() {
      return Map.of();
    }

    @Override
    public Shell shell() {
      throw new AssertionError();
    }
  }
}
