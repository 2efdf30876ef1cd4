import { InvalidError } from '../domain/errors.ts';
import { type Settings, settingsSchema } from './settings.ts';
import { parseYaml, plainly } from './yaml.ts';

/** One setting as `--help` shows it. */
export type SettingHelp = { flag: string; env: string; key: string; description: string; fallback: string | null };

const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
export const envName = (key: string): string => `TIDECASTER_${kebab(key).replaceAll('-', '_').toUpperCase()}`;

/** Every setting, in the schema's order. */
export function settingHelp(): SettingHelp[] {
  return Object.entries(settingsSchema.shape).map(([key, schema]) => {
    const fallback = schema.safeParse(undefined);
    const shown = fallback.success && fallback.data !== undefined ? String(defaultText(key, fallback.data)) : null;
    return {
      flag: kebab(key),
      env: envName(key),
      key,
      description: schema.description ?? describedInside(schema),
      fallback: shown,
    };
  });
}

const DURATIONS = new Set([
  'queryTimeout',
  'refreshInterval',
  'maxStaleness',
  'relistInterval',
  'heartbeat',
  'letGoAfter',
]);
const defaultText = (key: string, value: unknown): unknown => (DURATIONS.has(key) ? `${String(value)}s` : value);
const describedInside = (schema: unknown): string =>
  typeof schema === 'object' && schema !== null && 'description' in schema && typeof schema.description === 'string'
    ? schema.description
    : '';

export type SettingSources = {
  /** By flag name without dashes: `{ 'secure-port': '6443' }`. */
  flags: Readonly<Record<string, string | undefined>>;
  env: Readonly<Record<string, string | undefined>>;
  /** The file named by --settings: its name and text. */
  file?: { name: string; text: string };
};

/**
 * Flags over environment over file over defaults, checked as a whole.
 *
 * @throws InvalidError that names the flag, the variable or file:line:column of each fault
 */
export function loadSettings({ flags, env, file }: SettingSources): Settings {
  const partial = settingsSchema.partial();
  const fromFile = file ? parseYaml(file.name, file.text, partial) : { documents: [], problems: [] };
  if (fromFile.problems.length > 0) {
    throw new InvalidError(`${file?.name} cannot be used`, { problems: fromFile.problems });
  }
  // The file's values as written: they go through the whole schema once, together with the rest.
  const raw: Record<string, unknown> = { ...(fromFile.documents[0]?.raw as Record<string, unknown> | undefined) };
  const origin = new Map<string, string>();
  for (const { key, flag, env: variable } of settingHelp()) {
    const value = flags[flag] ?? env[variable];
    if (value === undefined) continue;
    raw[key] = value;
    origin.set(key, flags[flag] === undefined ? variable : `--${flag}`);
  }
  const parsed = settingsSchema.safeParse(raw, { reportInput: true });
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const key = String(issue.path[0] ?? '');
      return `${origin.get(key) ?? `${file?.name} ${key}`} is ${JSON.stringify(raw[key])}: ${plainly(issue.message)}`;
    });
    throw new InvalidError(lines.join('\n'));
  }
  return checkTogether(parsed.data);
}

/** Rules between settings. @throws InvalidError */
function checkTogether(settings: Settings): Settings {
  const problems: string[] = [];
  const { bindAddress, tlsCertFile, tlsPrivateKeyFile, heartbeat } = settings;
  if ((tlsCertFile === undefined) !== (tlsPrivateKeyFile === undefined)) {
    problems.push('--tls-cert-file and --tls-private-key-file go together, only one is set');
  }
  if (!isLoopback(bindAddress)) {
    if (tlsCertFile === undefined)
      problems.push(
        `--bind-address ${bindAddress} is not loopback: it needs --tls-cert-file and --tls-private-key-file`,
      );
    if (settings.authentication === 'none')
      problems.push(`--bind-address ${bindAddress} is not loopback: --authentication none would let everyone read`);
  }
  if (!Number.isInteger(heartbeat) || heartbeat < 1 || 60 % heartbeat !== 0) {
    problems.push(`--heartbeat is ${heartbeat}s, expected whole seconds that divide a minute, such as 5s, 15s or 60s`);
  }
  const { refreshInterval, maxStaleness } = settings;
  if (refreshInterval < 0.1) problems.push(`--refresh-interval is ${refreshInterval}s, expected at least 100ms`);
  if (maxStaleness > 0 && maxStaleness < 1.5 * refreshInterval) {
    problems.push(
      `--max-staleness is ${maxStaleness}s, expected 0s or at least one and a half of --refresh-interval, which is ${refreshInterval}s: numbers would be too old before they are asked again`,
    );
  }
  if (settings.policies !== undefined && settings.heartbeat > settings.letGoAfter) {
    problems.push(`--let-go-after ${settings.letGoAfter}s is shorter than --heartbeat ${heartbeat}s`);
  }
  if (problems.length > 0) throw new InvalidError(problems.join('\n'));
  return settings;
}

/** 127.0.0.0/8, ::1 and localhost. */
export const isLoopback = (address: string): boolean => /^127(\.\d{1,3}){3}$|^::1$|^localhost$/.test(address);
