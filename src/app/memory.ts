import { lastGoodSeconds } from '../domain/rules/value-policy.ts';
import { type Asking, createBatching } from '../domain/batch/batching.ts';
import { DEFAULT_BACKEND } from '../domain/rules/backend.ts';
import type { Question } from '../domain/rules/question.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import { type Known, createKnown } from './known.ts';
import { createAskPlanner } from './plan-asks.ts';
import { type Lane, type LaneOptions, createLane } from './lane.ts';

/** What is known, by source: tenants and backends never share an answer, though their queries may be equal. */
export type Memory = {
  /** What is known of a question of this text, perhaps nothing yet. */
  of(about: Pick<Known, 'source' | 'text' | 'question'>): Known;
  lane(known: Pick<Known, 'source' | 'question'>): Lane;
  /** Whether a question may share a query. */
  askingOf(question: Question): Asking;
  /** Forgets what was not wanted in this round, but for good answers that a rule may still fall back on. */
  sweep(round: number, now: number): void;
  close(): void;
};

/** The way to one source, and what is known of it by a question's text. */
type Ways = { lane: Lane; knowns: Map<string, Known> };

/** Most answers that are kept for nothing but falling back on them. */
const MOST_PARKED = 50_000;

export function createMemory(options: Omit<LaneOptions, 'source' | 'backend' | 'planner'>): Memory {
  const batching = createBatching();
  const bySource = new Map<MetricsSource, Ways>();

  function ofSource({ source, question }: Pick<Known, 'source' | 'question'>): Ways {
    const before = bySource.get(source);
    if (before) return before;
    const backend = question.rule.backend?.name ?? DEFAULT_BACKEND;
    const planner = createAskPlanner({ batching, recorder: options.recorder });
    const made = {
      lane: createLane({ ...options, source, backend, planner }),
      knowns: new Map<string, Known>(),
    };
    bySource.set(source, made);
    return made;
  }

  return {
    of({ source, text, question }) {
      const { knowns } = ofSource({ source, question });
      const known = knowns.get(text) ?? createKnown({ source, text, question });
      known.question = question;
      knowns.set(text, known);
      return known;
    },
    lane: (known) => ofSource(known).lane,
    askingOf: (question) => batching.askingOf(question),
    sweep(round, now) {
      let parked = 0;
      for (const [source, { lane, knowns }] of bySource) {
        for (const [text, known] of knowns) {
          if (known.round === round || known.flight !== null) continue;
          if (mayFallBackOn(known, now) && parked < MOST_PARKED) parked++;
          else knowns.delete(text);
        }
        if (knowns.size > 0) continue;
        lane.close();
        bySource.delete(source);
      }
    },
    close() {
      for (const { lane } of bySource.values()) lane.close();
      bySource.clear();
    },
  };
}

const mayFallBackOn = ({ good, question }: Known, now: number): boolean =>
  good !== null && now - good.sentAt <= lastGoodSeconds(question.rule.values) * 1000;
