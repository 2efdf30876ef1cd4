import { certs } from './certs.ts';
import type { Command } from './command.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { EXIT_CODES } from './exit-code.ts';
import { explain } from './explain.ts';
import { lint } from './lint.ts';
import { plan } from './plan.ts';
import { release } from './release.ts';
import { rulesCheck } from './rules-check.ts';
import { rulesExplain } from './rules-explain.ts';
import { rulesCompare } from './rules-compare.ts';
import { rulesConvert } from './rules-convert.ts';
import { serve } from './serve.ts';
import { version } from './version.ts';

/** Every command, in the order in which a newcomer meets them. */
export const commands: readonly Command[] = [
  demo,
  serve,
  plan,
  explain,
  lint,
  rulesCheck,
  rulesConvert,
  rulesExplain,
  rulesCompare,
  release,
  certs,
  doctor,
  version,
];

/** `tidecaster --help`. */
export const overview = (): string =>
  [
    'Tidecaster answers the HPAs from Prometheus, sets their floors by policy, and says why.',
    '',
    'Usage: tidecaster COMMAND [flags]',
    '',
    ...commandLines(commands),
    '',
    'tidecaster COMMAND --help tells more of each. Exit codes:',
    ...EXIT_CODES.map(({ code, means }) => `  ${String(code).padEnd(3)} ${means}`),
    '',
  ].join('\n');

/** `tidecaster rules`: the commands that begin with a word that is none itself. */
export const groupOverview = (word: string): string =>
  [`Usage: tidecaster ${word} COMMAND [flags]`, '', ...commandLines(groupOf(word)), ''].join('\n');

/** The commands whose first word it is, of those with two. */
export const groupOf = (word: string | undefined): readonly Command[] =>
  commands.filter(({ name }) => name.startsWith(`${word} `));

function commandLines(some: readonly Command[]): string[] {
  const width = Math.max(...some.map(({ name }) => name.length));
  return some.map(({ name, summary }) => `  ${name.padEnd(width)} ${summary}`);
}

/** `tidecaster COMMAND --help`. */
export const commandHelp = ({ name, summary, usage, help }: Command): string =>
  `${summary[0]!.toUpperCase()}${summary.slice(1)}.\n\nUsage: tidecaster ${name} ${usage}\n\n${help}\n`;
