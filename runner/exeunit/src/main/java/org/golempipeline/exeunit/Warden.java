package org.golempipeline.exeunit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small shell process that outlives us, however we die. It knows every program that was started,
 * by process group and by a mark in the environment that descendants inherit. When its input ends,
 * because we closed it or are gone, it kills them all and removes the scratch folder. What escapes
 * it is a process that both left its group and wiped its environment. Thread-safe.
 */
final class Warden implements AutoCloseable {
  /** The variable whose value is the mark; the activity's mark begins with the node's. */
  static final String VARIABLE = "GOLEM_ACTIVITY";

  private static final Logger LOG = LoggerFactory.getLogger(Warden.class);
  private static final long END_SECONDS = 10;

  /**
   * Reads {@code + pid mark}, {@code - pid} and {@code k mark…}; the last is answered by a line.
   *
   * <p>Of a program that ended, only its group is remembered, and that as long as nobody has its
   * number: Linux gives a number away again as soon as the group is empty, also to threads, and who
   * kills one of those kills its whole process.
   */
  private static final String SCRIPT =
      """
      trap '' HUP INT QUIT TERM PIPE
      scratch=$1 node=$2 live=' ' left=' '
      marked() {
        if [ -r /proc/self/environ ]; then
          grep -lsaF "$(printf 'GOLEM_ACTIVITY=%s\n' $marks)" /proc/[0-9]*/environ 2>/dev/null |
            while read -r f; do f=${f#/proc/}; echo "${f%/environ}"; done
        else
          ps axeww -o pid= -o command= 2>/dev/null |
            grep "$(printf 'GOLEM_ACTIVITY[=]%s\n' $marks)" |
            while read -r p rest; do echo "$p"; done
        fi
      }
      swept() {
        for m in $marks; do
          case $1 in *:"$m"*) return 0 ;; esac
        done
        return 1
      }
      forget() {
        still=' '
        for e in $left; do
          p=${e%%:*}
          kill -0 "-$p" 2>/dev/null && ! kill -0 "$p" 2>/dev/null && still="$still$e "
        done
        left=$still
      }
      sweep() {
        marks=$*
        forget
        for e in $left; do
          ! swept "$e" || kill -KILL "-${e%%:*}" 2>/dev/null
        done
        n=0
        while [ $n -lt 20 ]; do
          n=$((n + 1))
          for e in $live; do
            swept "$e" || continue
            p=${e%%:*}
            kill -KILL "-$p" 2>/dev/null || [ $n -gt 1 ] || kill -KILL "$p" 2>/dev/null
          done
          found=$(marked)
          [ -n "$found" ] || break
          kill -KILL $found 2>/dev/null
        done
        kept=' '
        for e in $live; do
          swept "$e" || kept="$kept$e "
        done
        live=$kept
      }
      while read -r verb a b; do
        case $verb in
          +) live="$live$a:$b " ;;
          -) case $live in
               *" $a:"*)
                 rest=${live#*" $a:"}
                 live="${live%%" $a:"*} ${rest#* }"
                 left="$left$a:${rest%% *} " ;;
             esac
             forget ;;
          k) sweep $a $b; echo done ;;
        esac
      done
      sweep "$node"
      rm -rf -- "$scratch"
      [ -z "$3" ] || rmdir -- "$3" 2>/dev/null
      """;

  private final Process process;
  private final OutputStream orders;
  private final BufferedReader answers;
  private final Queue<Sweep> asked = new ConcurrentLinkedQueue<>();

  /** Somebody who waits until everything with a mark that begins so is killed. */
  private static final class Sweep {
    final String mark;
    boolean done;

    Sweep(String mark) {
      this.mark = mark;
    }
  }

  private Warden(Process process) {
    this.process = process;
    orders = process.getOutputStream();
    answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  /**
   * Starts it.
   *
   * @param scratch removed at the end
   * @param around the folder that holds it, removed as well if nobody else uses it
   * @param mark with which the marks of all activities of this node begin; no spaces
   */
  static Warden start(Path scratch, Optional<Path> around, String mark) throws IOException {
    List<String> command = new ArrayList<>(Programs.ownSession());
    command.addAll(List.of("/bin/sh", "-c", SCRIPT, "golem-node-warden"));
    command.addAll(List.of(scratch.toString(), mark, around.map(Path::toString).orElse("")));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().retainAll(List.of("PATH"));
    builder.directory(scratch.getRoot().toFile());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return new Warden(builder.start());
  }

  void started(long pid, String mark) {
    order("+ " + pid + " " + mark + "\n");
  }

  /** The program is no more; its group is remembered while anybody else is in it. */
  void ended(long pid) {
    order("- " + pid + "\n");
  }

  /**
   * Kills everything with a mark that begins so, and returns when that is done. Looking for it
   * means looking at every process of this machine, so those who ask meanwhile share the next look.
   */
  void kill(String mark) {
    Sweep own = new Sweep(mark);
    asked.add(own);
    synchronized (answers) {
      if (own.done) {
        return;
      }
      StringBuilder marks = new StringBuilder("k");
      for (Sweep next = asked.poll(); next != null; next = asked.poll()) {
        marks.append(' ').append(next.mark);
        next.done = true;
      }
      order(marks.append('\n').toString());
      try {
        answers.readLine();
      } catch (IOException e) {
        LOG.debug("warden is gone", e);
      }
    }
  }

  private void order(String line) {
    synchronized (orders) {
      try {
        orders.write(line.getBytes(StandardCharsets.US_ASCII));
        orders.flush();
      } catch (IOException e) {
        LOG.debug("warden is gone", e);
      }
    }
  }

  /** Kills everything and removes the scratch folder. */
  @Override
  public void close() {
    try {
      orders.close();
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("the warden takes its time; it goes on in the background");
      }
    } catch (IOException e) {
      LOG.debug("warden is gone", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
