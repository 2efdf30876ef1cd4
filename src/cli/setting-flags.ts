import type { ParseArgsOptionsConfig } from 'node:util';
import { loadSettings, settingHelp } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import type { Input, Tools } from './command.ts';

/** Every setting as a flag, and --settings for a file of them. */
export const settingOptions: ParseArgsOptionsConfig = {
  settings: { type: 'string' },
  ...Object.fromEntries(settingHelp().map(({ flag }) => [flag, { type: 'string' as const }])),
};

/** The flags with their environment variables' rule and their defaults, for --help. */
export const settingsHelp: string = [
  '      --settings FILE              the same settings as YAML keys (securePort: 6443)',
  ...settingHelp().map(({ flag, description, fallback }) => {
    const left = `      --${flag} VALUE`.padEnd(34);
    return `${left} ${description}${fallback === null ? '' : ` (default: ${fallback})`}`;
  }),
  'Each flag is also an environment variable: --secure-port is TIDECASTER_SECURE_PORT. Flags win over the environment,',
  'the environment over the file, the file over the defaults.',
].join('\n');

/** @throws InvalidError */
export async function settingsOf({ values }: Input, { env, readFile }: Tools): Promise<Settings> {
  const flags = Object.fromEntries(settingHelp().map(({ flag }) => [flag, values[flag] as string | undefined]));
  const name = values.settings;
  if (typeof name !== 'string') return loadSettings({ flags, env });
  return loadSettings({ flags, env, file: { name, text: await readFile(name) } });
}
