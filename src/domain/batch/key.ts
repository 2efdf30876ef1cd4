import type { Matcher } from '../promql/ast.ts';
import type { Question } from '../rules/question.ts';

/**
 * A label by which the rows of one query are told apart. `value`: the namespace, or an equality of the selector; each question has
 * one. `names`: the label of a custom metric's objects; a batch asks for all objects, and rows find theirs in memory.
 */
export type Key = {
  type: 'value' | 'names';
  label: string;
  /** What stands in the template's place of the value; of names, as a pattern. */
  sentinel: string;
};

/** Sentinels are label values, DNS labels and literal patterns at once, so that no function of a template changes them. */
export const sentinelAt = (index: number): string => `tidecasterkey${index}x`;
export const SENTINELS = /tidecasterkey(\d+)x/g;

/** The key whose sentinel is all that a matcher asks for. */
export const keyIn = (keys: readonly Key[], { label, op, value }: Matcher): Key | undefined =>
  keys.find(
    (key) => key.label === label && key.sentinel === value && (op === '=~' || (op === '=' && key.type === 'value')),
  );

/** What a question asks of a label; never empty for a key's. */
export function valueOf({ namespace, requirements }: Question, label: string): string {
  if (namespace?.label === label) return namespace.value;
  const equal = requirements.find((each) => each.type === 'Equals' && each.key === label && each.value !== '');
  return equal?.type === 'Equals' ? equal.value : '';
}
