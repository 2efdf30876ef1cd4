import type { Expr, Matcher } from '../promql/ast.ts';
import { mapSelectors } from '../promql/map-selectors.ts';
import { parsePromql } from '../promql/parse.ts';
import { InvalidError } from '../errors.ts';
import { withNames } from '../rules/matchers.ts';
import { type Question, promqlOf } from '../rules/question.ts';
import { carry } from './carry.ts';
import { type Key, SENTINELS, keyIn, sentinelAt, valueOf } from './key.ts';

/** How the questions of one shape are asked, worked out once for all of them. */
export type Plan = {
  /** The template as it is rendered with sentinels; of each question the same must come with its values in their place. */
  rendered: string;
  /** Keys that stand in the query; a label that the template does not use tells no rows apart. */
  keys: readonly Key[];
  /** The query of many questions, with sentinels for values; null where it holds no key, and is `rendered` for all alike. */
  expr: Expr | null;
  /** Key labels that rows of a single query do not have. */
  added: ReadonlySet<string>;
  /** Key labels whose values the template uses as patterns. */
  patterns: ReadonlySet<string>;
};

export type Planned = { type: 'plan'; plan: Plan } | { type: 'alone'; why: string };

/** What is the same of questions that may share a query, but for the rule: all that is no key's value. */
export function shapeOf({ series, requirements, namespace, objects, groupBy }: Question): string {
  const asked = requirements.map((each) => (isKeyed(each) ? [each.key] : each));
  return JSON.stringify([series, asked, namespace?.label, objects?.label, groupBy]);
}

const isKeyed = (requirement: Question['requirements'][number]): boolean =>
  // `k=` asks for rows without k: the same for all who ask it
  requirement.type === 'Equals' && requirement.value !== '';

/** Renders the template once with sentinels, and finds the expression that answers for any values. */
export function planOf(question: Question): Planned {
  const keys = keysOf(question);
  const labels = keys.map(({ label }) => label);
  const twice = labels.find((label, index) => label === '__name__' || labels.indexOf(label) !== index);
  if (twice !== undefined) return { type: 'alone', why: `${twice} is asked for twice` };
  let rendered;
  let expr;
  try {
    rendered = promqlOf(withSentinels(question, keys));
    if (rendered.trim() === '') return { type: 'alone', why: 'its template comes out empty' };
    const present = keys.filter(({ sentinel }) => rendered!.includes(sentinel));
    if (present.length === 0) {
      return { type: 'plan', plan: { rendered, keys: [], expr: null, added: new Set(), patterns: new Set() } };
    }
    expr = readable(rendered);
    if (expr === null) return { type: 'alone', why: 'its query is no PromQL that can be read here' };
    return planned(rendered, expr, present);
  } catch (error) {
    if (error instanceof InvalidError) return { type: 'alone', why: error.message };
    throw error;
  }
}

/** null where it is none: the fault would be told of a text with sentinels, which nobody wrote. */
function readable(rendered: string): Expr | null {
  try {
    return parsePromql(rendered);
  } catch (error) {
    if (error instanceof InvalidError) return null;
    throw error;
  }
}

function keysOf({ namespace, requirements, objects }: Question): Key[] {
  const labels = [
    ...requirements.filter(isKeyed).map(({ key }) => key),
    ...(namespace === null ? [] : [namespace.label]),
  ];
  const keys: Key[] = labels.map((label, index) => ({ type: 'value', label, sentinel: sentinelAt(index) }));
  if (objects === null) return keys;
  const sentinel = `${sentinelAt(keys.length)}|${sentinelAt(keys.length + 1)}`;
  return [...keys, { type: 'names', label: objects.label, sentinel }];
}

function withSentinels(question: Question, keys: readonly Key[]): Question {
  const sentinelOf = (label: string): string => keys.find((key) => key.label === label)?.sentinel ?? '';
  const { namespace, objects } = question;
  return {
    ...question,
    requirements: question.requirements.map((each) =>
      isKeyed(each) ? { type: 'Equals', key: each.key, value: sentinelOf(each.key) } : each,
    ),
    namespace: namespace && { ...namespace, value: sentinelOf(namespace.label) },
    objects: objects && { ...objects, names: (keys.at(-1)?.sentinel ?? '').split('|') },
  };
}

function planned(rendered: string, expr: Expr, keys: readonly Key[]): Planned {
  const patterns = new Set<string>();
  let asMatchers = 0;
  mapSelectors(expr, (selector) => {
    for (const matcher of selector.matchers) {
      const key = keyIn(keys, matcher);
      if (!key) continue;
      asMatchers += key.type === 'names' ? 2 : 1;
      if (matcher.op === '=~' && key.type === 'value') patterns.add(key.label);
    }
    return selector;
  });
  if (asMatchers !== Array.from(rendered.matchAll(SENTINELS)).length) {
    const why = `its template puts ${keys.map(({ label }) => label).join(', ')} elsewhere than into matchers of that label`;
    return { type: 'alone', why };
  }
  if (expr.type === 'Range' || expr.type === 'Subquery') return { type: 'alone', why: 'it gives a range, not rows' };
  const carried = carry(expr, keys);
  if (carried.type === 'refused') return { type: 'alone', why: carried.why };
  const added = carried.type === 'keyed' ? carried.added : new Set<string>();
  return { type: 'plan', plan: { rendered, keys, expr: ofAllObjects(carried.expr, keys), added, patterns } };
}

/** Objects have names, so a row without one is none of theirs. */
function ofAllObjects(expr: Expr, keys: readonly Key[]): Expr {
  const any = (matcher: Matcher): Matcher =>
    keyIn(keys, matcher)?.type === 'names' ? { ...matcher, op: '!=', value: '' } : matcher;
  return mapSelectors(expr, (selector) => ({ ...selector, matchers: selector.matchers.map(any) }));
}

/** Why this question cannot be asked by the plan of its shape: its template does more than to insert values. Null if it can. */
export function whyNotBy({ rendered, patterns }: Plan, question: Question): string | null {
  for (const label of patterns) {
    const value = valueOf(question, label);
    if (!/^[\w-]*$/.test(value))
      return `${label}="${value}" is a pattern in its template, and matches other values too`;
  }
  const single = promqlOf(question);
  // Objects are a matcher of their own, which is another one for a single name, or their names within the template's quotes.
  const asExpected = [true, false].some((ownMatcher) => inserted(rendered, { question, ownMatcher }) === single);
  return asExpected ? null : 'its template does more with the values than to insert them';
}

/** What was rendered, with the question's values for the sentinels: to be compared, never to be asked. */
function inserted(rendered: string, { question, ownMatcher }: { question: Question; ownMatcher: boolean }): string {
  const keys = keysOf(question);
  const names = keys.find(({ type }) => type === 'names');
  const own = names && ownMatcher ? [namesMatcher(names.label, names.sentinel.split('|'))] : [];
  const parts = [...own, ...keys.map(({ sentinel }) => sentinel)].map((part) => RegExp.escape(part));
  if (parts.length === 0) return rendered;
  return rendered.replaceAll(new RegExp(parts.join('|'), 'g'), (found) => {
    if (found === own[0]) return namesMatcher(names?.label ?? '', question.objects?.names ?? []);
    const key = keys.find(({ sentinel }) => sentinel === found);
    return key?.type === 'value' ? valueOf(question, key.label) : (question.objects?.names.join('|') ?? '');
  });
}

const namesMatcher = (label: string, names: readonly string[]): string =>
  withNames({ matchers: '', valuesByName: new Map() }, label, names).matchers;
