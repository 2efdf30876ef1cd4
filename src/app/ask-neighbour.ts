import { UnavailableError, describeError } from '../domain/errors.ts';
import { checkNamespace } from '../domain/namespace.ts';
import { checkSegment, mayBeOurs } from '../domain/neighbour.ts';
import type { ExternalMetricValue } from '../domain/rules/external-metric-value.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Neighbour } from '../ports/neighbour.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import type { Answerer, MetricRequest } from './answer-metric.ts';
import type { MetricRegistry } from './metric-registry.ts';
import { type Repeating, repeat } from './repeat.ts';

export type AskNeighbourOptions = {
  /** Answers what our rules name. */
  own: Answerer;
  rules: Pick<MetricRegistry, 'find'>;
  neighbour: Neighbour;
  clock: Clock;
  log: Log;
  recorder: ServingRecorder;
  /** Most reads of the neighbour at a time; one more is an error at once. */
  mostInFlight: number;
};

/** An answerer that hands on what no rule names. Nothing of the neighbour is kept but the names that it lists. */
export type NeighbourlyAnswerer = Answerer & {
  /** Why its names could not be read last; '' where they could. */
  trouble(): string;
  /** Reads its names again and again. */
  start(): void;
  close(): Promise<void>;
};

/** A name that the neighbour begins to list is listed by us so soon. It is answered at once. */
const LIST_SECONDS = 30;

export function askNeighbour(options: AskNeighbourOptions): NeighbourlyAnswerer {
  const { own, rules, neighbour, clock, log, recorder, mostInFlight } = options;
  let inFlight = 0;
  let names: readonly string[] = [];
  let trouble = '';
  let loop: Repeating | null = null;

  /** @throws InvalidError, as our own answer would */
  function isTheirs({ namespace, metric, selector, asked = [] }: MetricRequest): boolean {
    if (asked.includes(neighbour.id)) return false;
    const found = rules.find(metric);
    if (found.type === 'served') return false;
    checkNamespace(namespace);
    const requirements = parseSelector(selector);
    checkSegment(metric);
    // As long as series were never listed a rule may give this name, and its number, not theirs, is the right one.
    return found.type === 'unknown' || !mayBeOurs(requirements);
  }

  async function ask({ asked = [], ...read }: MetricRequest): Promise<ExternalMetricValue[]> {
    if (inFlight >= mostInFlight) {
      recorder.neighbourAsked(0, 'full');
      throw new UnavailableError(`${mostInFlight} reads of the neighbour are in flight already`, {
        told: 'too many reads of the neighbour at a time',
      });
    }
    const startedAt = clock.monotonic();
    const took = (): number => (clock.monotonic() - startedAt) / 1000;
    inFlight++;
    try {
      const items = await neighbour.read({ ...read, asked });
      recorder.neighbourAsked(took(), 'ok');
      return items;
    } catch (error) {
      const answered = error instanceof UnavailableError && error.status !== null;
      recorder.neighbourAsked(took(), answered ? 'status' : 'error');
      throw error;
    } finally {
      inFlight--;
    }
  }

  async function list(): Promise<void> {
    const before = trouble;
    try {
      names = await neighbour.metricNames();
      trouble = '';
    } catch (error) {
      trouble = describeError(error);
    }
    if (trouble === before) return;
    if (trouble === '') log.info({ metrics: names.length }, 'names of the neighbour listed');
    else log.warn({ error: trouble }, 'names of the neighbour not listed, the last ones stay');
  }

  return {
    inMemory: (request) => (isTheirs(request) ? null : own.inMemory(request)),
    answer: async (request) => (isTheirs(request) ? ask(request) : own.answer(request)),
    metricNames: () => [...new Set([...own.metricNames(), ...names])].toSorted((a, b) => (a < b ? -1 : 1)),
    trouble: () => trouble,
    start() {
      loop ??= repeat(clock, () => LIST_SECONDS, list);
    },
    async close() {
      await loop?.close();
      loop = null;
    },
  };
}
