import { InvalidError } from '../../domain/errors.ts';
import { type Matcher, NOT_SHIFTED, type Selector } from '../../domain/promql/ast.ts';
import { parsePromql } from '../../domain/promql/parse.ts';
import { printPromql } from '../../domain/promql/print.ts';
import { compileRegex } from '../../domain/rules/regex.ts';
import type { Labels } from '../../ports/metrics-source.ts';

/** name: where the selector pins it, so that one family has to be searched and not all. */
export type Selecting = { name: string | null; matches(labels: Labels): boolean };

/** @throws InvalidError when it is anything but a series selector */
export function parseSelector(text: string): Selecting {
  const parsed = parsePromql(text);
  if (parsed.type === 'Selector' && parsed.shift === NOT_SHIFTED) return selecting(parsed);
  throw new InvalidError(`"${text}" is not a series selector, expected one like {__name__=~"^http_.*"}`);
}

/** @throws InvalidError where it would select everything, and for what is no regular expression */
export function selecting(selector: Selector): Selecting {
  const { name, matchers } = selector;
  const named: Matcher[] = name === null ? [] : [{ label: '__name__', op: '=', value: name }];
  const all = [...named, ...matchers].map((matcher) => ({ ...matcher, matches: predicate(matcher) }));
  if (all.every(({ matches }) => matches(''))) {
    throw new InvalidError(`a selector must contain at least one non-empty matcher: ${printPromql(selector)}`);
  }
  const pinned = all.find(({ label, op }) => label === '__name__' && op === '=');
  return {
    name: pinned?.value ?? null,
    // An absent label is an empty one.
    matches: (labels) => all.every(({ label, matches }) => matches(labels[label] ?? '')),
  };
}

/** Prometheus anchors its patterns at both ends. */
function predicate({ op, value: wanted }: Matcher): (value: string) => boolean {
  if (op === '=') return (value) => value === wanted;
  if (op === '!=') return (value) => value !== wanted;
  const regex = compileRegex(wanted);
  return op === '=~' ? (value) => regex.matches(value) : (value) => !regex.matches(value);
}
