import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InvalidError, type Place, type Problem } from '../domain/errors.ts';
import type { AutoscalingPolicy } from '../domain/policy/autoscaling-policy.ts';
import { recurrence } from '../domain/policy/recurrence.ts';
import { assertTimeZone } from '../domain/policy/wall-clock.ts';
import { durationText } from './duration.ts';
import { byPlace, MAX_PROBLEMS, parseYaml } from './yaml.ts';

const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_SUBDOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const label = z
  .string()
  .regex(DNS_LABEL, 'expected a Kubernetes name: lower-case letters, digits and dashes, at most 63');
const subdomain = z
  .string()
  .max(253)
  .regex(DNS_SUBDOMAIN, 'expected a Kubernetes name: lower-case letters, digits, dashes and dots between them');
const replicas = z
  .int()
  .min(1, 'expected 1 or more')
  .max(2 ** 31 - 1);

const schedule = z
  .strictObject({
    name: label.describe('Names the schedule in reasons, logs and on the page.'),
    start: z.string().describe('Five-field cron: when the window opens. Read in spec.timeZone.'),
    end: z.string().describe('Five-field cron: when it closes. At one instant an end comes before a start.'),
    minReplicas: replicas.describe('The floor while the window is open. Replaces the baseline, so it may be lower.'),
    priority: z
      .int()
      .default(0)
      .describe('Among open schedules the highest priority wins, at equal priority the higher floor.'),
    ramp: durationText
      .prefault('0')
      .describe(
        'How long a change of the floor takes, such as 30m, at most 24h: a raise is complete at its boundary, a lowering starts there.',
      ),
  })
  .describe('A recurring window [start, end): open when its last boundary is a start. May cross midnight.');

/** The AutoscalingPolicy document as people write it. docs/schema/policy.schema.json is generated from this. */
export const policyDocument = z
  .strictObject({
    apiVersion: z.literal('streaming.io/v1alpha1'),
    kind: z.literal('AutoscalingPolicy'),
    metadata: z.strictObject({
      name: subdomain,
      namespace: label.describe('Namespace of the policy and of the HPA it names.'),
      labels: z.record(z.string(), z.string()).optional(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
    spec: z.strictObject({
      targetRef: z.strictObject({
        kind: z.literal('HorizontalPodAutoscaler'),
        name: subdomain.describe('The HPA whose spec.minReplicas this policy sets.'),
      }),
      timeZone: z.string().describe('IANA time zone in which the schedules are read, such as Asia/Seoul.'),
      minReplicas: replicas.describe('The baseline floor: in force when no schedule is open.'),
      maxReplicas: replicas.describe('The ceiling of every floor that this policy sets.'),
      actuation: z
        .enum(['Patch', 'Off'])
        .default('Patch')
        .describe('Patch writes spec.minReplicas of the HPA. Off decides and reports, writes nothing.'),
      schedules: z
        .array(schedule)
        .max(100)
        .default([])
        .describe('Windows with a floor of their own. Together they start and end at most 1500 times a day.'),
    }),
  })
  .describe('Sets the floor of one HorizontalPodAutoscaler at any instant.');

type Document = z.output<typeof policyDocument>;

export type PolicyFile = { policies: AutoscalingPolicy[]; problems: Problem[] };

/** A ramp further away than a day would be in every reckoning of a floor. */
const MAX_RAMP_SECONDS = 24 * 3600;

/**
 * Starts and ends a day: of a policy (a window that opens and closes every other minute has 1440), and of a file. A pass looks a
 * week ahead, 7 us each, while the HPAs wait for their metrics.
 */
const MAX_A_DAY = { policy: 1500, file: 20_000 };

/** Each floor is reckoned from all ramps that are on their way (fifty windows a day with ramps of a day). */
const MAX_RAMPS_AT_ONCE = 100;

/** Reads one file of policies. A file with any problem has no policies: it is refused whole. */
export function parsePolicies(file: string, text: string): PolicyFile {
  const { documents, problems } = parseYaml(file, text, policyDocument);
  const found = [...problems];
  let timesADay = 0;
  for (const { value, place } of documents) {
    if (found.length >= MAX_PROBLEMS) break;
    found.push(...contradictions(value, place));
    if (found.length > 0) continue;
    const { times, rampsAtOnce } = businessOf(value);
    timesADay += times;
    const say = (message: string): void => void found.push({ place: place(['spec', 'schedules']), message });
    if (times > MAX_A_DAY.policy) {
      say(`these schedules start and end more than ${MAX_A_DAY.policy} times a day, expected less`);
    } else if (rampsAtOnce > MAX_RAMPS_AT_ONCE) {
      const many = Math.ceil(rampsAtOnce);
      say(`these schedules have up to ${many} ramps on their way at once, expected at most ${MAX_RAMPS_AT_ONCE}`);
    } else if (timesADay > MAX_A_DAY.file) {
      say(`this file's schedules start and end more than ${MAX_A_DAY.file} times a day, expected less`);
    }
  }
  if (found.length > 0) return { policies: [], problems: found.toSorted(byPlace).slice(0, MAX_PROBLEMS) };
  return { policies: documents.map(({ value, place }) => toPolicy(value, place())), problems: [] };
}

/** How often the schedules start and end on a day that they all name, counted to just above what is allowed; and how many ramps overlap then. */
function businessOf({ spec }: Document): { times: number; rampsAtOnce: number } {
  const business = { times: 0, rampsAtOnce: 0 };
  for (const { start, end, ramp } of spec.schedules) {
    for (const cron of [start, end]) {
      const times = timesADay(cron, MAX_A_DAY.policy + 1 - business.times);
      business.times += times;
      business.rampsAtOnce += times * (ramp / MAX_RAMP_SECONDS);
    }
  }
  return business;
}

function timesADay(cron: string, most: number): number {
  const [minute, hour] = cron.trim().split(/\s+/);
  const { nextAfter } = recurrence(`${minute} ${hour} * * *`, 'UTC');
  let times = 0;
  for (let t = nextAfter(-1); t !== null && t < 86_400_000 && times < most; t = nextAfter(t)) times += 1;
  return times;
}

function toPolicy({ metadata, spec }: Document, place: Place): AutoscalingPolicy {
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    place,
    target: { namespace: metadata.namespace, name: spec.targetRef.name },
    timeZone: spec.timeZone,
    minReplicas: spec.minReplicas,
    maxReplicas: spec.maxReplicas,
    actuation: spec.actuation,
    schedules: spec.schedules.map(({ ramp, ...rest }) => ({ ...rest, rampSeconds: ramp })),
  };
}

/** What a schema of single fields cannot see: zones, cron expressions, min above max, names used twice. */
function contradictions({ spec }: Document, place: (path: readonly PropertyKey[]) => Place): Problem[] {
  const problems: Problem[] = [];
  const say = (path: readonly PropertyKey[], message: string): void => {
    problems.push({ place: place(path), message });
  };
  const zoneFault = fault(() => assertTimeZone(spec.timeZone));
  if (zoneFault) say(['spec', 'timeZone'], zoneFault);
  if (spec.maxReplicas < spec.minReplicas) {
    say(['spec', 'maxReplicas'], `${spec.maxReplicas} is below minReplicas ${spec.minReplicas}`);
  }
  for (const [index, one] of spec.schedules.entries()) {
    const path = ['spec', 'schedules', index];
    for (const edge of ['start', 'end'] as const) {
      const cronFault = fault(() => {
        if (recurrence(one[edge], 'UTC').nextAfter(0) === null) throw new InvalidError(`"${one[edge]}" never comes`);
      });
      if (cronFault) say([...path, edge], cronFault);
    }
    if (one.ramp > MAX_RAMP_SECONDS) {
      say([...path, 'ramp'], `${one.ramp / 3600} h is longer than a day, expected at most 24h`);
    }
    if (one.minReplicas > spec.maxReplicas) {
      say([...path, 'minReplicas'], `${one.minReplicas} is above maxReplicas ${spec.maxReplicas}`);
    }
    if (spec.schedules.findIndex((other) => other.name === one.name) < index) {
      say([...path, 'name'], `"${one.name}" names an earlier schedule of this policy too, expected a name of its own`);
    }
  }
  return problems;
}

function fault(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof InvalidError) return error.message;
    throw error;
  }
}

/** JSON Schema of a policy file's documents, for editors. */
export function policyJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(policyDocument, { io: 'input' }), title: 'AutoscalingPolicy' };
}

/** Names a content in logs and on the page: the same files give the same revision everywhere. */
export function revisionOf(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [file, text] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${file}\0${text}\0`);
  return hash.digest('hex').slice(0, 12);
}
