import { isDeepStrictEqual } from 'node:util';
import type { Answered, Asked } from '../contract/metrics-api/ask.ts';

/** Both answers to one request. */
export type Pair = { about: string; asked: Asked; theirs: Answered; ours: Answered };

/** One thing in which two answers differ. part: which; the texts are for people. */
export type Difference = {
  part: 'code' | 'type' | 'header' | 'status' | 'items' | 'document';
  theirs: string;
  ours: string;
};

export type Item = {
  describedObject?: { name?: string };
  metricName?: string;
  metricLabels?: Record<string, string> | null;
  timestamp?: string;
  value?: string;
};

/** Two reads one after another are evaluated at two times. */
const SECONDS_APART = 10;

/** What a client could tell the two answers apart by. Documents that describe the server itself are compared as lists of names. */
export function differencesOf({ theirs, ours }: Pair): Difference[] {
  const differences: Difference[] = [];
  const note = (part: Difference['part'], their: unknown, our: unknown): void => {
    if (!isDeepStrictEqual(their, our)) differences.push({ part, theirs: text(their), ours: text(our) });
  };
  note('code', theirs.code, ours.code);
  note('header', theirs.headers['retry-after'], ours.headers['retry-after']);
  if (theirs.code !== ours.code) return differences;
  note('type', typeOf(theirs), typeOf(ours));
  if (typeOf(theirs) !== typeOf(ours)) return differences;
  const [their, our] = [bodyOf(theirs), bodyOf(ours)];
  note('document', kindOf(their), kindOf(our));
  switch (kindOf(their)) {
    case 'Status':
      note('status', statusOf(their), statusOf(our));
      break;
    case 'ExternalMetricValueList':
    case 'MetricValueList':
      note('document', { ...their, items: null }, { ...our, items: null });
      note('items', itemsOf(their).map(withoutTime), itemsOf(our).map(withoutTime));
      if (!sameTimes(itemsOf(their), itemsOf(our))) note('items', itemsOf(their).map(timeOf), itemsOf(our).map(timeOf));
      break;
    case 'PodMetricsList':
    case 'NodeMetricsList':
      note('document', { ...their, items: null }, { ...our, items: null });
      note('items', usagesOf(their.items), usagesOf(our.items));
      break;
    case 'PodMetrics':
    case 'NodeMetrics':
      note('items', usagesOf([their]), usagesOf([our]));
      break;
    case 'APIResourceList':
      note('document', sorted(their.resources), sorted(our.resources));
      break;
    default:
      note('document', Object.keys(their).toSorted(), Object.keys(our).toSorted());
  }
  return differences;
}

type Body = Record<string, unknown>;

/** JSON as it is; other text under one key. */
export function bodyOf({ text: body }: Answered): Body {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : { value: parsed };
  } catch {
    return { [body]: true };
  }
}

const typeOf = ({ headers }: Answered): string =>
  String(headers['content-type'] ?? 'none').replace(/;\s*charset=.*$/, '');
const kindOf = ({ kind }: Body): string => (typeof kind === 'string' ? kind : 'no kind');
const statusOf = ({ status, message, reason, code, details }: Body): Body => ({
  status,
  message,
  reason,
  code,
  details,
});

export function itemsOf({ items }: Body): Item[] {
  const list: Item[] = Array.isArray(items) ? items : [];
  return list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ metricLabels, describedObject }: Item): string =>
  JSON.stringify([describedObject?.name, Object.entries(metricLabels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
const withoutTime = ({ timestamp: _time, ...item }: Item): Item => item;
const timeOf = ({ timestamp = '' }: Item): string => timestamp;

type Usage = {
  timestamp?: string;
  metadata?: { name?: string; creationTimestamp?: string };
  containers?: readonly { name?: string }[];
};

/** Items of metrics.k8s.io in one order; of times the form alone, because the two were read one after the other. */
function usagesOf(items: unknown): object[] {
  const all: Usage[] = Array.isArray(items) ? items : [];
  const form = (time = ''): string => time.replaceAll(/\d/g, '0');
  return all
    .toSorted((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1))
    .map(({ timestamp, metadata, containers, ...rest }) => ({
      ...rest,
      timestamp: form(timestamp),
      metadata: { ...metadata, creationTimestamp: form(metadata?.creationTimestamp) },
      containers: containers?.toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1)),
    }));
}

const sameTimes = (their: readonly Item[], our: readonly Item[]): boolean =>
  their.every((item, index) => {
    const apart = Math.abs(Date.parse(timeOf(item)) - Date.parse(timeOf(our[index] ?? {}))) / 1000;
    return apart <= SECONDS_APART && timeOf(item).length === timeOf(our[index] ?? {}).length;
  });

const sorted = (list: unknown): unknown[] =>
  Array.isArray(list) ? list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : [];

const text = (value: unknown): string => {
  const json = JSON.stringify(value) ?? 'none';
  return json.length > 300 ? `${json.slice(0, 297)}...` : json;
};
