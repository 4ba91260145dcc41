package org.golempipeline.rehearse;

/**
 * Something about a command that goes wrong sooner or later on other people's machines.
 *
 * @param fragment how people call it
 * @param seen in a sentence
 * @param others how many other fragments of the stage it was found with
 */
public record Finding(Kind kind, String stage, String fragment, String seen, int others) {
  /** What is wrong, with its cure. Ids are permanent. */
  public enum Kind {
    NOT_DETERMINISTIC(
        "not-deterministic",
        "The same fragment gives other bytes each time",
        "Take random numbers, dates, host names, process ids and paths such as `$in` out of what is"
            + " written: seed generators from `$index`, read with `< \"$in\"`, pass dates as params."
            + " Or say with `verify: { compare: … }` which differences do not count."),
    NOT_IDEMPOTENT(
        "not-idempotent",
        "The command does something else when it runs again in the same folder",
        "A fragment can be tried twice on one provider. Write with `>` instead of `>>`, and keep"
            + " what is left over in `$tmp`, which is empty for each fragment."),
    NEEDS_NEIGHBOURS(
        "depends-on-neighbours",
        "The output depends on the fragments that ran before it on the provider",
        "Which fragments share a provider, and in which order, is chance. Let the command read"
            + " nothing but `$in` and `files`, and make what all need in `setup`."),
    WRITES_OUTSIDE(
        "writes-outside",
        "The command leaves files behind for the fragments after it",
        "Write to `$out`, and to `$tmp` what is needed in between."),
    CHANGES_YOUR_FILES(
        "changes-your-files",
        "The command changes files in the folder of the pipeline",
        "On other machines there is no such folder: results go to `$out`, and the runner brings"
            + " them back."),
    LEAVES_PROCESSES(
        "leaves-processes",
        "The command leaves processes running",
        "They go on beside the next fragments, and are paid for. End what is started with `&` by"
            + " `wait` or `kill`.");

    private final String id;
    private final String title;
    private final String cure;

    Kind(String id, String title, String cure) {
      this.id = id;
      this.title = title;
      this.cure = cure;
    }

    public String id() {
      return id;
    }

    public String title() {
      return title;
    }

    public String cure() {
      return cure;
    }
  }

  Finding withOneMore() {
    return new Finding(kind, stage, fragment, seen, others + 1);
  }
}
