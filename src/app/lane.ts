import { InvalidError, UnavailableError } from '../domain/errors.ts';
import type { Row } from '../domain/rules/external-metric-value.ts';
import { isOfAllObjects } from '../domain/rules/question.ts';
import { hasRepeatedRows } from '../domain/rules/repeated-rows.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import { type Flight, type Known, learn, learnFailure } from './known.ts';
import { type Ask, type AskPlanner } from './plan-asks.ts';
import { compareOne } from './compare-one.ts';
import { rowsIn } from './rows-in.ts';
import { type Urgency, createSlots } from './slots.ts';

export type LaneOptions = {
  source: MetricsSource;
  /** Its name, for the recorder. */
  backend: string;
  planner: AskPlanner;
  clock: Clock;
  recorder: ServingRecorder;
  /** Most queries of this source at once. */
  concurrency: number;
  /** How long a cold read waits for others that could be asked together with it. */
  gatherMilliseconds: number;
};

/** The way to one source: each goes its own, so that one that hangs holds up no other. */
export type Lane = {
  /** Asks a question that somebody waits for, soon, together with what else is asked for in the same moment. */
  askSoon(known: Known): Flight;
  /** Asks as soon as there are places, behind those that somebody waits for. */
  warm(knowns: readonly Known[]): void;
  /**
   * Asks all of them again, spread over so many milliseconds from now; those that were never asked come first. Left out, and
   * counted, while the last round still waits for places: a slow backend is asked less often, never more at once.
   */
  refresh(knowns: readonly Known[], spread: Spread): void;
  close(): void;
};

/** phase: from 0 to 1, where in the interval this replica begins, so that replicas do not ask all at once. */
export type Spread = { milliseconds: number; phase: number };

/** Queries for reads that wait for a place; a read beyond is failed at once, as it would not be answered in time. */
const WAITING_PER_PLACE = 8;
/** Most queries that one round spends on finding those that spoil a batch. */
const MOST_BISECTING = 128;
/** A question may become so old, in intervals, before its place in the interval yields. */
const OLDEST = 1.4;
/** Sleeps that are shorter are not worth it. */
const LEAST_SLEEP = 10;

/** What an answer may have, which is kept in memory: a batch has some rows for each read, and one read is added up by an HPA. */
const MOST_ROWS = 50_000;

type Budget = { left: number };
type Sample = { ask: Ask; known: Known };

export function createLane(options: LaneOptions): Lane {
  const { source, backend, planner, clock, recorder, concurrency, gatherMilliseconds } = options;
  const { planAsks } = planner;
  const slots = createSlots(concurrency);
  const stop = new AbortController();
  let gathered: { known: Known; land: () => void }[] = [];
  let refreshing = false;
  let rounds = 0;

  async function query(promql: string): Promise<readonly Row[]> {
    const startedAt = clock.monotonic();
    const told = (result: 'ok' | 'refused' | 'unavailable'): void =>
      recorder.queried({ backend, seconds: (clock.monotonic() - startedAt) / 1000, result });
    recorder.asking(backend);
    try {
      const rows = rowsIn(await source.query(promql));
      if (rows.length > MOST_ROWS) {
        throw new InvalidError(`the answer has ${rows.length} rows, more than ${MOST_ROWS}: aggregate in the query`);
      }
      told('ok');
      return rows;
    } catch (error) {
      told(error instanceof InvalidError ? 'refused' : 'unavailable');
      throw error;
    }
  }

  /** Never rejects. A refused batch is halved until the questions that spoil it stand alone. */
  async function run(ask: Ask, budget: Budget): Promise<void> {
    const { knowns } = ask;
    const sentAt = clock.monotonic();
    try {
      const rowsOf = ask.split(await query(ask.promql()));
      for (const known of knowns) {
        const rows = rowsOf(known);
        if (hasRepeatedRows(rows)) learnFailure(known, new UnavailableError('two rows have the same labels'), sentAt);
        else learn(known, rows, sentAt);
      }
    } catch (error) {
      const refused = error instanceof InvalidError;
      if (refused && knowns.length > 1 && budget.left > 0) {
        recorder.bisected(backend);
        const half = Math.ceil(knowns.length / 2);
        for (const part of [knowns.slice(0, half), knowns.slice(half)].flatMap(planAsks)) {
          budget.left--;
          await run(part, budget);
        }
        return;
      }
      for (const known of knowns) {
        learnFailure(known, error, sentAt);
        known.refused = refused && knowns.length === 1;
      }
    }
  }

  /** Asks once there is a place. placed: there is one. */
  function fly(ask: Ask, budget: Budget, urgency: Urgency): { placed: Promise<void>; over: Promise<void> } {
    const placed = slots.take(urgency);
    const asked = async (): Promise<void> => {
      await placed;
      if (!stop.signal.aborted) await run(ask, budget);
      slots.giveBack();
    };
    return { placed, over: asked() };
  }

  async function gather(): Promise<void> {
    await clock.sleep(gatherMilliseconds, stop.signal);
    const landings = new Map(gathered.map(({ known, land }) => [known, land]));
    gathered = [];
    const budget = { left: MOST_BISECTING };
    const answer = async (ask: Ask): Promise<void> => {
      await answerReads(ask, budget);
      for (const known of ask.knowns) landings.get(known)?.();
    };
    for (const ask of planAsks([...landings.keys()])) void answer(ask);
  }

  async function answerReads(ask: Ask, budget: Budget): Promise<void> {
    if (slots.waiting('read') < concurrency * WAITING_PER_PLACE) return fly(ask, budget, 'read').over;
    recorder.shed({ what: 'query', backend });
    const error = new UnavailableError('too many queries wait for the backend already');
    for (const known of ask.knowns) learnFailure(known, error, clock.monotonic());
  }

  async function round(knowns: readonly Known[], { milliseconds, phase }: Spread): Promise<void> {
    const budget = { left: MOST_BISECTING };
    const asks = planAsks(knowns);
    tell(asks);
    const sampled = sampleOf(asks);
    for (const { ask, due } of schedule(asks, { start: clock.monotonic(), milliseconds, phase })) {
      if (due - clock.monotonic() >= LEAST_SLEEP) await clock.sleep(due - clock.monotonic(), stop.signal);
      if (stop.signal.aborted) return;
      if (ask.knowns.every(({ flight }) => flight !== null)) continue;
      const land = takeOff(ask.knowns, clock.monotonic());
      const { placed, over } = fly(ask, budget, 'refresh');
      void over.then(land);
      if (ask === sampled?.ask) void over.then(() => compare(sampled));
      await placed;
    }
  }

  function tell(asks: readonly Ask[]): void {
    const together = asks.reduce((sum, { knowns }) => sum + (knowns.length > 1 ? knowns.length : 0), 0);
    recorder.asked({ backend, together, alone: asks.filter(({ knowns }) => knowns.length === 1).length });
  }

  /** One question of one batch a round, each time another one. */
  function sampleOf(asks: readonly Ask[]): Sample | null {
    const batches = asks.filter(({ knowns }) => knowns.length > 1);
    const ask = batches[rounds++ % Math.max(1, batches.length)];
    const known = ask?.knowns[Math.floor(rounds / batches.length) % ask.knowns.length];
    // A question of all objects has no query of its own to compare with.
    return ask && known && !isOfAllObjects(known.question) ? { ask, known } : null;
  }

  async function compare({ ask, known }: Sample): Promise<void> {
    const at = known.answered?.rows[0]?.timestamp;
    if (at === undefined) return;
    await slots.take('refresh');
    const outcome = stop.signal.aborted ? null : await compareOne(source, { ask, known, at });
    slots.giveBack();
    if (outcome !== null) recorder.compared({ rule: known.question.rule.place.path, result: outcome });
  }

  return {
    askSoon(known) {
      if (known.flight) return known.flight;
      const land = takeOff([known], clock.monotonic());
      gathered.push({ known, land });
      if (gathered.length === 1) void gather();
      return known.flight!;
    },
    warm(knowns) {
      const budget = { left: MOST_BISECTING };
      for (const ask of planAsks(knowns.filter(({ flight }) => flight === null))) {
        void fly(ask, budget, 'refresh').over.then(takeOff(ask.knowns, clock.monotonic()));
      }
    },
    refresh(knowns, spread) {
      if (knowns.length === 0) return;
      if (refreshing) return recorder.shed({ what: 'round', backend });
      refreshing = true;
      void round(knowns, spread).finally(() => (refreshing = false));
    },
    close: () => stop.abort(),
  };
}

/** Marks them as asked for, but for those that are already; what is given ends that. */
function takeOff(knowns: readonly Known[], since: number): () => void {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const flight = { since, over };
  for (const known of knowns) known.flight ??= flight;
  return () => {
    for (const known of knowns) if (known.flight === flight) known.flight = null;
    resolve();
  };
}

/** When each is due: evenly spread, always in the same order, and none so late that its rows would become too old. */
function schedule(
  asks: readonly Ask[],
  { start, milliseconds, phase }: { start: number } & Spread,
): { ask: Ask; due: number }[] {
  return asks
    .map((ask, index) => {
      const place = start + ((index / asks.length + phase) % 1) * milliseconds;
      const oldest = Math.min(...ask.knowns.map(({ answered, failure }) => (failure ?? answered)?.sentAt ?? -Infinity));
      return { ask, due: Math.min(place, oldest + OLDEST * milliseconds) };
    })
    .toSorted((a, b) => a.due - b.due);
}
