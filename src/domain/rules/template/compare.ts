import { TemplateRunError } from './budget.ts';
import { type Value, typeName } from './values.ts';

/** Whether the first equals one of the others, as `eq`: ints compare with uints, a list or a map with nil alone. */
export function equals(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new TemplateRunError('eq: there is nothing to compare with');
  return others.some((other) => equalsOne(first, other));
}

function equalsOne(a: Value, b: Value): boolean {
  if (a.type === 'nil' || b.type === 'nil') return a.type === b.type;
  if (isWhole(a) && isWhole(b)) return a.value === b.value;
  if (a.type !== b.type) throw unlike('eq', a, b);
  if ('value' in a && 'value' in b) return a.value === b.value;
  throw new TemplateRunError(`eq: values of type ${typeName(a)} cannot be compared`);
}

/** a < b, as `lt`: numbers of one kind and strings. */
export function isLess(a: Value, b: Value): boolean {
  if (isWhole(a) && isWhole(b)) return a.value < b.value;
  if (a.type === 'float64' && b.type === 'float64') return a.value < b.value;
  if (a.type === 'string' && b.type === 'string') return a.value < b.value;
  throw unlike('lt', a, b);
}

const isWhole = (value: Value): value is Extract<Value, { type: 'int' | 'uint8' }> =>
  value.type === 'int' || value.type === 'uint8';

const unlike = (who: string, a: Value, b: Value): TemplateRunError =>
  new TemplateRunError(`${who}: ${typeName(a)} and ${typeName(b)} cannot be compared`);
