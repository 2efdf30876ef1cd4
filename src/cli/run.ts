import { parseArgs } from 'node:util';
import { InvalidError } from '../domain/errors.ts';
import type { Command, Input, Tools } from './command.ts';
import { commandHelp, commands, overview } from './commands.ts';
import { errorText, exitCode } from './exit-code.ts';

/** argv (without node and script) -> exit code. Answers go to stdout, everything else to stderr. */
export async function run(argv: readonly string[], tools: Tools): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = commands.find((command) => command.name === rest[0]);
    tools.stdout(about ? commandHelp(about) : overview());
    return 0;
  }
  const wanted = name === '--version' ? 'version' : name;
  const command = commands.find((one) => one.name === wanted);
  if (!command) {
    tools.stderr(
      `tidecaster: there is no command "${name}", expected one of: ${commands.map((one) => one.name).join(', ')}\n`,
    );
    return 2;
  }
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

/** @throws InvalidError */
function parse(command: Command, args: string[]): Input {
  try {
    return parseArgs({ args, options: command.options, allowPositionals: true, strict: true });
  } catch (error) {
    const detail = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new InvalidError(`${detail} (tidecaster ${command.name} --help lists the flags)`, { cause: undefined });
  }
}
