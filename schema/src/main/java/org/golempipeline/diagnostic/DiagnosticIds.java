package org.golempipeline.diagnostic;

/**
 * The id of every diagnostic about a pipeline file, each with what it stands for. Ids are
 * permanent: a new meaning gets a new id.
 */
public final class DiagnosticIds {
  // Reading the text.

  /** A byte that is not UTF-8. */
  public static final String YAML_ENCODING = "Yaml.Encoding";

  /** Nothing in the file. */
  public static final String YAML_EMPTY = "Yaml.Empty";

  /** The file is too long. */
  public static final String YAML_TOO_LARGE = "Yaml.TooLarge";

  /** Lists and maps nested too deep. */
  public static final String YAML_TOO_DEEP = "Yaml.TooDeep";

  /** Too many keys and values, aliases expanded. */
  public static final String YAML_TOO_MANY_VALUES = "Yaml.TooManyValues";

  /** More than one document in the file. */
  public static final String YAML_DOCUMENTS = "Yaml.Documents";

  /** Not YAML. */
  public static final String YAML_SYNTAX = "Yaml.Syntax";

  /** A tab in the indentation. */
  public static final String YAML_TAB = "Yaml.Tab";

  /** A {@code : } inside plain text. */
  public static final String YAML_COLON = "Yaml.Colon";

  /** A plain command that a {@code #} may have cut short. */
  public static final String YAML_COMMENT = "Yaml.Comment";

  /** A backslash sequence that double quotes do not know. */
  public static final String YAML_ESCAPE = "Yaml.Escape";

  /** A control character. */
  public static final String YAML_CHARACTER = "Yaml.Character";

  /** A zero character or half of one, which no program can be given. */
  public static final String YAML_NOT_TEXT = "Yaml.NotText";

  /** A tag, or an unquoted pattern that looks like one. */
  public static final String YAML_TAG = "Yaml.Tag";

  /** An alias without anchor, or an unquoted pattern that looks like one. */
  public static final String YAML_ALIAS = "Yaml.Alias";

  /** An alias inside the value it stands for. */
  public static final String YAML_CYCLE = "Yaml.Cycle";

  /** A list or map as a key. */
  public static final String YAML_KEY = "Yaml.Key";

  /** The same key twice in a map. */
  public static final String YAML_DUPLICATE_KEY = "Yaml.DuplicateKey";

  /** A merge key. */
  public static final String YAML_MERGE_KEY = "Yaml.MergeKey";

  /** A number that is infinite, not one, or absurdly long. */
  public static final String YAML_NUMBER = "Yaml.Number";

  /** Written in a form that cannot be laid out anew. */
  public static final String YAML_LAYOUT = "Yaml.Layout";

  // Files that are included, and profiles.

  /** A file to include that is not there, or cannot be read. */
  public static final String INCLUDE_UNREADABLE = "Include.Unreadable";

  /** A file that includes itself, by way of others or not. */
  public static final String INCLUDE_CYCLE = "Include.Cycle";

  /** Two included files that define a stage differently. */
  public static final String INCLUDE_CLASH = "Include.Clash";

  /** More files than a pipeline may include. */
  public static final String INCLUDE_TOO_MANY = "Include.TooMany";

  /** A profile that the file does not have. */
  public static final String PROFILE_UNKNOWN = "Profile.Unknown";

  // The shape of the file.

  /** A key that has no meaning where it stands. */
  public static final String SCHEMA_UNKNOWN_KEY = "Schema.UnknownKey";

  /** A key of a stage beside {@code stages}, or the other way round. */
  public static final String SCHEMA_MISPLACED_KEY = "Schema.MisplacedKey";

  /** A name that is not spelled like one. */
  public static final String SCHEMA_NAME = "Schema.Name";

  /** A key that must be there and is not. */
  public static final String SCHEMA_MISSING_KEY = "Schema.MissingKey";

  /** A value of the wrong kind: text for a number. */
  public static final String SCHEMA_TYPE = "Schema.Type";

  /** A quantity without its unit, or with one that does not fit. */
  public static final String SCHEMA_UNIT = "Schema.Unit";

  /** A value that is not among those allowed. */
  public static final String SCHEMA_VALUE = "Schema.Value";

  /** Text that does not have the form it should. */
  public static final String SCHEMA_FORM = "Schema.Form";

  /** A number outside its limits. */
  public static final String SCHEMA_LIMIT = "Schema.Limit";

  /** Too few or too many items or characters. */
  public static final String SCHEMA_LENGTH = "Schema.Length";

  /** Keys that exclude each other. */
  public static final String SCHEMA_EXCLUSIVE = "Schema.Exclusive";

  /** Any other rule of a strategy's schema that is broken. */
  public static final String SCHEMA_RULE = "Schema.Rule";

  // Strategies.

  /** No split strategy of that name. */
  public static final String SPLIT_UNKNOWN_STRATEGY = "Split.UnknownStrategy";

  /** No merge strategy of that name. */
  public static final String MERGE_UNKNOWN_STRATEGY = "Merge.UnknownStrategy";

  /** A strategy alone that cannot do without options. */
  public static final String STRATEGY_OPTIONS_MISSING = "Strategy.OptionsMissing";

  /** Several strategies where one belongs. */
  public static final String STRATEGY_SEVERAL = "Strategy.Several";

  /** Options that the strategy itself refuses. */
  public static final String STRATEGY_REFUSED = "Strategy.Refused";

  /** A split that needs an input in a stage that has none. */
  public static final String INPUT_MISSING = "Input.Missing";

  /** An input for a split that reads none. */
  public static final String INPUT_UNUSED = "Input.Unused";

  /** A file to be fetched by providers, for a split that must read it here. */
  public static final String INPUT_REMOTE = "Input.Remote";

  // Params.

  /** {@code -p} names a param that the file does not have. */
  public static final String PARAM_UNKNOWN = "Param.Unknown";

  /** A param without default and without value. */
  public static final String PARAM_MISSING = "Param.Missing";

  /** A value that its declaration does not allow. */
  public static final String PARAM_VALUE = "Param.Value";

  /** A declaration that contradicts itself. */
  public static final String PARAM_DECLARATION = "Param.Declaration";

  /** A secret outside a shell text. */
  public static final String PARAM_SECRET = "Param.Secret";

  /** A secret that cannot be told from other text. */
  public static final String PARAM_SHORT_SECRET = "Param.ShortSecret";

  // Names and references.

  /** A stage that the file does not have. */
  public static final String REFERENCE_STAGE = "Reference.Stage";

  /** {@code ${name}} and nothing is called so. */
  public static final String REFERENCE_NAME = "Reference.Name";

  /** {@code ${name}} without its closing brace or with something else in it. */
  public static final String REFERENCE_FORM = "Reference.Form";

  /** A name that exists but has no value where it is used. */
  public static final String REFERENCE_SCOPE = "Reference.Scope";

  /** The value of a stage that is not among {@code needs}. */
  public static final String REFERENCE_NOT_NEEDED = "Reference.NotNeeded";

  /** A {@code value} stage used as a file, or the other way round. */
  public static final String REFERENCE_VALUE = "Reference.Value";

  /** {@code $count} where it is not known in time. */
  public static final String REFERENCE_COUNT = "Reference.Count";

  /** Two things of the same name. */
  public static final String NAME_CLASH = "Name.Clash";

  /** A name that the runner keeps for itself. */
  public static final String NAME_RESERVED = "Name.Reserved";

  /** Stages that wait for each other. */
  public static final String GRAPH_CYCLE = "Graph.Cycle";

  // Values of single keys.

  /** A path that leaves the folder of the file. */
  public static final String PATH_OUTSIDE = "Path.Outside";

  /** Two outputs with one path. */
  public static final String OUTPUT_SAME_NAME = "Output.SameName";

  /** A result where runs keep their own files. */
  public static final String PATH_OWN = "Path.Own";

  /** Something that would run on the user's own machine, where that is forbidden. */
  public static final String COMMAND_LOCAL = "Command.Local";

  /** A last stage whose result goes nowhere. */
  public static final String OUTPUT_MISSING = "Output.Missing";

  /** A folder where a merge makes one file. */
  public static final String OUTPUT_FOLDER = "Output.Folder";

  /** A partial result of a merge that has none. */
  public static final String ENOUGH_MERGE = "Enough.Merge";

  /** Several files from a fragment, for a merge that takes one of each. */
  public static final String MERGE_ONE_FILE = "Merge.OneFile";

  /** A matrix range that never ends or is too long. */
  public static final String MATRIX_RANGE = "Matrix.Range";

  // Warnings about shell text.

  /** {@code || true} and the like. */
  public static final String LINT_IGNORED_FAILURE = "Lint.IgnoredFailure";

  /** A decompressor whose failure its pipe hides. */
  public static final String LINT_HIDDEN_FAILURE = "Lint.HiddenFailure";

  /** A variable that the shell will split at spaces. */
  public static final String LINT_UNQUOTED = "Lint.Unquoted";

  /** A variable that has no value in this text. */
  public static final String LINT_UNSET = "Lint.Unset";

  /** A command that writes no output. */
  public static final String LINT_NO_OUTPUT = "Lint.NoOutput";

  /** A value inside the text of a program. */
  public static final String LINT_PROGRAM_TEXT = "Lint.ProgramText";

  /** A param or a variable of fragments that nothing names. */
  public static final String LINT_UNUSED = "Lint.Unused";

  /** What the shell cannot read. */
  public static final String LINT_SYNTAX = "Lint.Syntax";

  /** What only bash can read. */
  public static final String LINT_BASH = "Lint.Bash";

  /** A placeholder of another tool. */
  public static final String LINT_PLACEHOLDER = "Lint.Placeholder";

  /** A file that providers do not get. */
  public static final String LINT_FILE_BESIDE = "Lint.FileBeside";

  /** A list that is no program with its arguments. */
  public static final String LINT_LIST = "Lint.List";

  private DiagnosticIds() {}
}
