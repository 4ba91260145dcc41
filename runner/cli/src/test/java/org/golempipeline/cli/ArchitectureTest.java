package org.golempipeline.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.text.Format;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Scanner;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.commons.io.file.PathUtils;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.golem.files.GftpServer;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.DaemonCalls;
import org.golempipeline.golem.image.ImageDownload;
import org.golempipeline.golem.image.ImageRegistry;
import org.golempipeline.golem.image.ImageUpload;
import org.golempipeline.golem.market.MarketOffer;
import org.golempipeline.golem.market.MarketView;
import org.golempipeline.golem.market.Relaxation;
import org.golempipeline.golem.session.Inquiry;
import org.golempipeline.golem.session.Yagna;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which package may know which, and the one home of every library. */
class ArchitectureTest {
  private static final String ROOT = "org.golempipeline.";
  private static final String CLI = ROOT + "cli";

  /** What every package may use. */
  private static final List<String> EVERYWHERE =
      List.of(
          ("java.io.. java.lang.. java.math.. java.nio.. java.security.. java.text.. "
                  + "java.time.. java.util.. org.jspecify.annotations.. org.slf4j..")
              .split(" "));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.golempipeline");

  /** Packages, and behind each the packages and libraries that it may use besides itself. */
  private static final String ARROWS =
      """
      plainfile:
      strategy: plainfile com.google.re2j..
      diagnostic: plainfile
      event:
      standard: strategy
      document: diagnostic org.yaml.snakeyaml..
      spec: document diagnostic strategy com.networknt.schema.. com.fasterxml.jackson..
        org.jgrapht..
      plan: spec diagnostic event strategy org.jgrapht..
      golem.wire: com.fasterxml.jackson.. com.google.flatbuffers..
      golem: golem.wire
      golem.http: golem golem.wire com.fasterxml.jackson.. java.net java.net.http
      golem.image: golem golem.http golem.wire com.fasterxml.jackson.. java.net java.net.http
      golem.files: golem golem.http golem.wire com.fasterxml.jackson.. java.net.http
      golem.market: golem golem.http golem.wire
      golem.session: golem golem.files golem.http golem.market golem.wire
        com.fasterxml.jackson.. java.net.http
      gvmi: filelock plainfile com.fasterxml.jackson..
      oci: gvmi plainfile com.fasterxml.jackson.. com.google.cloud.tools.jib..
        io.airlift.compress.. org.apache.commons.compress.. org.apache.commons.io..
      exeunit: golem.wire gvmi plainfile com.fasterxml.jackson.. java.net java.net.http
      bus: golem.wire com.fasterxml.jackson.. com.google.protobuf.. java.net
      provider: bus exeunit filelock golem golem.http golem.wire gvmi com.fasterxml.jackson..
      node: exeunit filelock golem.wire gvmi plainfile com.fasterxml.jackson.. io.undertow.. org.xnio..
        java.net
      journal: event filelock plainfile plan schedule spec strategy com.fasterxml.jackson..
      schedule: event plan spec strategy
      batch: event golem plainfile spec strategy org.apache.commons.io..
      compare: spec com.fasterxml.jackson..
      cache: batch diagnostic filelock plainfile spec strategy com.fasterxml.jackson..
      filelock: plainfile
      lock: diagnostic plainfile com.fasterxml.jackson..
      image: event gvmi oci plainfile plan spec strategy diagnostic golem golem.image lock
        com.fasterxml.jackson..
      plugins: strategy spec standard diagnostic lock maven plainfile java.net
      maven: lock org.apache.maven.. org.eclipse.aether.. org.sonatype.plexus..
      run: batch cache compare image plainfile plan schedule spec diagnostic event journal
        golem golem.market golem.session strategy org.apache.commons.compress..
        org.apache.commons.io.. com.fasterxml.jackson..
      workplace: filelock golem golem.wire gvmi journal node plainfile plan run spec
        org.apache.commons.io..
      pipeline: cache diagnostic event exeunit filelock golem golem.image gvmi image journal
        lock maven oci plainfile plan plugins run spec strategy workplace
      settle: run event journal golem golem.session
      repro: batch event journal plan run spec strategy
      rehearse: batch cache compare event exeunit golem golem.session gvmi image journal node
        plan report run spec strategy com.fasterxml.jackson..
      laws: cache compare diagnostic event image plan report run spec strategy
        com.fasterxml.jackson..
      report: event diagnostic plainfile com.fasterxml.jackson.core.. javax.xml.stream
      html: event journal plainfile report
      """;

  /** Rooms of the command line, and the rooms that each may use; its front may use them all. */
  private static final String ROOMS =
      """
      terminal:
      completion: terminal
      pipeline: completion terminal
      start: pipeline terminal
      images: pipeline terminal
      history: terminal
      live: history terminal
      market: history pipeline terminal
      run: completion history images live market pipeline terminal
      doctor: history images pipeline run terminal
      plugins: completion pipeline terminal
      serve: completion pipeline terminal
      """;

  /** What stands behind each name; a line that begins with blanks belongs to the one before. */
  private static Map<String, List<String>> table(String text) {
    var table = new LinkedHashMap<String, List<String>>();
    text.replaceAll("\\n +", " ")
        .lines()
        .map(line -> List.of(line.split("[: ]+")))
        .forEach(words -> table.put(words.get(0), words.subList(1, words.size())));
    return table;
  }

  @TestFactory
  Stream<DynamicTest> packagesKnowOnlyWhatTheyMay() {
    return table(ARROWS).entrySet().stream()
        .map(
            arrow ->
                DynamicTest.dynamicTest(
                    arrow.getKey(),
                    () -> {
                      var allowed =
                          Stream.of(
                                  EVERYWHERE.stream(),
                                  Stream.of(ROOT + arrow.getKey()),
                                  arrow.getValue().stream()
                                      .map(
                                          name ->
                                              name.contains("..") || name.startsWith("java")
                                                  ? name
                                                  : ROOT + name))
                              .flatMap(each -> each)
                              .toArray(String[]::new);
                      classes()
                          .that()
                          .resideInAPackage(ROOT + arrow.getKey())
                          .should()
                          .onlyDependOnClassesThat(
                              resideInAnyPackage(allowed)
                                  .or(equivalentTo(URI.class))
                                  .or(describe("are primitive", JavaClass::isPrimitive))
                                  .or(
                                      describe(
                                          "are arrays of them",
                                          type ->
                                              type.isArray()
                                                  && type.getBaseComponentType().isPrimitive())))
                          .check(CLASSES);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> roomsOfTheCommandLineKnowOnlyWhatTheyMay() {
    return table(ROOMS).entrySet().stream()
        .map(
            room ->
                DynamicTest.dynamicTest(
                    room.getKey(),
                    () ->
                        noClasses()
                            .that()
                            .resideInAPackage(CLI + "." + room.getKey())
                            .should()
                            .dependOnClassesThat(
                                resideInAPackage(CLI + "..")
                                    .and(
                                        not(
                                            resideInAnyPackage(
                                                Stream.concat(
                                                        Stream.of(room.getKey()),
                                                        room.getValue().stream())
                                                    .map(name -> CLI + "." + name)
                                                    .toArray(String[]::new)))))
                            .check(CLASSES)));
  }

  /** A room with ten of them would be a corridor. */
  @TestFactory
  Stream<DynamicTest> roomsOfTheCommandLineShowLittle() {
    return table(ROOMS).keySet().stream()
        .map(
            room ->
                DynamicTest.dynamicTest(
                    room,
                    () ->
                        assertThat(CLASSES)
                            .filteredOn(type -> type.getPackageName().equals(CLI + "." + room))
                            .filteredOn(
                                type ->
                                    type.isTopLevelClass()
                                        && type.getModifiers().contains(JavaModifier.PUBLIC))
                            .hasSizeBetween(1, 9)));
  }

  @Test
  void everyPackageHasItsArrows() {
    var known =
        Stream.of(
                table(ARROWS).keySet().stream().map(name -> ROOT + name),
                table(ROOMS).keySet().stream().map(name -> CLI + "." + name),
                Stream.of(CLI))
            .flatMap(each -> each)
            .toArray(String[]::new);

    classes().should().resideInAnyPackage(known).check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.golempipeline.(*)..").should().beFreeOfCycles().check(CLASSES);
    slices().matching("org.golempipeline.golem.(*)..").should().beFreeOfCycles().check(CLASSES);
    slices().matching("org.golempipeline.cli.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  /** What the rooms of the client share with each other is nobody else's. */
  @Test
  void theClientIsUsedByItsFrontAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "golem..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    Stream.of("http", "files", "image", "market", "session")
                        .map(room -> ROOT + "golem." + room)
                        .toArray(String[]::new))
                .and(
                    not(
                        belongToAnyOf(
                            CallFailure.class,
                            DaemonCalls.class,
                            GftpServer.class,
                            ImageDownload.class,
                            ImageRegistry.class,
                            ImageUpload.class,
                            Inquiry.class,
                            MarketOffer.class,
                            MarketView.class,
                            Relaxation.class,
                            Yagna.class))))
        .check(CLASSES);
  }

  @Test
  void theCommandLineAloneTouchesTheProcess() {
    noClasses()
        .that()
        .resideOutsideOfPackages(CLI, CLI + ".terminal")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .accessField(System.class, "in")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("sun.misc..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage(CLI + "..")
        .should()
        .callMethod(Runtime.class, "halt", int.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .check(CLASSES);
  }

  @Test
  void timeWaitingAndChanceArePassedIn() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callConstructor(Random.class)
        .orShould()
        .callMethod(ThreadLocalRandom.class, "current")
        .orShould()
        .callMethod(Math.class, "random")
        .check(CLASSES);
  }

  /** Those of the library open each file to change its attributes, and so wait for pipes. */
  @Test
  void foldersAreRemovedWithoutOpeningWhatIsInThem() {
    noClasses()
        .should()
        .callMethodWhere(
            target(owner(equivalentTo(FileUtils.class).or(equivalentTo(PathUtils.class))))
                .and(target(nameMatching("(force)?[dD]elete.*|clean.*"))))
        .check(CLASSES);
  }

  /**
   * {@code formatted} speaks the language that {@link Main} sets before all else; what has a form
   * that takes a language names it.
   */
  @Test
  void textIsTheSameInEveryLanguage() {
    noClasses()
        .should()
        .callMethod(String.class, "toLowerCase")
        .orShould()
        .callMethod(String.class, "toUpperCase")
        .orShould()
        .callMethod(String.class, "format", String.class, Object[].class)
        .orShould()
        .callMethod(PrintStream.class, "printf", String.class, Object[].class)
        .orShould()
        .callMethod(PrintStream.class, "format", String.class, Object[].class)
        .orShould()
        .callMethod(PrintWriter.class, "printf", String.class, Object[].class)
        .orShould()
        .callMethod(PrintWriter.class, "format", String.class, Object[].class)
        .orShould()
        .callConstructor(Formatter.class)
        .orShould()
        .callMethod(DateTimeFormatter.class, "ofPattern", String.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Format.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Scanner.class)
        .check(CLASSES);
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Main.class.getName())
        .should()
        .callMethod(Locale.class, "setDefault", Locale.class)
        .check(CLASSES);
  }

  @Test
  void strategiesSpeakOnlyTheLanguageOfTheJdk() {
    methods()
        .that()
        .areDeclaredInClassesThat(resideInAPackage(ROOT + "strategy"))
        .and()
        .arePublic()
        .should()
        .haveRawReturnType(
            resideInAnyPackage("java..", ROOT + "strategy")
                .or(describe("are primitive", JavaClass::isPrimitive)))
        .check(CLASSES);
  }

  @Test
  void eventsAreDataOnly() {
    classes()
        .that()
        .resideInAPackage(ROOT + "event")
        .and()
        .areNotAnnotations()
        .and(
            are(
                describe(
                    "no package description",
                    type -> !type.getSimpleName().equals("package-info"))))
        .should(
            ArchConditions.be(
                describe(
                    "records, enums or interfaces",
                    type ->
                        type.isRecord()
                            || type.isEnum()
                            || type.isInterface()
                            || type.isEquivalentTo(FragmentSet.class))))
        .check(CLASSES);
  }

  /** Another room needs it, or the JVM does; of constants nothing is left in who uses them. */
  @Test
  void classesOfTheCommandLineArePackagePrivateOrHaveAReasonToBePublic() {
    classes()
        .that()
        .resideInAPackage(CLI + "..")
        .and()
        .areTopLevelClasses()
        .and()
        .arePublic()
        .and()
        .doNotHaveFullyQualifiedName(Main.class.getName())
        .and()
        .doNotHaveFullyQualifiedName(ExitCodes.class.getName())
        .should(
            ArchConditions.be(
                describe(
                    "used outside of their package",
                    type ->
                        type.getDirectDependenciesToSelf().stream()
                            .anyMatch(
                                use ->
                                    !use.getOriginClass()
                                        .getPackageName()
                                        .equals(type.getPackageName())))))
        .check(CLASSES);
  }
}
