import { RE2JS } from 're2js';
import { InvalidError } from '../errors.ts';
import type { Requirement } from './selector.ts';

/** What a template says of a request: PromQL matchers, and the plain values by label, several joined by `|`. */
export type Matchers = { matchers: string; valuesByName: ReadonlyMap<string, string> };

/**
 * A selector, and the namespace where the rule has a label for it, as PromQL. The table is prometheus-adapter's:
 *
 *     k=v, k==v   k="v"         k in (a)      k=~"a"       k (exists)  k!=""
 *     k!=v        k!="v"        k in (b,a)    k=~"a|b"     !k          k=""
 *                               k notin (a)   k!~"a"
 *
 * The values have been checked (at most 63 of [A-Za-z0-9._-]), so that none can be a pattern wider than itself but for the dot.
 *
 * @throws InvalidError for `k>1` and `k<1`: PromQL compares no labels
 */
export function matchersOf(requirements: readonly Requirement[], namespace: NamespaceMatcher | null): Matchers {
  const parts = requirements.map(matcherOf);
  const valuesByName = new Map(requirements.map((requirement) => [requirement.key, valuesOf(requirement).join('|')]));
  if (namespace) {
    parts.push(`${labelName(namespace.label)}=${quote(namespace.value)}`);
    valuesByName.set(namespace.label, namespace.value);
  }
  return { matchers: parts.join(','), valuesByName };
}

/**
 * The same, and the objects that are asked for: `pod="a"`, or `pod=~"a|b"` for several. Their names are escaped there, as a dot
 * in a pattern matches anything, which prometheus-adapter lets pass.
 */
export function withNames({ matchers, valuesByName }: Matchers, label: string, names: readonly string[]): Matchers {
  const [only, ...more] = names;
  const matcher =
    more.length === 0
      ? `${labelName(label)}=${quote(only ?? '')}`
      : `${labelName(label)}=~${quote(names.map(RE2JS.quote).join('|'))}`;
  return {
    matchers: matchers === '' ? matcher : `${matchers},${matcher}`,
    valuesByName: new Map([...valuesByName, [label, names.join('|')]]),
  };
}

export type NamespaceMatcher = { label: string; value: string };

function matcherOf(requirement: Requirement): string {
  const label = labelName(requirement.key);
  switch (requirement.type) {
    case 'Equals':
      return `${label}=${quote(requirement.value)}`;
    case 'NotEquals':
      return `${label}!=${quote(requirement.value)}`;
    case 'In':
      return `${label}=~${quote(requirement.values.join('|'))}`;
    case 'NotIn':
      return `${label}!~${quote(requirement.values.join('|'))}`;
    case 'Exists':
      return `${label}!=""`;
    case 'DoesNotExist':
      return `${label}=""`;
    case 'GreaterThan':
    case 'LessThan':
      break;
  }
  throw new InvalidError(`a selector that compares ${requirement.key} with > or < cannot be asked of Prometheus`);
}

function valuesOf(requirement: Requirement): readonly string[] {
  if ('values' in requirement) return requirement.values;
  return 'value' in requirement ? [requirement.value] : [];
}

/** Names like app.kubernetes.io/name are quoted, which Prometheus 3 takes. */
const labelName = (key: string): string => (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key) ? key : quote(key));

/** A PromQL string; JSON's escapes are a subset of PromQL's. */
const quote = (text: string): string => JSON.stringify(text);
