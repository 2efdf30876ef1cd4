import { parseArgs } from 'node:util';
import { InvalidError } from '../domain/errors.ts';
import type { Command, Input, Tools } from './command.ts';
import { commandHelp, commands, groupOf, groupOverview, overview } from './commands.ts';
import { errorText, exitCode } from './exit-code.ts';

/** argv (without node and script) -> exit code. Answers go to stdout, everything else to stderr. */
export async function run(argv: readonly string[], tools: Tools): Promise<number> {
  const [name] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = commandOf(argv.slice(1));
    tools.stdout(about ? commandHelp(about) : overview());
    return 0;
  }
  const command = commandOf(name === '--version' ? ['version'] : argv);
  if (!command) return notACommand(argv, tools);
  const rest = argv.slice(command.name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) {
    tools.stdout(commandHelp(command));
    return 0;
  }
  try {
    return await command.run(parse(command, rest), tools);
  } catch (error) {
    tools.stderr(`tidecaster ${command.name}: ${errorText(error)}\n`);
    return exitCode(error);
  }
}

/** Names are of one word or two: `tidecaster rules check`. */
const commandOf = ([first, second]: readonly string[]): Command | undefined =>
  commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first);

function notACommand([first, second]: readonly string[], { stdout, stderr }: Tools): number {
  const group = groupOf(first);
  if (group.length > 0 && (second === undefined || second === '--help' || second === '-h')) {
    stdout(groupOverview(first ?? ''));
    return 0;
  }
  const name = group.length > 0 ? `${first} ${second}` : first;
  const known = (group.length > 0 ? group : commands).map((one) => one.name).join(', ');
  stderr(`tidecaster: there is no command "${name}", expected one of: ${known}\n`);
  return 2;
}

/** @throws InvalidError */
function parse(command: Command, args: string[]): Input {
  try {
    return parseArgs({ args, options: command.options, allowPositionals: true, strict: true });
  } catch (error) {
    const detail = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new InvalidError(`${detail} (tidecaster ${command.name} --help lists the flags)`, { cause: undefined });
  }
}
