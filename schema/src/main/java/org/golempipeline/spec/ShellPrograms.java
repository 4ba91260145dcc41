package org.golempipeline.spec;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what programs a shell text starts by their plain names; where in doubt it sees nothing. */
final class ShellPrograms {
  /** A command begins here, behind what may be set for it alone. */
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?:^|[;&|(\\n{`]|\\b(?:then|do|else|elif|if|while|until)\\b|(?<!\\S)!)[ \\t]*"
              + "(?:\\w+=[^\\s;&|()<>'\"`]*[ \\t]+)*"
              + "(?:(?:exec|command|time|nohup)[ \\t]+)?"
              + "(?!(?:then|do|else|elif|if|while|until)\\s)"
              + "(/?[A-Za-z0-9_][A-Za-z0-9_./+-]*)(?=[\\s;&|)<>`]|$)");

  /** What stands before `)` in a `case`. */
  private static final Pattern PATTERN =
      Pattern.compile("(?:\\bin\\b|;;)\\s*\\(?[^()\\n;&]*\\)", Pattern.DOTALL);

  private static final Pattern FUNCTION = Pattern.compile("(\\w+)[ \\t]*\\([ \\t]*\\)");

  /** Words of the shell, and what every shell of POSIX does itself. */
  private static final Set<String> OWN =
      Set.of(
          ("if then else elif fi do done case esac while until for in alias bg break cd "
                  + "command continue eval exec exit export false fc fg getopts hash jobs kill "
                  + "local printf pwd read readonly return set shift test time times trap true type "
                  + "ulimit umask unalias unset wait echo")
              .split(" "));

  private ShellPrograms() {}

  /** The names, in order. */
  static Set<String> in(String text) {
    var code = ShellScan.of(text).code().replace("\\\n", "  ");
    code = PATTERN.matcher(code).replaceAll(found -> "\n".repeat(found.group().length()));
    var own = new LinkedHashSet<>(OWN);
    FUNCTION.matcher(code).results().forEach(found -> own.add(found.group(1)));
    var names = new LinkedHashSet<String>();
    Matcher found = COMMAND.matcher(code);
    for (var at = 0; found.find(at); at = found.end(1)) {
      var name = found.group(1);
      if (!own.contains(name) && !name.chars().allMatch(Character::isDigit)) {
        names.add(name);
      }
    }
    return names;
  }
}
