package org.golempipeline.standard;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.StrategyException;

/** {@code command}: shell text on this machine makes the result out of all outputs. */
public final class CommandMerge extends DescribedMerge {
  public CommandMerge() {
    super(
        "command",
        "1",
        "Runs a command on this machine that makes the result out of all outputs.",
        Result.FILE);
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "Shell text, run on this machine. `$list` is a file that names the outputs \
        in order, one a line; `$out` is the result to write.",
          "type": "string",
          "minLength": 1,
          "x-shell": true,
          "x-variables": ["list", "out"]
        }
        """;
  }

  @Override
  public boolean optionsRequired() {
    return true;
  }

  @Override
  public Merger open(MergeContext context) throws IOException {
    return new Command(context);
  }

  private static final class Command implements Merger {
    private final MergeContext context;
    private final LocalCommand command;

    Command(MergeContext context) throws IOException {
      this.context = context;
      this.command = new LocalCommand(context.workingFolder());
    }

    @Override
    public void add(FragmentOutput output) throws IOException {
      command.list(output.file());
    }

    @Override
    public void finish() throws IOException, StrategyException {
      var target = context.target().toAbsolutePath();
      command.run(
          context.shell(),
          "merge.command",
          context.options().text().orElseThrow(),
          context.variables(),
          Map.of("out", target.toString()));
      if (!Files.isRegularFile(target)) {
        throw new StrategyException(
            "The command of `merge` did not write `$out`.", "Let it write the result to `$out`.");
      }
    }

    @Override
    public void close() throws IOException {
      command.close();
    }
  }
}
