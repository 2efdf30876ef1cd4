import { parseQuantity } from '../quantity.ts';

/** What one adapter answered to one read. code: 0 where it did not. values: thousandths by row; a row is named by its labels, or by its object. */
export type Reading =
  | { type: 'rows'; values: ReadonlyMap<string, bigint> }
  | { type: 'status'; code: number; reason: string; message: string };

/** What an answer of the metrics APIs says. */
export function readingOf(code: number, body: unknown): Reading {
  if (code !== 200 && isRecord(body))
    return { type: 'status', code, reason: text(body.reason), message: text(body.message) };
  const values = isRecord(body) ? valuesOf(body.items) : null;
  if (code === 200 && values) return { type: 'rows', values };
  return {
    type: 'status',
    code,
    reason: 'without a list',
    message: 'the answer is neither a list of metrics nor a Status',
  };
}

/** Null where an item has no value. */
function valuesOf(items: unknown): Map<string, bigint> | null {
  if (!Array.isArray(items)) return null;
  const values = new Map<string, bigint>();
  for (const item of items) {
    const value = isRecord(item) ? parseQuantity(text(item.value)) : null;
    if (!isRecord(item) || value === null) return null;
    values.set(rowOf(item), value);
  }
  return values;
}

function rowOf({ metricLabels, describedObject }: Record<string, unknown>): string {
  if (isRecord(describedObject)) return `${text(describedObject.kind)} ${text(describedObject.name)}`;
  const labels = isRecord(metricLabels) ? Object.entries(metricLabels) : [];
  return `{${labels
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(', ')}}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
