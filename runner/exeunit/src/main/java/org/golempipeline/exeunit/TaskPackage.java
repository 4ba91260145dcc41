package org.golempipeline.exeunit;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The image of an agreement.
 *
 * @param text {@code hash:sha3:<hex>:<url>}; null where the agreement names none
 * @param entered whether programs run in it, where this machine permits that and it is here
 * @param fetched whether {@code deploy} fetches it if it is not here, and fails if that cannot be
 */
public record TaskPackage(@Nullable String text, boolean entered, boolean fetched) {
  public static final TaskPackage NONE = new TaskPackage(null, false, false);

  private static final Pattern FORM =
      Pattern.compile("hash:(?://)?sha3:(?:0x)?([0-9a-f]{56}):(.*)", Pattern.CASE_INSENSITIVE);

  /**
   * What is known of a file before it is here.
   *
   * @param sha3 its SHA3-224 in hex
   */
  record Named(String sha3, String url) {}

  /** Absent where no image of a VM is named. */
  Optional<Named> named() {
    Matcher parts = FORM.matcher(text == null ? "" : text);
    return parts.matches()
        ? Optional.of(new Named(parts.group(1).toLowerCase(Locale.ROOT), parts.group(2)))
        : Optional.empty();
  }
}
