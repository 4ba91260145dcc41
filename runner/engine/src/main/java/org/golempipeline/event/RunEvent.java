package org.golempipeline.event;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a run. Whatever is not an event did not happen: progress, journal,
 * summary and exit code know nothing else. Names and fields are permanent: add, never rename.
 *
 * <p>Stages are named as in the file; fragments, rentals and batches are numbered from 0.
 */
public sealed interface RunEvent {

  /**
   * @param target {@code local} or {@code golem}
   * @param params in the order of the file; journals of older versions have none
   * @param fileSha256 of the pipeline file's text, and behind a zero character that of each file it
   *     includes; journals of older versions have none
   * @param profiles those that were chosen, of which later ones win
   */
  record RunStarted(
      String runId,
      String pipeline,
      String file,
      String target,
      String sessionId,
      int workers,
      List<String> stages,
      List<Param> params,
      @Nullable String fileSha256,
      List<String> profiles)
      implements RunEvent {
    public RunStarted {
      profiles = profiles == null ? List.of() : List.copyOf(profiles);
      params = params == null ? List.of() : List.copyOf(params);
    }
  }

  /**
   * The value that a param has in a run. A secret has neither value nor digest: it is only named.
   *
   * @param value null if it is a secret or too long
   * @param sha256 of a value that is too long
   */
  record Param(String name, @Nullable String value, @Nullable String sha256) {
    /** Whether nothing of its value is kept. */
    public boolean secret() {
      return value == null && sha256 == null;
    }
  }

  /** Written before the allocation is asked for; amount and timeout identify it. */
  record AllocationRequested(BigDecimal amount, Instant timeout, String platform)
      implements RunEvent {}

  record AllocationCreated(String allocationId, BigDecimal amount, String platform)
      implements RunEvent {}

  record AllocationReleased(String allocationId) implements RunEvent {}

  /** How many fragments a stage has became known. */
  record StageExpanded(String stage, int fragments) implements RunEvent {}

  /** Outputs that an earlier run left and that are used again. */
  record FragmentsReused(String stage, FragmentSet fragments) implements RunEvent {}

  /**
   * How much of a stage an earlier run left.
   *
   * @param others fragments that have to be computed
   * @param reasons what changed, in words
   */
  record StageReused(String stage, int reused, int others, List<String> reasons)
      implements RunEvent {
    /** What {@code reasons} say of a stage that was never run before. */
    public static final String FIRST_RUN = "never run before";

    /** What they say if the user wanted it so. */
    public static final String FRESH = "asked for with --fresh";

    public boolean firstRun() {
      return reasons.equals(List.of(FIRST_RUN));
    }
  }

  record DemandSubscribed(String demandId) implements RunEvent {}

  record DemandUnsubscribed(String demandId) implements RunEvent {}

  record ProposalReceived(String providerId, String providerName, boolean draft)
      implements RunEvent {}

  record ProposalRejected(String providerId, boolean byProvider, String reason)
      implements RunEvent {}

  record AgreementCreated(String agreementId, String providerId) implements RunEvent {}

  record AgreementApproved(String agreementId, String providerId, String providerName)
      implements RunEvent {}

  record AgreementRejected(String agreementId, String reason) implements RunEvent {}

  /**
   * An agreement did not lead to a machine.
   *
   * @param image what stands for it in the file
   * @param byImage whether the provider says that the image cannot be deployed or started
   */
  record StartFailed(
      String providerId, String providerName, String image, boolean byImage, String reason)
      implements RunEvent {}

  /**
   * A provider failed by itself and is not asked for a while.
   *
   * @param failures how often in a row
   */
  record ProviderPaused(String providerId, int failures, Instant until) implements RunEvent {}

  record AgreementTerminated(String agreementId, boolean byProvider, String reason)
      implements RunEvent {}

  record ActivityCreated(String activityId, String agreementId) implements RunEvent {}

  /** So much of its image has a machine that starts; told from time to time, if it says so. */
  record ImageArriving(String agreementId, long bytes, long size) implements RunEvent {}

  record ActivityDestroyed(String activityId, String agreementId) implements RunEvent {}

  /** Written before a machine is looked for. */
  record RentalRequested(int rental, String image, Set<String> deny) implements RunEvent {}

  record RentalOpened(
      int rental,
      String agreementId,
      String providerId,
      String providerName,
      int threads,
      BigDecimal startPrice,
      BigDecimal cpuSecondPrice,
      BigDecimal envSecondPrice)
      implements RunEvent {}

  /** No machine was found for it. */
  record RentalFailed(int rental, Failure failure) implements RunEvent {}

  /** The machine is being let go, or is gone; nothing new is sent to it. */
  record RentalEnding(int rental, String reason) implements RunEvent {
    public static final String TOO_DEAR = "it costs more than is left of the budget";
    public static final String NO_FURTHER_SCRIPT =
        "what is left of the budget pays for no further script";

    /** Whether there may have been work for it, but no money. */
    public boolean forBudget() {
      return reason.equals(TOO_DEAR) || reason.equals(NO_FURTHER_SCRIPT);
    }
  }

  record RentalClosed(int rental) implements RunEvent {}

  /** Written before a script is sent. */
  record BatchStarted(int batch, int rental, String stage, FragmentSet fragments)
      implements RunEvent {}

  /**
   * A script came back, or did not.
   *
   * @param done fragments whose outputs are here
   * @param failed fragments whose own program failed, with a reason each
   * @param failure what ended the script before all fragments were through
   * @param figures what its fragments took; journals of older versions have none
   */
  record BatchFinished(
      int batch,
      FragmentSet done,
      List<AttemptFailure> failed,
      @Nullable Failure failure,
      long milliseconds,
      long bytesSent,
      long bytesReceived,
      @Nullable Figures figures)
      implements RunEvent {
    /** Of which no figures are known. */
    public BatchFinished(
        int batch,
        FragmentSet done,
        List<AttemptFailure> failed,
        @Nullable Failure failure,
        long milliseconds,
        long bytesSent,
        long bytesReceived) {
      this(batch, done, failed, failure, milliseconds, bytesSent, bytesReceived, null);
    }

    /** Journals are read by it: the text is part of their format. */
    private static final Failure NEVER_SENT =
        Failure.of(FailureKind.CANCELLED, "It was never sent.");

    /** A script that was prepared and then not needed: others get its fragments. */
    public static BatchFinished unsent(int batch) {
      return new BatchFinished(batch, FragmentSet.EMPTY, List.of(), NEVER_SENT, 0, 0, 0);
    }

    /** Whether nobody saw anything of it but this machine. */
    public boolean neverSent() {
      return NEVER_SENT.equals(failure);
    }
  }

  /**
   * What the fragments of a script took, in the order of their numbers, as their provider says: -1
   * where he does not.
   *
   * @param took milliseconds from the end of the fragment before
   * @param cpu milliseconds of processors, of all processes that were waited for
   * @param bytes of the output
   * @param memory what each process of it held at most, added up over those that lived when its
   *     provider looked, in bytes; the most of all looks. Null if no fragment lived long enough for
   *     one, and in journals of older versions
   */
  record Figures(
      List<Integer> took, List<Integer> cpu, List<Long> bytes, @Nullable List<Long> memory) {
    public Figures {
      took = List.copyOf(took);
      cpu = List.copyOf(cpu);
      bytes = List.copyOf(bytes);
      memory = memory == null ? null : List.copyOf(memory);
    }
  }

  /**
   * One attempt's failure.
   *
   * @param exitCode of the program, null where it had none
   * @param log file with what it wrote, relative to the run's folder
   */
  record AttemptFailure(
      int fragment, Failure failure, @Nullable Integer exitCode, @Nullable String log) {}

  /** A fragment will be tried again. */
  record FragmentRequeued(String stage, int fragment, int attempt, Instant notBefore)
      implements RunEvent {}

  /** Stragglers' fragments are computed a second time beside them: the first answer counts. */
  record FragmentsCopied(String stage, FragmentSet fragments) implements RunEvent {}

  /** Another machine is asked for what one has answered already. */
  record ChecksQueued(String stage, FragmentSet fragments) implements RunEvent {}

  /** A provider answered something else than two others: nothing of it is used unchecked. */
  record ProviderBanned(String providerId, String stage) implements RunEvent {}

  /** A fragment is given up. {@code label} names it and its input. */
  record FragmentFailed(
      String stage, int fragment, String label, int attempts, Failure failure, @Nullable String log)
      implements RunEvent {}

  /** The rest of a stage is not needed any more: a first result was found. */
  record StageCut(String stage, int winner) implements RunEvent {}

  /** As much of a stage is done as the file asks for; {@code missing} were cancelled. */
  record StageEnough(String stage, int done, FragmentSet missing) implements RunEvent {}

  /**
   * The result of a stage is going to be made of a part: fragments failed, or were not waited for,
   * of it or of a stage that it reads.
   *
   * @param missing its own fragments without an output
   * @param from stages that it reads and whose results are parts themselves
   * @param failed whether something failed, and not only more was done than {@code enough}
   */
  record PartMade(String stage, FragmentSet missing, List<String> from, boolean failed)
      implements RunEvent {
    public PartMade {
      from = List.copyOf(from);
    }
  }

  record MergeStarted(String stage) implements RunEvent {}

  /**
   * @param files how many files the result has
   */
  record MergeFinished(String stage, int files, long bytes) implements RunEvent {}

  /** The result of a {@code merge: value} stage. */
  record ValueFound(String stage, String value) implements RunEvent {}

  record StageFinished(String stage, int done, int failed) implements RunEvent {}

  /** Written before any result is renamed into place. */
  record PublishStarted(int files) implements RunEvent {}

  /**
   * @param path relative to the pipeline file
   */
  record OutputPublished(String stage, String path, int files, long bytes) implements RunEvent {}

  /**
   * The output of the only fragment that was asked for, which is not published.
   *
   * @param path of the file or the folder, relative to the run's folder
   */
  record OutputLeft(String stage, int fragment, String path, int files, long bytes)
      implements RunEvent {}

  /**
   * What earlier runs published and this one does not make was taken away.
   *
   * @param first some of the paths, relative to the pipeline file
   */
  record OutputsRemoved(int files, List<String> first) implements RunEvent {
    public OutputsRemoved {
      first = List.copyOf(first);
    }
  }

  /**
   * What providers fetched from this machine in all: images and input, without first parts of
   * files.
   *
   * @param milliseconds in which at least one of them did
   */
  record FilesServed(long bytes, long milliseconds) implements RunEvent {}

  record DebitNoteAccepted(String debitNoteId, String agreementId, BigDecimal totalAmount)
      implements RunEvent {}

  record InvoiceAccepted(String invoiceId, String agreementId, BigDecimal amount)
      implements RunEvent {}

  /** A debit note or invoice that does not add up; {@code reason} shows the arithmetic. */
  record DocumentRefused(String documentId, String agreementId, String reason)
      implements RunEvent {}

  record Warned(String message) implements RunEvent {}

  /**
   * In which programs a run on this machine executes the fragments of an image's stages; of a run
   * on Golem, in which ones it computes them once more on this machine.
   *
   * @param image as in the file
   * @param sha3 of the image inside which they are executed; null if this machine's own programs
   *     run
   * @param instead why they do, as a clause
   */
  record ProgramsChosen(String image, @Nullable String sha3, @Nullable String instead)
      implements RunEvent {}

  /**
   * A split or merge leaves out or alters something that is no error.
   *
   * @param strategy as in the file: {@code media/segments}
   * @param planned whether it was said when the run was planned, and shown with its place in the
   *     file
   */
  record StrategyWarned(String stage, String strategy, String message, boolean planned)
      implements RunEvent {}

  /** The run will end without completing; the first reason counts. */
  record StopRequested(Failure failure) implements RunEvent {}

  /** Everything that was rented is let go and paid, but for what is {@code outstanding}. */
  record SettlementFinished(BigDecimal accepted, int agreements, List<String> outstanding)
      implements RunEvent {}

  /**
   * The last of the run itself; only what {@code settle} did later may follow it in a journal.
   *
   * @param failure why it did not complete, null if it did
   * @param fragmentsMissing that its results are without
   * @param providers how many different ones worked
   */
  record RunFinished(
      int exitCode,
      @Nullable Failure failure,
      int fragmentsDone,
      int fragmentsFailed,
      int fragmentsMissing,
      int providers,
      BigDecimal accepted,
      long milliseconds)
      implements RunEvent {
    /** What the process exits with when fragments that failed are missing in a result. */
    public static final int IN_PART = 6;
  }
}
