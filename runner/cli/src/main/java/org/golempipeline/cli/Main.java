package org.golempipeline.cli;

/** Where the process begins and ends. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    var console = Console.ofProcess();
    var exitCode = new GolemPipeline(console).execute(arguments);
    console.out().flush();
    console.err().flush();
    System.exit(exitCode);
  }
}
