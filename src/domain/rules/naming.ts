import type { RE2JS } from 're2js';
import { InvalidError } from '../errors.ts';
import { compileRegex } from './regex.ts';

/** How a series' name becomes a metric's: `name: {matches, as}` of a rule, made ready. */
export type Naming = { matches: RE2JS; as: readonly Part[] };

/** A piece of `as`: literal text, or a group of `matches` by number. */
type Part = { type: 'text'; text: string } | { type: 'group'; group: number };

/**
 * The defaults are prometheus-adapter's: `matches` is `.*`; `as` is `$1` where `matches` has one group and `$0` where it has
 * none.
 *
 * @throws InvalidError for a bad pattern, no `as` with several groups, or an `as` that names a group which is not there
 */
export function parseNaming(matches: string, as: string): Naming {
  const regex = compileRegex(matches === '' ? '.*' : matches);
  const groups = regex.groupCount();
  if (as !== '') return { matches: regex, as: parseAs(as, regex) };
  if (groups > 1)
    throw new InvalidError(`matches has ${groups} groups, expected "as" to say which of them make the name`);
  return { matches: regex, as: [{ type: 'group', group: groups }] };
}

/**
 * The metric's name for a series; null when `matches` does not match, or nothing is left. Text outside of the match is
 * dropped, as Go's regexp.ExpandString does.
 */
export function applyNaming({ matches, as }: Naming, series: string): string | null {
  const matcher = matches.matcher(series);
  if (!matcher.find()) return null;
  const name = as.map((part) => (part.type === 'text' ? part.text : (matcher.group(part.group) ?? ''))).join('');
  return name === '' ? null : name;
}

/** Go's rule: `$name` takes the longest run of letters, digits and underscores; `$$` is a dollar; a stray `$` stays. */
const REFERENCE = /\$(?:(\$)|(\w+)|\{(\w+)\})/g;

function parseAs(as: string, matches: RE2JS): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const reference of as.matchAll(REFERENCE)) {
    const [whole, dollar, bare, braced] = reference;
    parts.push({ type: 'text', text: as.slice(end, reference.index) });
    end = reference.index + whole.length;
    if (dollar !== undefined) parts.push({ type: 'text', text: '$' });
    else parts.push({ type: 'group', group: groupNumber(bare ?? braced ?? '', matches) });
  }
  return [...parts, { type: 'text', text: as.slice(end) }];
}

/** Go would put nothing for a group that is not there, which always is a slip: `$1_total` means the group `1_total`. */
function groupNumber(name: string, matches: RE2JS): number {
  const byNumber = /^\d+$/.test(name) ? Number(name) : null;
  if (byNumber !== null && byNumber <= matches.groupCount()) return byNumber;
  const named = matches.namedGroups();
  const byName = byNumber === null && Object.hasOwn(named, name) ? named[name] : undefined;
  if (byName !== undefined) return byName;
  const digits = /^(\d+)(\D\w*)$/.exec(name);
  const cure = digits ? `: for group ${digits[1]} followed by "${digits[2]}" write \${${digits[1]}}${digits[2]}` : '';
  throw new InvalidError(
    `"as" names the group "${name}", expected one of the ${matches.groupCount()} that "matches" has${cure}`,
  );
}
