import { RE2JS } from 're2js';
import type { Matcher } from '../promql/ast.ts';
import { mapSelectors } from '../promql/map-selectors.ts';
import { printPromql } from '../promql/print.ts';
import type { Question } from '../rules/question.ts';
import { type Key, keyIn, valueOf } from './key.ts';
import type { Plan } from './plan.ts';

/** One query and the questions that its rows answer. */
export type Batch = {
  promql: string;
  questions: readonly Question[];
  /** Labels whose values say which question a row answers. None: every row answers all. */
  labels: readonly string[];
  /** The questions by what they ask of the labels, as keyOf() writes it. */
  byKey: ReadonlyMap<string, readonly Question[]>;
  /** What is asked of each label. */
  values: ReadonlyMap<string, ReadonlySet<string>>;
  /** The label that names a custom metric's objects: of a row without it nobody asks. */
  names: string | null;
  /** Those of the labels that a single query's rows would not have. */
  added: ReadonlySet<string>;
};

/**
 * Several labels make a query ask for more than is wanted: for namespaces a and b and services x and y there are four pairs, also where two
 * are wanted. So many times more at most.
 */
const MOST_ASKED_PER_QUESTION = 64;

/** Values of several labels as one text. No value has a NUL in it: they are label values of Kubernetes. */
export const keyOf = (labels: readonly string[], value: (label: string) => string): string =>
  labels.length === 1 ? value(labels[0]!) : labels.map(value).join('\0');

/** The queries of questions that one plan serves, each as long as it may be. */
export function batchesBy(plan: Plan, questions: readonly Question[], { maxBytes }: { maxBytes: number }): Batch[] {
  const { expr, rendered, added } = plan;
  const labels = plan.keys.flatMap(({ type, label }) => (type === 'value' ? [label] : []));
  const names = plan.keys.find(({ type }) => type === 'names')?.label ?? null;
  const made = (promql: string, taken: readonly Question[], values: Batch['values']): Batch => {
    const byKey = Map.groupBy(taken, (question) => keyOf(labels, (label) => valueOf(question, label)));
    return { promql, questions: taken, labels, byKey, values, names, added };
  };
  if (expr === null) return [made(rendered, questions, new Map())];
  const asking = (values: ReadonlyMap<string, ReadonlySet<string>>): string =>
    printPromql(
      mapSelectors(expr, (selector) => ({
        ...selector,
        matchers: selector.matchers.map((matcher) => matcherOf(matcher, keyIn(plan.keys, matcher), values)),
      })),
    );
  if (labels.length === 0) return [made(asking(new Map()), questions, new Map())];

  const batches: Batch[] = [];
  const room = new Room(labels, maxBytes - encodedLength(asking(new Map())), usesOf(plan));
  let taken: Question[] = [];
  const close = (): void => {
    if (taken.length > 0) batches.push(made(asking(room.values), taken, room.values));
    taken = [];
    room.empty();
  };
  for (const question of inOrder(questions, labels)) {
    if (!room.take(question)) {
      close();
      room.take(question);
    }
    taken.push(question);
  }
  close();
  return batches;
}

/** The label of the most values first: those of the others then repeat within a batch. */
function inOrder(questions: readonly Question[], labels: readonly string[]): readonly Question[] {
  const counts = new Map(labels.map((label) => [label, new Set(questions.map((each) => valueOf(each, label))).size]));
  const order = labels.toSorted((a, b) => counts.get(b)! - counts.get(a)!);
  const keyed = questions.map((question) => ({
    question,
    key: order.map((label) => valueOf(question, label)).join('\0'),
  }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ question }) => question);
}

/** How often each label's values stand in the query. */
function usesOf({ expr, keys }: Plan): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  if (expr) {
    mapSelectors(expr, (selector) => {
      for (const matcher of selector.matchers) {
        const key = keyIn(keys, matcher);
        if (key) uses.set(key.label, (uses.get(key.label) ?? 0) + 1);
      }
      return selector;
    });
  }
  return uses;
}

/** The values of a query that is being filled. */
class Room {
  values: Map<string, Set<string>> = new Map();
  readonly #labels: readonly string[];
  readonly #bytes: number;
  readonly #uses: ReadonlyMap<string, number>;
  #taken = 0;
  #used = 0;

  constructor(labels: readonly string[], bytes: number, uses: ReadonlyMap<string, number>) {
    this.#labels = labels;
    this.#bytes = bytes;
    this.#uses = uses;
    this.empty();
  }

  empty(): void {
    this.values = new Map(this.#labels.map((label) => [label, new Set()]));
    this.#taken = 0;
    this.#used = 0;
  }

  /** False where there is no room for its values; the first one always has. */
  take(question: Question): boolean {
    const fresh = this.#labels.filter((label) => !this.values.get(label)!.has(valueOf(question, label)));
    const bytes = fresh.reduce((sum, label) => sum + this.#lengthOf(label, valueOf(question, label)), this.#used);
    const asked = this.#labels.reduce((product, label) => {
      return product * (this.values.get(label)!.size + (fresh.includes(label) ? 1 : 0));
    }, 1);
    const full = bytes > this.#bytes || asked > MOST_ASKED_PER_QUESTION * (this.#taken + 1);
    if (full && this.#taken > 0) return false;
    for (const label of fresh) this.values.get(label)!.add(valueOf(question, label));
    this.#taken++;
    this.#used = bytes;
    return true;
  }

  /** With the bar before it. */
  #lengthOf(label: string, value: string): number {
    const encoded = encodedLength(JSON.stringify(`|${RE2JS.quote(value)}`)) - encodedLength('""');
    return encoded * (this.#uses.get(label) ?? 0);
  }
}

/** `k="v"`, or `k=~"a|b"` with all that a pattern would take for its own escaped. */
function matcherOf(matcher: Matcher, key: Key | undefined, values: ReadonlyMap<string, ReadonlySet<string>>): Matcher {
  if (key?.type !== 'value') return matcher;
  const [only = '', ...more] = Array.from(values.get(key.label) ?? []).toSorted();
  return more.length === 0
    ? { ...matcher, op: '=', value: only }
    : { ...matcher, op: '=~', value: [only, ...more].map((value) => RE2JS.quote(value)).join('|') };
}

/** The bytes of a query as a form sends it. */
const encodedLength = (promql: string): number => new URLSearchParams({ query: promql }).toString().length;
