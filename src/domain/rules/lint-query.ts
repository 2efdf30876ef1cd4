import { EXAMPLE, OTHER, type RuleQuery, exampleQuery, isPromQl } from './example-read.ts';
import { nameFault } from './lint-types.ts';

/**
 * What can be said of a rule's query without a Prometheus, whichever API it is for; one sentence each.
 *
 * @param pinned the one series that the rule serves; null where that is not known
 */
export function lintQuery(query: RuleQuery, pinned: string | null): string[] {
  const example = exampleQuery(query, EXAMPLE);
  if (example === null) return [];
  const said: string[] = [];
  if (!isPromQl(example)) said.push(`an example read makes ${JSON.stringify(example)}, which is no PromQL`);
  const fault = pinned === null ? null : nameFault(example, pinned);
  return fault === null ? said : [...said, fault];
}

/** Whether all reads make the same query of it. */
export const heedsNoRead = (query: RuleQuery): boolean => {
  const example = exampleQuery(query, EXAMPLE);
  return example !== null && example === exampleQuery(query, OTHER);
};

export const HEEDS_NO_READ =
  'selector and namespace make no difference: the query has neither <<.LabelMatchers>> nor <<.LabelValuesByName>>';

/**
 * Whether the query has a comma behind <<.LabelMatchers>>, as in `{<<.LabelMatchers>>,x="y"}`: with nothing to match
 * prometheus-adapter sends `{,x="y"}`, which Prometheus refuses. Ours leaves the comma out.
 */
export function leadsWithComma(query: RuleQuery): boolean {
  const text = exampleQuery(query, { matchers: MARK, values: [] });
  return text !== null && new RegExp(`\\{\\s*${MARK}\\s*,\\s*[^\\s}]`).test(text);
}

const MARK = 'tidecaster_mark="1"';
