package org.golempipeline.golem;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * One session on the Golem Network: an allocation, and the machines rented from it. Opened by
 * {@link org.golempipeline.golem.session.Yagna#open}. All methods return at once and are safe to
 * call from any thread; futures fail with {@link GolemException}. Debit notes and invoices of the
 * session are checked and accepted in the background, as long as it is open.
 */
public interface GolemNetwork extends AutoCloseable {
  /**
   * Finds a provider, signs an agreement with it, creates an activity, deploys and starts the
   * image. One call, one machine. Cancelling the future gives up and ends whatever was begun. Fails
   * with kind MARKET when nobody suitable agreed in time; the message then says how many offers
   * were seen and why they were not taken. A provider that fails while starting is not reported:
   * the next one is tried until the limit.
   */
  CompletableFuture<Rental> rent(RentalTerms terms);

  /**
   * Lets providers read {@code file} from this machine, any number of them, until the session is
   * settled. Completes with the {@code gftp:} URL, which cannot be guessed.
   */
  CompletableFuture<String> serve(ByteSource file);

  /** Never again in this session. */
  void ban(String providerId);

  /** Not for so long, as everybody who failed; a machine that it has stays. */
  void pause(String providerId, Duration time);

  /**
   * Ends every rental, unsubscribes demands, waits up to {@code limit} for outstanding invoices,
   * accepts them and releases the allocation, also if something is still owed: {@link
   * org.golempipeline.golem.session.Yagna#settle} makes another one for that. Never fails: what
   * could not be done is in the settlement.
   */
  CompletableFuture<Settlement> settle(Duration limit);

  /** Stops everything in the background at once; {@link #settle} is called before. */
  @Override
  void close();
}
