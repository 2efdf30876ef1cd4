import { type Problem, problemText } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { RulesReading, RulesSource } from '../ports/rules-source.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import type { ResourceAnswerer } from './answer-resource-metric.ts';
import type { CustomRegistry } from './custom-registry.ts';
import type { MetricRegistry } from './metric-registry.ts';
import { type Repeating, repeat } from './repeat.ts';

export type FollowRulesOptions = {
  source: RulesSource;
  registry: MetricRegistry;
  customRegistry: CustomRegistry;
  resourceAnswerer: Pick<ResourceAnswerer, 'replace'>;
  clock: Clock;
  log: Log;
  recorder: ServingRecorder;
};

/** Keeps the registries' rules those of the source. */
export type RulesFollower = {
  /** Reads once and puts it in force; again at each call. Never throws. */
  read(): Promise<void>;
  /** What is wrong with the rules as they stand in the source now; the last good ones are in force. */
  problems(): readonly Problem[];
  /** Reads again and again. */
  start(): void;
  close(): Promise<void>;
};

/** A change is in force when two reads agree on it, so within two of these. */
const READ_EVERY_SECONDS = 2;

export function followRules(options: FollowRulesOptions): RulesFollower {
  const { source, registry, customRegistry, resourceAnswerer, clock, log, recorder } = options;
  let last: RulesReading | null = null;
  let loop: Repeating | null = null;

  async function read(): Promise<void> {
    const reading = await source.read();
    if (reading === last) return;
    const before = last;
    last = reading;
    const count = reading.rules.length + reading.customRules.length + (reading.resourceRules ? 1 : 0);
    recorder.rulesInForce({ rules: count, problems: reading.problems.length, at: clock.now().toSeconds() });
    for (const problem of reading.problems)
      log.error({ problem: problemText(problem) }, 'rules refused, what was in force stays');
    const { rules, customRules, resourceRules } = reading;
    if (rules === before?.rules && customRules === before.customRules && resourceRules === before.resourceRules) return;
    registry.replace(rules);
    customRegistry.replace(customRules);
    resourceAnswerer.replace(resourceRules);
    if (reading.problems.length === 0) log.info({ rules: count }, 'rules in force');
  }

  return {
    read,
    problems: () => last?.problems ?? [],
    start() {
      loop ??= repeat(clock, () => READ_EVERY_SECONDS, read);
    },
    async close() {
      await loop?.close();
      loop = null;
    },
  };
}
