/** One thing that health endpoints look at. probe gives null when all is well, else a sentence; it must be quick. */
export type Check = {
  name: string;
  /** informational: shown by ?verbose, never turns an endpoint red. */
  type: 'required' | 'informational';
  /** ready: asked by /readyz and /healthz. live: also by /livez, where red means a restart. */
  scope: 'ready' | 'live';
  probe(): string | null | Promise<string | null>;
};

export type HealthEndpoint = 'healthz' | 'livez' | 'readyz';

/** Names of checks to leave out, as ?exclude= says, and whether to list them. */
export type HealthQuery = { verbose: boolean; exclude: readonly string[] };

export type HealthAnswer = { code: 200 | 500; text: string };

type Result = { mark: '+' | '-' | 'i'; text: string };

/** How much of what came is repeated: anybody may ask. */
const MOST_NAMED = 10;
const LONGEST_NAME = 63;

/** Looks at what belongs to an endpoint and says it in the words of k8s.io/apiserver's healthz. */
export async function answerHealth(
  endpoint: HealthEndpoint,
  checks: readonly Check[],
  { verbose, exclude }: HealthQuery,
): Promise<HealthAnswer> {
  const asked = checks.filter(({ scope }) => endpoint !== 'livez' || scope === 'live');
  const results = await Promise.all(asked.map((check) => look(check, exclude)));
  const red = results.some(({ mark }) => mark === '-');
  if (!red && !verbose) return { code: 200, text: 'ok' };
  const lines = results.map(({ mark, text }) => `[${mark}]${text}\n`);
  const unknown = exclude.filter((name) => !asked.some((check) => check.name === name)).slice(0, MOST_NAMED);
  if (unknown.length > 0) {
    const names = unknown.map((name) => JSON.stringify(name.slice(0, LONGEST_NAME))).join(',');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names}\n`);
  }
  lines.push(`${endpoint} check ${red ? 'failed' : 'passed'}\n`);
  return { code: red ? 500 : 200, text: lines.join('') };
}

async function look({ name, type, probe }: Check, exclude: readonly string[]): Promise<Result> {
  if (exclude.includes(name)) return { mark: '+', text: `${name} excluded: ok` };
  const fault = await faultOf(probe);
  if (fault === null) return { mark: '+', text: `${name} ok` };
  return type === 'informational'
    ? { mark: 'i', text: `${name}: ${fault}` }
    : { mark: '-', text: `${name} failed: ${fault}` };
}

/** A probe that breaks is a fault like any other. */
async function faultOf(probe: Check['probe']): Promise<string | null> {
  try {
    return await probe();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The process answers: what every API server's health starts with. */
export const ping: Check = { name: 'ping', type: 'required', scope: 'live', probe: () => null };
