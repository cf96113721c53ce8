import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

export interface Form<Wanted extends Options, Positionals extends boolean> {
  /** What the command does, a blank line, how it is called, and what its flags mean. */
  readonly usage: string;
  readonly options: Wanted;
  /** true: it takes arguments that belong to no flag. */
  readonly allowPositionals: Positionals;
}

type Parsed<Wanted extends Options, Positionals extends boolean> = ReturnType<
  typeof parseArgs<{ options: Wanted; allowPositionals: Positionals; tokens: true }>
>;

/** What a command was asked for and makes no sense. It is said with the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const USAGE_EXIT_CODE = 2;

/**
 * The one way in which a command of the terminal takes its arguments. `--help` and `-h` show the usage on stdout, whatever else is asked;
 * what makes no sense is said on stderr, with the usage. Resolves with the exit code: that of `run`, 0 after help, 2 for what makes no sense.
 */
export async function command<Wanted extends Options, Positionals extends boolean>(
  form: Form<Wanted, Positionals>,
  run: (asked: Pick<Parsed<Wanted, Positionals>, 'values' | 'positionals'>) => number | Promise<number>,
): Promise<number> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(form.usage);
    return 0;
  }
  try {
    return await run(parsed(args, form));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${form.usage}`);
    return USAGE_EXIT_CODE;
  }
}

/** After `--` everything is an argument. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

/** @throws UsageError for an unknown flag, one without its value, one given twice, or an argument too many. */
function parsed<Wanted extends Options, Positionals extends boolean>(
  args: readonly string[],
  { options, allowPositionals }: Form<Wanted, Positionals>,
): Parsed<Wanted, Positionals> {
  const all = parsedOrRefused({ args: [...args], options, allowPositionals, tokens: true } as const);
  const flags = all.tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const twice = flags.find((name, index) => flags.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--${twice} is given twice`);
  return all;
}

function parsedOrRefused<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
