import type { Batch } from '../domain/batch/batch.ts';
import type { Asking, Batching } from '../domain/batch/batching.ts';
import { splitRows } from '../domain/batch/split.ts';
import type { Row } from '../domain/rules/external-metric-value.ts';
import { type AskedRule, type Question, isOfAllObjects, promqlOf } from '../domain/rules/question.ts';
import { judgesEachRow } from '../domain/rules/value-policy.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import type { Known } from './known.ts';
import { rowsOfItsObjects } from './rows-in.ts';

/** One query, for one question or for many. */
export type Ask = {
  /** @throws InvalidError where the template fails, which is then that question's failure and nobody else's */
  promql(): string;
  knowns: readonly Known[];
  /** Gives each question its rows. */
  split(rows: readonly Row[]): (known: Known) => readonly Row[];
};

/** Plans queries. What it finds out of a question it keeps for as long as the question is the same. */
export type AskPlanner = {
  /**
   * The queries that answer questions of one source: one for many, where that gives each the very rows of its own query. A question of
   * all objects is asked as a batch or not at all.
   */
  planAsks(knowns: readonly Known[]): Ask[];
};

/** Below the 16 KiB that VictoriaMetrics takes (-search.maxQueryLen), with room for what a form holds beside the query. */
export const MAX_BYTES = 16_000;

/** The last plan of a group: the same questions make the same queries. */
type Planned = { questions: readonly Question[]; asks: readonly Ask[] };

export function createAskPlanner({
  batching,
  recorder,
}: {
  batching: Batching;
  recorder: Pick<ServingRecorder, 'strays'>;
}): AskPlanner {
  const askings = new WeakMap<Question, Asking>();
  /** By rule, then by group: what was planned for a rule goes when the rule does, as each time that the rules file changes. */
  const plans = new WeakMap<AskedRule, Map<string, Planned>>();

  function askingOf(question: Question): Asking {
    let asking = askings.get(question);
    if (!asking) askings.set(question, (asking = batching.askingOf(question)));
    return asking;
  }

  function together(group: string, knowns: readonly Known[]): readonly Ask[] {
    const questions = knowns.map(({ question }) => question);
    const ofRule = plansOf(questions[0]!.rule);
    const before = ofRule.get(group);
    const same =
      before?.questions.length === questions.length && before.questions.every((q, at) => q === questions[at]);
    if (before && same) return before.asks;
    const knownOf = new Map(knowns.map((known) => [known.question, known]));
    const asks = batching
      .batchesOf(questions, { maxBytes: MAX_BYTES })
      .map((batch) => askOf(batch, { knownOf, strays: recorder.strays }));
    // Whoever reads may invent selectors, and so groups.
    if (ofRule.size >= MOST_PLANS) ofRule.clear();
    ofRule.set(group, { questions, asks });
    return asks;
  }

  function plansOf(rule: AskedRule): Map<string, Planned> {
    let own = plans.get(rule);
    if (!own) plans.set(rule, (own = new Map()));
    return own;
  }

  return {
    planAsks(knowns) {
      const asks: Ask[] = [];
      const groups = new Map<string, Known[]>();
      for (const known of knowns) {
        const asking = known.refused ? ALONE : askingOf(known.question);
        if (asking.type === 'alone') {
          if (!isOfAllObjects(known.question)) asks.push(alone(known));
        } else if (!groups.get(asking.group)?.push(known)) groups.set(asking.group, [known]);
      }
      for (const [group, members] of groups) {
        const [only, ...more] = members;
        if (only && more.length === 0 && !isOfAllObjects(only.question)) asks.push(alone(only));
        else asks.push(...together(group, members));
      }
      return asks;
    },
  };
}

const ALONE: Asking = { type: 'alone', why: 'the backend refused it' };
/** Plans kept for one rule. */
const MOST_PLANS = 1000;

const alone = (known: Known): Ask => ({
  promql: () => promqlOf(known.question),
  knowns: [known],
  split: (rows) => () => rows,
});

type About = { knownOf: ReadonlyMap<Question, Known>; strays: ServingRecorder['strays'] };

function askOf(batch: Batch, { knownOf, strays }: About): Ask {
  const questionOf = new Map<Known, Question>();
  const rule = batch.questions[0]?.rule.place.path ?? '';
  for (const question of batch.questions) {
    const known = knownOf.get(question);
    if (known) questionOf.set(known, question);
  }
  return {
    promql: () => batch.promql,
    knowns: [...questionOf.keys()],
    split(rows) {
      const split = splitRows(batch, rows);
      if (split.strays > 0) strays({ rule, rows: split.strays });
      return (known) => {
        const question = questionOf.get(known);
        return question ? ofItsObjects(question, split.rows.get(question) ?? []) : [];
      };
    },
  };
}

/**
 * A batch has the rows of all objects, also of those that a question does not ask for. Readers pick theirs, so they may stay,
 * unless the rule looks at all rows together: then one that nobody asked for must not spoil the others.
 */
export function ofItsObjects(question: Question, rows: readonly Row[]): readonly Row[] {
  const rowsMayStay = isOfAllObjects(question) || judgesEachRow(question.rule.values);
  return rowsMayStay ? rows : rowsOfItsObjects(question, rows);
}
