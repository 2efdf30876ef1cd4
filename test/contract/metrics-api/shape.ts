/**
 * What a JSON value must look like. A plain value must be equal; an object must have these keys and no others, but for those
 * whose name ends in `?`; the rest say it themselves.
 */
export type Shape =
  string | number | boolean | null | { readonly [key: string]: Shape } | Match | Each | Contains | Any;

/** Text that fits a pattern. says: the pattern in words, for messages. */
type Match = { type: 'match'; pattern: RegExp; says: string };
/** A list whose every element has this shape, or a map whose every value has it. */
type Each = { type: 'each'; of: Shape; least: number } | { type: 'every value'; of: Shape };
/** A list with at least one element of this shape. Or an object with these keys, whatever else it has. */
type Contains = { type: 'some'; of: Shape } | { type: 'with'; of: Readonly<Record<string, Shape>> };
type Any = { type: 'any' } | { type: 'either'; of: readonly Shape[] };

const TYPES = new Set(['match', 'each', 'every value', 'some', 'with', 'any', 'either']);

export const match = (pattern: RegExp, says: string): Shape => ({ type: 'match', pattern, says });
export const each = (of: Shape, least = 0): Shape => ({ type: 'each', of, least });
export const everyValue = (of: Shape): Shape => ({ type: 'every value', of });
export const some = (of: Shape): Shape => ({ type: 'some', of });
export const having = (of: Readonly<Record<string, Shape>>): Shape => ({ type: 'with', of });
export const either = (...of: Shape[]): Shape => ({ type: 'either', of });
export const anything: Shape = { type: 'any' };

/** What is wrong with a value, one sentence each with the place in it; none when it has the shape. */
export function faultsOf(value: unknown, shape: Shape, at = '$'): string[] {
  if (typeof shape !== 'object' || shape === null) {
    return value === shape ? [] : [`${at}: expected ${JSON.stringify(shape)}, got ${excerpt(value)}`];
  }
  if (!isSpecial(shape)) return faultsOfObject(value, shape, at);
  switch (shape.type) {
    case 'any':
      return [];
    case 'match':
      return typeof value === 'string' && shape.pattern.test(value)
        ? []
        : [`${at}: expected ${shape.says}, got ${excerpt(value)}`];
    case 'either':
      return shape.of.some((one) => faultsOf(value, one, at).length === 0) ? [] : faultsOf(value, shape.of[0]!, at);
    case 'each':
      if (!Array.isArray(value)) return [`${at}: expected a list, got ${excerpt(value)}`];
      if (value.length < shape.least) return [`${at}: expected at least ${shape.least}, got ${value.length}`];
      return value.flatMap((one, index) => faultsOf(one, shape.of, `${at}[${index}]`));
    case 'every value':
      if (!isRecord(value)) return [`${at}: expected an object, got ${excerpt(value)}`];
      return Object.entries(value).flatMap(([key, one]) => faultsOf(one, shape.of, `${at}.${key}`));
    case 'some': {
      if (!Array.isArray(value)) return [`${at}: expected a list, got ${excerpt(value)}`];
      const fits = value.some((one) => faultsOf(one, shape.of, at).length === 0);
      return fits ? [] : [`${at}: expected one like ${excerpt(shape.of)}, got ${excerpt(value)}`];
    }
    case 'with': {
      if (!isRecord(value)) return [`${at}: expected an object, got ${excerpt(value)}`];
      return Object.entries(shape.of).flatMap(([key, one]) => faultsOf(value[key], one, `${at}.${key}`));
    }
  }
}

function faultsOfObject(value: unknown, shape: Readonly<Record<string, Shape>>, at: string): string[] {
  if (!isRecord(value)) return [`${at}: expected an object, got ${excerpt(value)}`];
  const known = new Map(Object.entries(shape).map(([key, one]) => [key.replace(/\?$/, ''), { key, one }]));
  const unknown = Object.keys(value)
    .filter((key) => !known.has(key))
    .map((key) => `${at}.${key}: not expected`);
  const wrong = [...known].flatMap(([name, { key, one }]) => {
    if (name in value) return faultsOf(value[name], one, `${at}.${name}`);
    return key.endsWith('?') ? [] : [`${at}.${name}: missing`];
  });
  return [...wrong, ...unknown];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSpecial = (shape: object): shape is Match | Each | Contains | Any =>
  'type' in shape &&
  typeof shape.type === 'string' &&
  TYPES.has(shape.type) &&
  ('of' in shape || shape.type === 'any' || 'pattern' in shape);

const excerpt = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 140 ? `${text.slice(0, 137)}...` : text;
};
