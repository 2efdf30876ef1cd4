import { certs } from './certs.ts';
import type { Command } from './command.ts';
import { demo } from './demo.ts';
import { EXIT_CODES } from './exit-code.ts';
import { explain } from './explain.ts';
import { lint } from './lint.ts';
import { plan } from './plan.ts';
import { release } from './release.ts';
import { serve } from './serve.ts';
import { version } from './version.ts';

/** Every command, in the order in which a newcomer meets them. */
export const commands: readonly Command[] = [demo, serve, plan, explain, lint, release, certs, version];

/** `tidecaster --help`. */
export const overview = (): string =>
  [
    'Tidecaster answers the HPAs from Prometheus, sets their floors by policy, and says why.',
    '',
    'Usage: tidecaster COMMAND [flags]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`),
    '',
    'tidecaster COMMAND --help tells more of each. Exit codes:',
    ...EXIT_CODES.map(({ code, means }) => `  ${String(code).padEnd(3)} ${means}`),
    '',
  ].join('\n');

/** `tidecaster COMMAND --help`. */
export const commandHelp = ({ name, summary, usage, help }: Command): string =>
  `${summary[0]!.toUpperCase()}${summary.slice(1)}.\n\nUsage: tidecaster ${name} ${usage}\n\n${help}\n`;
