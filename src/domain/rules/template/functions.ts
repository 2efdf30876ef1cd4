import { TemplateRunError } from './budget.ts';
import { equals, isLess } from './compare.ts';
import { escapeHtml, escapeJs, escapeQuery } from './escape.ts';
import { utf8 } from './literals.ts';
import { sprint, sprintf, sprintln } from './printf.ts';
import { type Value, bytesOf, integer, isTrue, text, truth, typeName } from './values.ts';

/**
 * A built-in function. least, most: how many arguments it takes. `and` and `or` are here by name only: they stop at the
 * argument that decides, so that execute.ts runs them.
 */
type Function = { least: number; most: number; run(args: readonly Value[]): Value };

const of = (least: number, most: number, run: Function['run']): Function => ({ least, most, run });
const lazy = of(1, Infinity, () => {
  throw new TemplateRunError('and, or: unreachable');
});
/** For functions whose arguments have been counted. */
const two = (run: (a: Value, b: Value) => boolean): Function => of(2, 2, ([a, b]) => truth(run(a!, b!)));
const escape = (run: (text: string) => string): Function => of(0, Infinity, (args) => text(run(joined(args))));

/** The functions of Go's text/template; prometheus-adapter adds none. */
export const FUNCTIONS: ReadonlyMap<string, Function> = new Map([
  ['and', lazy],
  ['or', lazy],
  ['not', of(1, 1, ([value]) => truth(!isTrue(value!)))],
  ['eq', of(1, Infinity, ([first, ...others]) => truth(equals(first!, others)))],
  ['ne', two((a, b) => !equals(a, [b]))],
  ['lt', two(isLess)],
  ['le', two((a, b) => isLess(a, b) || equals(a, [b]))],
  ['gt', two((a, b) => !(isLess(a, b) || equals(a, [b])))],
  ['ge', two((a, b) => !isLess(a, b))],
  ['index', of(1, Infinity, ([value, ...indexes]) => indexes.reduce(element, indexable(value!)))],
  ['slice', of(1, Infinity, ([value, ...indexes]) => part(value!, indexes))],
  ['len', of(1, 1, ([value]) => integer(lengthOf(value!, 'len')))],
  ['print', of(0, Infinity, (args) => text(sprint(args)))],
  ['printf', of(1, Infinity, ([format, ...args]) => text(sprintf(formatOf(format!), args)))],
  ['println', of(0, Infinity, (args) => text(sprintln(args)))],
  ['html', escape(escapeHtml)],
  ['js', escape(escapeJs)],
  ['urlquery', escape(escapeQuery)],
  [
    'call',
    of(1, Infinity, ([value]) => {
      throw new TemplateRunError(`call: a value of type ${typeName(value!)} is no function, and the data has none`);
    }),
  ],
]);

/** What html, js and urlquery work on: one string as it is, else what print makes of the values. */
const joined = (args: readonly Value[]): string =>
  sprint(args.map((value) => (value.type === 'nil' ? text('<no value>') : value)));

function formatOf(value: Value): string {
  if (value.type === 'string') return value.value;
  throw new TemplateRunError(`printf: the format is of type ${typeName(value)}, expected a string`);
}

function indexable(value: Value): Value {
  if (value.type === 'nil') throw new TemplateRunError('index: there is no value to take from');
  return value;
}

/** value[index]; a key that a map does not have gives "". */
function element(value: Value, index: Value): Value {
  if (value.type === 'map[string]string') {
    if (index.type !== 'string')
      throw new TemplateRunError(`index: a key of type ${typeName(index)}, expected a string`);
    return text(value.entries.get(index.value) ?? '');
  }
  if (value.type === '[]string') return text(value.items[position(index, value.items.length - 1)]!);
  if (value.type !== 'string')
    throw new TemplateRunError(`index: nothing can be taken from a value of type ${typeName(value)}`);
  const bytes = bytesOf(value.value);
  return { type: 'uint8', value: BigInt(bytes[position(index, bytes.length - 1)]!) };
}

/** value[from:to]. Go allows a third index, the capacity, on slices; ours have none to spare. */
function part(value: Value, indexes: readonly Value[]): Value {
  if (value.type !== 'string' && value.type !== '[]string')
    throw new TemplateRunError(`slice: a value of type ${typeName(value)} cannot be cut`);
  if (indexes.length > (value.type === 'string' ? 2 : 3))
    throw new TemplateRunError(`slice: ${indexes.length} indexes are too many`);
  const length = lengthOf(value, 'slice');
  const [from = 0, to = length, capacity = length] = indexes.map((index) => position(index, length));
  if (from > to || to > capacity) throw new TemplateRunError(`slice: the indexes ${from}, ${to} fall`);
  if (value.type === '[]string') return { type: '[]string', items: value.items.slice(from, to) };
  const cut = utf8(bytesOf(value.value).slice(from, to));
  if (cut === null) throw new TemplateRunError(`slice: ${from}:${to} cuts a character in two`);
  return text(cut);
}

function position(index: Value, most: number): number {
  if (index.type !== 'int' && index.type !== 'uint8')
    throw new TemplateRunError(`an index of type ${typeName(index)}, expected an int`);
  if (index.value < 0n || index.value > BigInt(most))
    throw new TemplateRunError(`the index ${index.value} is out of range, expected 0 to ${most}`);
  return Number(index.value);
}

function lengthOf(value: Value, who: string): number {
  if (value.type === 'string') return bytesOf(value.value).length;
  if (value.type === '[]string') return value.items.length;
  if (value.type === 'map[string]string') return value.entries.size;
  throw new TemplateRunError(`${who}: a value of type ${typeName(value)} has no length`);
}
