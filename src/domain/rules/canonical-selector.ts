import { InvalidError } from '../errors.ts';
import type { LabelSelector } from './label-selector.ts';
import { type Requirement, isLabelKey, isLabelValue } from './selector.ts';

/**
 * The one text of a selector, as labels.Selector.String writes it: `a=b,c in (d,e),!f`. Two texts that mean the same
 * requirements, in whatever order and spacing, have the same. parseSelector reads it back.
 */
export const canonicalSelector = (requirements: readonly Requirement[]): string =>
  requirements
    .map((requirement) => ({ key: requirement.key, text: requirementText(requirement) }))
    .toSorted((a, b) => compare(a.key, b.key) || compare(a.text, b.text))
    .map(({ text }) => text)
    .join(',');

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * What client-go sends for a selector of an object, such as an HPA's: metav1.LabelSelectorAsSelector, printed. No selector and an
 * empty one are both ''. @throws InvalidError where Kubernetes would not take it: an operator, key or value that is none
 */
export function selectorOfObject({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const equal = Object.entries(matchLabels).map(([key, value]): Requirement => ({ type: 'Equals', key, value }));
  const requirements = [...equal, ...matchExpressions.map(requirementOf)];
  for (const requirement of requirements) check(requirement);
  return canonicalSelector(requirements);
}

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

function requirementOf({ key, operator, values = [] }: Expression): Requirement {
  switch (operator) {
    case 'Exists':
    case 'DoesNotExist':
      return { type: operator, key };
    case 'In':
    case 'NotIn':
      if (values.length > 0) return { type: operator, key, values: [...new Set(values)].toSorted() };
      throw new InvalidError(`${key} ${operator} has no values, expected at least one`);
    default:
      throw new InvalidError(
        `${operator} is no operator of a label selector, expected In, NotIn, Exists, DoesNotExist`,
      );
  }
}

/** The text is read again as a selector: a comma in a value would make two of it. */
function check(requirement: Requirement): void {
  const { key } = requirement;
  if (!isLabelKey(key)) throw new InvalidError(`${JSON.stringify(key)} is no label name`);
  const values = 'values' in requirement ? requirement.values : 'value' in requirement ? [requirement.value] : [];
  const bad = values.find((value) => !isLabelValue(value));
  if (bad !== undefined)
    throw new InvalidError(`${JSON.stringify(bad)}, which ${key} is compared with, is no label value`);
}

function requirementText(requirement: Requirement): string {
  const { key } = requirement;
  switch (requirement.type) {
    case 'Equals':
      return `${key}=${requirement.value}`;
    case 'NotEquals':
      return `${key}!=${requirement.value}`;
    case 'GreaterThan':
      return `${key}>${requirement.value}`;
    case 'LessThan':
      return `${key}<${requirement.value}`;
    case 'In':
      return `${key} in (${requirement.values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${requirement.values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}
