/** A value of the template language: the Go types that the data, literals and built-in functions can have. */
export type Value =
  | { type: 'nil' }
  | { type: 'bool'; value: boolean }
  | { type: 'int' | 'uint8'; value: bigint }
  | { type: 'float64'; value: number }
  | { type: 'string'; value: string }
  | { type: '[]string'; items: readonly string[] }
  | { type: 'map[string]string'; entries: ReadonlyMap<string, string> }
  | { type: 'struct'; fields: ReadonlyMap<string, Value> };

export const NIL: Value = { type: 'nil' };
export const text = (value: string): Value => ({ type: 'string', value });
export const integer = (value: number | bigint): Value => ({ type: 'int', value: BigInt(value) });
export const truth = (value: boolean): Value => ({ type: 'bool', value });

/** Go's truth: whatever is not empty, zero, false or nil. */
export function isTrue(value: Value): boolean {
  switch (value.type) {
    case 'nil':
      return false;
    case 'bool':
      return value.value;
    case 'int':
    case 'uint8':
      return value.value !== 0n;
    case 'float64':
      return value.value !== 0;
    case 'string':
      return value.value !== '';
    case '[]string':
      return value.items.length > 0;
    case 'map[string]string':
      return value.entries.size > 0;
    case 'struct':
      return true;
  }
}

/** The entries of a map in the order in which Go ranges over and prints them. */
export const sortedEntries = (entries: ReadonlyMap<string, string>): [string, string][] =>
  [...entries].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/** A string's bytes: Go counts, indexes and slices by them. */
export const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The name that %T and messages give. The struct is prometheus-adapter's. */
export const typeName = ({ type }: Value): string =>
  type === 'struct' ? 'naming.queryTemplateArgs' : type === 'nil' ? '<nil>' : type;
