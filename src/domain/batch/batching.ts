import { describeError } from '../errors.ts';
import type { AskedRule, Question } from '../rules/question.ts';
import { type Batch, batchesBy } from './batch.ts';
import { type Planned, planOf, shapeOf, whyNotBy } from './plan.ts';

/** Whether a question may share a query, with those of the same group; if not, why, in words for the author of its rule. */
export type Asking = { type: 'together'; group: string } | { type: 'alone'; why: string };

/** Decides which questions are asked in one query. What it works out of a rule it keeps for as long as the rule lives. */
export type Batching = {
  /** Questions of different rules, and so of different backends and tenants, are never of one group. */
  askingOf(question: Question): Asking;
  /**
   * The queries of questions that are all of one group. The same questions make the same queries, in whatever order they come.
   * maxBytes: of the form-encoded query; a single question may be longer.
   */
  batchesOf(questions: readonly Question[], limits: { maxBytes: number }): Batch[];
};

/** Plans kept for one rule; whoever reads may invent selectors, so it has to end somewhere. */
const SHAPES_KEPT = 1000;

export function createBatching(): Batching {
  const kept = new WeakMap<AskedRule, { id: number; plans: Map<string, Planned> }>();
  let rules = 0;

  function of(rule: AskedRule): { id: number; plans: Map<string, Planned> } {
    let own = kept.get(rule);
    if (!own) kept.set(rule, (own = { id: rules++, plans: new Map() }));
    return own;
  }

  function planned(question: Question, shape: string): Planned {
    const { plans } = of(question.rule);
    let found = plans.get(shape);
    if (!found) {
      if (plans.size >= SHAPES_KEPT) plans.clear();
      plans.set(shape, (found = planOf(question)));
    }
    return found;
  }

  return {
    askingOf(question) {
      const shape = shapeOf(question);
      const found = planned(question, shape);
      if (found.type === 'alone') return found;
      let why;
      try {
        why = whyNotBy(found.plan, question);
      } catch (error) {
        why = describeError(error);
      }
      return why === null ? { type: 'together', group: `${of(question.rule).id} ${shape}` } : { type: 'alone', why };
    },
    batchesOf(questions, limits) {
      const [first] = questions;
      if (!first) return [];
      const found = planned(first, shapeOf(first));
      if (found.type === 'alone') throw new Error(`questions that are asked alone make no batch: ${found.why}`);
      return batchesBy(found.plan, questions, limits);
    },
  };
}
