import type { Requirement } from './selector.ts';

/** Whether an object's labels meet every requirement, as labels.Selector.Matches decides it. */
export const selects = (requirements: readonly Requirement[], labels: Readonly<Record<string, string>>): boolean =>
  requirements.every((requirement) => meets(requirement, labels[requirement.key]));

/** value: undefined where the object has no such label, which `!=` and `notin` let pass. */
function meets(requirement: Requirement, value: string | undefined): boolean {
  switch (requirement.type) {
    case 'Equals':
      return value === requirement.value;
    case 'NotEquals':
      return value !== requirement.value;
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'GreaterThan':
      return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) > BigInt(requirement.value);
    case 'LessThan':
      return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) < BigInt(requirement.value);
  }
}
