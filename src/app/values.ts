import { InvalidError, UnavailableError } from '../domain/errors.ts';
import { remembered } from '../domain/remembered.ts';
import type { Row } from '../domain/rules/external-metric-value.ts';
import { type Question, isOfAllObjects, promqlOf } from '../domain/rules/question.ts';
import type { Clock } from '../ports/clock.ts';
import { type MetricsBackends, noBackends } from '../ports/metrics-backends.ts';
import type { MetricWant } from '../ports/metric-wants.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import { createAheadOfReads } from './ahead-of-reads.ts';
import { type DemandLimits, type Wanted, createDemand } from './demand.ts';
import { type Explanation, explainDemand } from './explain-demand.ts';
import { type Known, type Reading, rowsOf, rowsWithout } from './known.ts';
import type { Lane } from './lane.ts';
import { createMemory } from './memory.ts';
import { type Repeating, repeat } from './repeat.ts';
import { type Want, keyOf, ofAnySelector, wantOfHpa } from './want.ts';
import { ANSWER_WITHIN_MILLISECONDS, within } from './within.ts';

export type ValuesOptions = {
  /** Who is asked where a rule names no backend. */
  source: MetricsSource;
  backends?: MetricsBackends;
  /** Ages and intervals count by it, in real time also where the world's clock is turned faster. */
  clock: Clock;
  /** The world's time, for a row that stands for none. */
  epochSeconds(): number;
  recorder: ServingRecorder;
  /**
   * What a want asks by the rules as they are now. No names of objects: they are not known here, those of the last read hold.
   * Throws UnavailableError as long as nobody can say, another error where nothing is asked.
   */
  questionOf(want: Want): Question;
  /** Older rows are not served; 0 asks at each read. */
  maxStalenessSeconds: number;
  /** How often all that is wanted is asked again. */
  refreshSeconds: number;
  /** Most queries of one backend at once. */
  concurrency: number;
  /** From 0 to 1, where in the interval this replica asks. */
  phase?: number;
  gatherMilliseconds?: number;
  limits?: DemandLimits;
};

/** One read: who wants what, and what it asks now. */
export type ValueRead = { want: Want; question: Question };

/** What a key asks, and what is known of it. */
type Asked = { question: Question; known: Known };

/** The numbers that are wanted, in memory: asked for again and again, each within the bound on its age. */
export type Values = {
  /**
   * A read's rows, under its rule's policy; null where they have to be asked for. The very same rows while nothing new is known.
   *
   * @throws InvalidError where the rule makes no query of it, UnavailableError where the numbers cannot be had
   */
  inMemory(read: ValueRead): readonly Row[] | null;
  /** The same, asked for where need be, within a second. @throws InvalidError, UnavailableError */
  rows(read: ValueRead): Promise<readonly Row[]>;
  /** What the HPAs name now. */
  hpasName(wants: readonly MetricWant[]): void;
  /** How many of the keys that HPAs name were not asked for yet. */
  cold(): number;
  explain(want: Want): Explanation;
  /** All that is wanted now: by HPAs, and by what was read lately. */
  wanted(): Want[];
  /** Asks for all that is wanted, once. */
  refresh(): void;
  /** Again and again. */
  start(): void;
  close(): Promise<void>;
};

/** So soon, reads that come together are asked together. */
const GATHER_MILLISECONDS = 5;
/** How often it is looked whether what HPAs name can be asked for the first time. */
const WARM_UP_SECONDS = 1;

export function createValues(options: ValuesOptions): Values {
  const { source: byDefault, backends = noBackends, clock, recorder, questionOf } = options;
  const { maxStalenessSeconds, refreshSeconds, phase = 0, gatherMilliseconds = GATHER_MILLISECONDS } = options;
  const demand = createDemand(options.limits);
  const memory = createMemory({ clock, recorder, gatherMilliseconds, concurrency: options.concurrency });
  const ahead = createAheadOfReads({ askingOf: (question) => memory.askingOf(question), clock });
  const asked = new WeakMap<Wanted, Asked>();
  const keyOfRead = remembered(keyOf);
  let cold = new Set<Wanted>();
  let round = 0;
  let evicted = 0;
  let loops: Repeating[] = [];

  /** A reading of what is in memory. */
  function now(): Reading {
    const monotonic = clock.monotonic();
    const since = maxStalenessSeconds === 0 ? Infinity : monotonic - maxStalenessSeconds * 1000;
    return { since, waitedFor: null, monotonic, epochSeconds: options.epochSeconds };
  }

  /** What is known of a key's question, which may be another one than before. @throws InvalidError */
  function lookUp(before: Asked | undefined, { want, question }: ValueRead): Asked {
    if (before && asksTheSame(before.question, question)) return withNames(before, question);
    const { backend } = question.rule;
    const source = backend === null ? byDefault : backends.source(backend);
    return { question, known: memory.of({ source, text: textOf(want, question), question }) };
  }

  function note(read: ValueRead): Known {
    const key = keyOfRead(read.want);
    const before = demand.get(key);
    // Looked up first: what cannot be asked is not wanted either.
    const found = lookUp(before && asked.get(before), read);
    const wanted = demand.read(key, read.want, clock.monotonic());
    if (asked.get(wanted) !== found) asked.set(wanted, found);
    if (found.known.answered === null && found.known.failure === null) readFirst(read.want, found.known);
    return found.known;
  }

  function readFirst(want: Want, own: Known): void {
    if (want.type !== 'custom' || want.object !== '*') return;
    const wanted = demand.get(keyOf(ofAnySelector(want)));
    if (!wanted) return;
    ahead.noteRead(wanted);
    const all = asked.get(wanted);
    if (all) ahead.give(own, all.known);
  }

  /** What was read before it was known that an HPA names it. */
  function noteReads(): void {
    const ofHpas = new Map([...cold].map((wanted) => [wanted.key, wanted]));
    if (ofHpas.size === 0) return;
    for (const { want } of demand.all()) {
      if (want.type !== 'custom' || want.labelSelector === null || want.object !== '*') continue;
      const wanted = ofHpas.get(keyOf(ofAnySelector(want)));
      if (wanted) ahead.noteRead(wanted);
    }
  }

  function told(known: Known, rows: readonly Row[] | null): readonly Row[] | null {
    if (rows !== null && known.answered !== null) {
      recorder.served((clock.monotonic() - known.answered.sentAt) / 1000);
    }
    return rows;
  }

  /** What is known of a key now. known: null where nothing can be asked of it; later: that may change by itself. */
  function knownNow(wanted: Wanted): { known: Known | null; later: boolean } {
    const before = asked.get(wanted);
    try {
      const question = named(questionOf(wanted.want), before);
      const unasked = isOfAllObjects(question) && (maxStalenessSeconds === 0 || !ahead.isDue(wanted, question));
      if (unasked) return { known: null, later: false };
      const found = lookUp(before, { want: wanted.want, question });
      asked.set(wanted, found);
      return { known: found.known, later: false };
    } catch (error) {
      return { known: null, later: error instanceof UnavailableError };
    }
  }

  function warmUp(): void {
    const byLane = new Map<Lane, Known[]>();
    for (const wanted of cold) {
      const { known, later } = knownNow(wanted);
      if (known === null ? !later : known.answered !== null || known.failure !== null) cold.delete(wanted);
      else if (known) push(byLane, memory.lane(known), known);
    }
    for (const [lane, knowns] of byLane) lane.warm(knowns);
  }

  function refresh(): void {
    round++;
    demand.expire(clock.monotonic());
    const byLane = new Map<Lane, Known[]>();
    for (const wanted of demand.all()) {
      const { known } = knownNow(wanted);
      if (known === null || known.round === round) continue;
      known.round = round;
      push(byLane, memory.lane(known), known);
    }
    memory.sweep(round, clock.monotonic());
    const { hpas, reads, evicted: inAll } = demand.counts();
    recorder.wanted({ hpas, reads, evicted: inAll - evicted });
    evicted = inAll;
    // Where each read asks anew, nothing is asked ahead of it.
    if (maxStalenessSeconds === 0) return;
    for (const [lane, knowns] of byLane) lane.refresh(knowns, { milliseconds: refreshSeconds * 1000, phase });
  }

  return {
    inMemory(read) {
      const known = note(read);
      const rows = told(known, rowsOf(known, read.question, now()));
      if (rows !== null) recorder.read('memory');
      return rows;
    },
    async rows(read) {
      const known = note(read);
      const { question } = read;
      const inMemory = told(known, rowsOf(known, question, now()));
      if (inMemory !== null) {
        recorder.read('memory');
        return inMemory;
      }
      const joined = known.flight !== null;
      const { since, over } = known.flight ?? memory.lane(known).askSoon(known);
      const ended = await within(clock, since + ANSWER_WITHIN_MILLISECONDS - clock.monotonic(), over);
      const reading = { ...now(), waitedFor: since };
      const rows = ended ? told(known, rowsOf(known, question, reading)) : null;
      recorder.read(rows === null ? 'late' : joined ? 'joined' : 'query');
      if (rows !== null) return rows;
      const failure = new UnavailableError(`no answer within ${ANSWER_WITHIN_MILLISECONDS / 1000} s`);
      return rowsWithout(known, { asked: question, failure, reading });
    },
    hpasName(wants) {
      const byKey = new Map<string, Want>();
      for (const want of wants.map(wantOfHpa)) if (want) byKey.set(keyOf(want), want);
      demand.hpasName(byKey);
      cold = new Set([...demand.all()].filter((wanted) => wanted.byHpa && !asked.get(wanted)?.known.answered));
      noteReads();
      warmUp();
    },
    cold: () => cold.size,
    wanted: () => Array.from(demand.all(), ({ want }) => want),
    explain: (want) => explainDemand(want, { demand, asked: (wanted) => asked.get(wanted), now: clock.monotonic() }),
    refresh,
    start() {
      if (loops.length > 0) return;
      const run = (task: () => void) => (): Promise<void> => Promise.resolve(task());
      loops = [repeat(clock, () => WARM_UP_SECONDS, run(warmUp)), repeat(clock, () => refreshSeconds, run(refresh))];
    },
    async close() {
      memory.close();
      await Promise.all(loops.map((loop) => loop.close()));
      loops = [];
    },
  };
}

/** Whether a key's question is what it was, but for the names of objects. What it selects is its key's and cannot change. */
const asksTheSame = (a: Question, b: Question): boolean =>
  a.rule === b.rule &&
  a.series === b.series &&
  a.namespace?.label === b.namespace?.label &&
  a.objects?.label === b.objects?.label;

function withNames(before: Asked, question: Question): Asked {
  if (question.objects === null || question.objects.names.length === 0) return before;
  before.question = question;
  before.known.question = question;
  return before;
}

/** The names of the last read, where there are none. */
function named(question: Question, before: Asked | undefined): Question {
  const names = before?.question.objects?.names;
  if (question.objects === null || question.objects.names.length > 0 || names === undefined) return question;
  return { ...question, objects: { ...question.objects, names } };
}

/** Objects that come and go make no other question of all that a selector selects. */
function textOf(want: Want, question: Question): string {
  const { objects } = question;
  const all = objects !== null && want.type === 'custom' && want.object === '*';
  const promql = promqlOf(all ? { ...question, objects: { ...objects, names: ['*'] } } : question);
  if (promql.trim() === '') throw new InvalidError('its template comes out empty');
  // A tab is in no selector.
  return all ? `${want.labelSelector ?? '\t'}\n${promql}` : promql;
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
