import { type PassedOnStatus, UnavailableError } from '../../domain/errors.ts';
import { parseQuantity } from '../../domain/quantity.ts';
import type { ExternalMetricValue } from '../../domain/rules/external-metric-value.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The items of an ExternalMetricValueList, each looked at and none changed. @throws UnavailableError where it is none */
export function itemsOf(text: string): ExternalMetricValue[] {
  return listOf(text, { kind: 'ExternalMetricValueList', field: 'items' }).map(itemOf);
}

/** The metrics that an APIResourceList names. @throws UnavailableError where it is none */
export function namesOf(text: string): string[] {
  const names = listOf(text, { kind: 'APIResourceList', field: 'resources' }).map(({ name }) =>
    typeof name === 'string' && /^[^/%\s]{1,253}$/.test(name) ? name : nonsense('a resource whose name is none'),
  );
  return [...new Set(names)];
}

/** Much longer, and it is no sentence for a person. */
const LONGEST_MESSAGE = 4096;

/** The Status of an answer that is an error; null where it holds none, as the page of a proxy does not. */
export function statusOf(httpCode: number, text: string): PassedOnStatus | null {
  const body = fieldsOf(parsed(text));
  if (httpCode < 400 || httpCode > 599 || body?.kind !== 'Status' || typeof body.message !== 'string') return null;
  const details = fieldsOf(body.details);
  // Not when to ask again: whoever waits for that inside the HPA controller holds up other HPAs.
  const { retryAfterSeconds: _, ...rest } = details ?? {};
  return {
    code: httpCode,
    reason: typeof body.reason === 'string' ? body.reason : '',
    message: body.message.slice(0, LONGEST_MESSAGE),
    ...(details && { details: rest }),
  };
}

function itemOf({ metricName, metricLabels = null, timestamp = null, window, value }: Fields): ExternalMetricValue {
  if (typeof metricName !== 'string') return nonsense('an item without metricName');
  if (!isLabels(metricLabels)) return nonsense('metricLabels that are no labels');
  if (timestamp !== null && (typeof timestamp !== 'string' || !Number.isFinite(Date.parse(timestamp))))
    return nonsense('a timestamp that is none');
  if (window !== undefined && !Number.isSafeInteger(window)) return nonsense('a window that is no whole number');
  const quantity = typeof value === 'number' ? String(value) : value;
  if (typeof quantity !== 'string' || parseQuantity(quantity) === null) return nonsense('a value that is no Quantity');
  return {
    metricName,
    metricLabels,
    timestamp,
    ...(typeof window === 'number' && { window }),
    value: quantity,
  };
}

function listOf(text: string, { kind, field }: { kind: string; field: string }): Fields[] {
  const body = fieldsOf(parsed(text));
  if (body?.kind !== kind) return nonsense(`no ${kind}`);
  // Go writes an empty list as null where nobody made it
  const list = body[field] ?? [];
  if (!Array.isArray(list)) return nonsense(`${field} that are no list`);
  return list.map((entry: unknown) => fieldsOf(entry) ?? nonsense(`${field} that are no objects`));
}

function isLabels(value: unknown): value is Readonly<Record<string, string>> | null {
  if (value === null) return true;
  const fields = fieldsOf(value);
  return fields !== null && Object.values(fields).every((each) => typeof each === 'string');
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function nonsense(what: string): never {
  throw new UnavailableError(`answered ${what}`);
}
