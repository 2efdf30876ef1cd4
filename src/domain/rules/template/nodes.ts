import type { Value } from './values.ts';

/** A parsed template: its own nodes, and those of each `define` and `block` by name. text: for places in messages. */
export type Template = { text: string; templates: ReadonlyMap<string, readonly Node[]> };

/** The name under which prometheus-adapter parses a metricsQuery, so that `<<template "metrics-query">>` means itself. */
export const MAIN = 'metrics-query';

export type Node =
  | { type: 'text'; text: string }
  | { type: 'action'; pipe: Pipe }
  | { type: 'if' | 'with' | 'range'; pipe: Pipe; body: readonly Node[]; otherwise: readonly Node[] }
  | { type: 'template'; name: string; pipe: Pipe | null; at: number }
  | { type: 'break' | 'continue' };

/** Commands joined by `|`. declared: the variables that take the value; assigns: `=` sets, `:=` declares. */
export type Pipe = { declared: readonly string[]; assigns: boolean; commands: readonly Command[]; at: number };

/** The first operand is what is done, the rest its arguments. */
export type Command = readonly [Operand, ...Operand[]];

/** at: the offset in the template. names: the fields that follow, each after a dot. */
export type Operand = { at: number } & (
  | { type: 'dot' | 'nil' }
  | { type: 'literal'; value: Value }
  | { type: 'function'; name: string }
  | { type: 'field'; names: readonly string[] }
  | { type: 'variable'; name: string; names: readonly string[] }
  | { type: 'pipe'; pipe: Pipe }
  | { type: 'chain'; of: Operand; names: readonly string[] }
);
