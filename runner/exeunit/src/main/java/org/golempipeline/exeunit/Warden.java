package org.golempipeline.exeunit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small shell process that outlives us, however we die. It knows every program that was started,
 * by process group and by a mark in the environment that descendants inherit. When its input ends,
 * because we closed it or are gone, it kills them all and removes the scratch folder. If somebody
 * kills it, another one takes its place. What escapes it is a process that both left its group and
 * wiped its environment. Thread-safe.
 */
final class Warden implements AutoCloseable {
  /** The variable whose value is the mark; the activity's mark begins with the node's. */
  static final String VARIABLE = "GOLEM_ACTIVITY";

  private static final Logger LOG = LoggerFactory.getLogger(Warden.class);
  private static final long END_SECONDS = 10;

  /** A machine that lets none of them live is not to be kept busy with that. */
  private static final int MOST_LIVES = 20;

  /** What the exit code of a process is above that a signal ended. */
  private static final int SIGNALLED = 128;

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

  private final ProcessBuilder builder;
  private final Object lock = new Object();

  /** Marks by process, of all that were started and did not end. */
  private final Map<Long, String> programs = new HashMap<>();

  private final Object sweeping = new Object();
  private final Queue<Sweep> asked = new ConcurrentLinkedQueue<>();
  private Life life;
  private int lives;
  private boolean closed;

  /** The shell process from its start until it ends or is killed. */
  private record Life(Process process, OutputStream orders, BufferedReader answers) {
    void tell(String line) throws IOException {
      orders.write(line.getBytes(StandardCharsets.US_ASCII));
      orders.flush();
    }
  }

  /** Somebody who waits until everything with a mark that begins so is killed. */
  private static final class Sweep {
    final String mark;
    boolean done;

    Sweep(String mark) {
      this.mark = mark;
    }
  }

  private Warden(ProcessBuilder builder) throws IOException {
    this.builder = builder;
    synchronized (lock) {
      life = begin();
    }
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
    return new Warden(builder);
  }

  private Life begin() throws IOException {
    lives++;
    Process process = builder.start();
    process.onExit().thenAccept(this::died);
    return new Life(
        process,
        process.getOutputStream(),
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII)));
  }

  private void died(Process process) {
    synchronized (lock) {
      if (!closed && life.process == process) {
        revive();
      }
    }
  }

  /** The groups of ended programs are forgotten; who is still in one has its mark. */
  private boolean revive() {
    synchronized (lock) {
      if (lives == MOST_LIVES) {
        return false;
      }
      try {
        life = begin();
        for (Map.Entry<Long, String> program : programs.entrySet()) {
          life.tell(line(program.getKey(), program.getValue()));
        }
        return true;
      } catch (IOException e) {
        LOG.warn("the warden is gone", e);
        return false;
      }
    }
  }

  private static String line(long pid, String mark) {
    return "+ " + pid + " " + mark + "\n";
  }

  void started(long pid, String mark) {
    synchronized (lock) {
      order(line(pid, mark));
      programs.put(pid, mark);
    }
  }

  /** The program is no more; its group is remembered while anybody else is in it. */
  void ended(long pid) {
    synchronized (lock) {
      programs.remove(pid);
      order("- " + pid + "\n");
    }
  }

  /**
   * Kills everything with a mark that begins so, and returns when that is done. Looking for it
   * means looking at every process of this machine, so those who ask meanwhile share the next look.
   */
  void kill(String mark) {
    Sweep own = new Sweep(mark);
    asked.add(own);
    synchronized (sweeping) {
      if (own.done) {
        return;
      }
      StringBuilder marks = new StringBuilder("k");
      for (Sweep next = asked.poll(); next != null; next = asked.poll()) {
        marks.append(' ').append(next.mark);
        next.done = true;
      }
      marks.append('\n');
      Life told;
      do {
        told = order(marks.toString());
      } while (!isAnswered(told) && isReplaced(told));
    }
  }

  private static boolean isAnswered(Life told) {
    try {
      return told.answers.readLine() != null;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether another one has taken the place of one that died. */
  private boolean isReplaced(Life dead) {
    synchronized (lock) {
      return !closed && (life != dead || revive());
    }
  }

  /** Who got it: the present one, or the next if that one is dead. */
  private Life order(String line) {
    synchronized (lock) {
      while (true) {
        try {
          life.tell(line);
          return life;
        } catch (IOException e) {
          if (closed || !revive()) {
            return life;
          }
        }
      }
    }
  }

  /** Kills everything and removes the scratch folder. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    try {
      while (!end() && revive()) {
        LOG.debug("the warden was killed before it was done");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** False if it did not live to do so. */
  private boolean end() throws InterruptedException {
    try {
      life.orders.close();
    } catch (IOException e) {
      LOG.debug("the warden is gone", e);
    }
    if (!life.process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      LOG.warn("the warden takes its time; it goes on in the background");
      return true;
    }
    return life.process.exitValue() <= SIGNALLED;
  }
}
