package org.golempipeline.provider;

import org.golempipeline.golem.wire.Reason;

/** Why a provider ends an agreement, in the words of the released one. */
enum EndCode {
  SUCCESS("Success", "Finished with success."),
  EXPIRED("Expired", "Agreement expired."),
  NO_ACTIVITY("NoActivity", "No activity created within 90s."),
  DEBIT_NOTES_DEADLINE("DebitNotesDeadline", "Requestor did not accept a debit note in time."),
  DEBIT_NOTE_REJECTED("DebitNoteRejected", "Requestor rejected a debit note."),
  DEBIT_NOTE_NOT_PAID("DebitNoteNotPaid", "Requestor did not pay a debit note in time."),
  REQUESTOR_UNREACHABLE("RequestorUnreachable", "Requestor can not be reached."),
  SHUTDOWN("Shutdown", "Provider is shutting down.");

  private final String code;
  private final String message;

  EndCode(String code, String message) {
    this.code = code;
    this.message = message;
  }

  String message() {
    return message;
  }

  Reason reason() {
    return Reason.of(message).with(Reason.PROVIDER_CODE, code);
  }
}
