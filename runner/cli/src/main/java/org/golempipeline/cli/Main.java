package org.golempipeline.cli;

/** Where the process begins and ends. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    // Debug logging is for developers, who put a provider of it on the class path.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    var console = Console.ofProcess();
    var exitCode = ExitCodes.BUG;
    try {
      exitCode = new GolemPipeline(console).execute(arguments);
    } catch (OutOfMemoryError e) {
      new Messages(console)
          .error(
              "There is not enough memory for this.",
              "Give it more with `GOLEM_PIPELINE_JAVA_OPTS=-Xmx2g`.");
    } catch (Error e) {
      new Messages(console).bug(e);
    } finally {
      console.out().flush();
      console.err().flush();
      System.exit(exitCode);
    }
  }
}
