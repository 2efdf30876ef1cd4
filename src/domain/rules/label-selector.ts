import type { Requirement } from './selector.ts';

/** metav1.LabelSelector. */
export type LabelSelector = {
  matchLabels?: Readonly<Record<string, string>>;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
};

/**
 * A selector as metav1.ParseToLabelSelector writes it. `k!=v`, for which that has no word, is `notin (v)`, which is the same;
 * `k>1` and `k<1` have none and are left out, as no metric can be selected by them.
 */
export function labelSelectorOf(requirements: readonly Requirement[]): LabelSelector {
  const equal = requirements.flatMap((each) => (each.type === 'Equals' ? [[each.key, each.value] as const] : []));
  const expressions = requirements.flatMap(expressionOf);
  return {
    ...(equal.length > 0 && { matchLabels: Object.fromEntries(equal) }),
    ...(expressions.length > 0 && { matchExpressions: expressions }),
  };
}

function expressionOf(requirement: Requirement): NonNullable<LabelSelector['matchExpressions']> {
  const { type, key } = requirement;
  switch (type) {
    case 'In':
    case 'NotIn':
      return [{ key, operator: type, values: requirement.values }];
    case 'NotEquals':
      return [{ key, operator: 'NotIn', values: [requirement.value] }];
    case 'Exists':
    case 'DoesNotExist':
      return [{ key, operator: type }];
    case 'Equals':
    case 'GreaterThan':
    case 'LessThan':
      return [];
  }
}
