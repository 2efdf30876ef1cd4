import { UnavailableError } from '../../domain/errors.ts';
import { SERIES_TYPES, type SeriesType } from '../../domain/rules/lint-types.ts';
import type { Labels, QueryResult, Sample } from '../../ports/metrics-source.ts';

/** What an HTTP answer of the API is: its data, our fault (400, 422) or its own. */
export type Answer =
  { type: 'data'; data: unknown } | { type: 'invalid'; message: string } | { type: 'unavailable'; message: string };

/** Reads status and body. Warnings and infos beside the data are let pass: the data is whole without them. */
export function answerOf(status: number, text: string): Answer {
  const body = parseJson(text);
  const said = isRecord(body) && typeof body.error === 'string' ? body.error : null;
  if (status === 400 || status === 422) return { type: 'invalid', message: said ?? `HTTP ${status} ${excerpt(text)}` };
  if (status < 200 || status >= 300) return { type: 'unavailable', message: `HTTP ${status} ${said ?? excerpt(text)}` };
  if (isRecord(body) && body.status === 'success' && 'data' in body) return { type: 'data', data: body.data };
  return { type: 'unavailable', message: `expected {"status":"success","data":...}, got ${excerpt(text)}` };
}

/** The result of /api/v1/query. @throws UnavailableError for what is neither vector nor scalar, or is no such thing */
export function queryResult(data: unknown): QueryResult {
  if (!isRecord(data)) throw nonsense('a query result', data);
  if (data.resultType === 'scalar') {
    const { timestamp, value } = point(data.result);
    return { type: 'scalar', timestamp, value };
  }
  if (data.resultType !== 'vector' || !Array.isArray(data.result)) {
    throw nonsense('a vector or a scalar', data.resultType);
  }
  return { type: 'vector', samples: data.result.map(sample) };
}

/** The result of /api/v1/series. @throws UnavailableError */
export function labelSets(data: unknown): Labels[] {
  if (!Array.isArray(data)) throw nonsense('a list of label sets', data);
  return data.map(labels);
}

/** The result of /api/v1/metadata: a series' type where all targets agree on one. @throws UnavailableError */
export function seriesTypes(data: unknown): Map<string, SeriesType> {
  if (!isRecord(data)) throw nonsense('metadata by series', data);
  const types = new Map<string, SeriesType>();
  for (const [series, entries] of Object.entries(data)) {
    if (!Array.isArray(entries)) throw nonsense(`a list for ${series}`, entries);
    const given = new Set(entries.map((entry: unknown) => (isRecord(entry) ? entry.type : undefined)));
    const [only] = given;
    const type = given.size === 1 ? SERIES_TYPES.find((known) => known === only) : undefined;
    if (type !== undefined) types.set(series, type);
  }
  return types;
}

function sample(row: unknown): Sample {
  if (!isRecord(row)) throw nonsense('a sample', row);
  // A native histogram has no single value: an HPA cannot read it.
  if ('histogram' in row) throw new UnavailableError('the query gives a native histogram, expected a number');
  return { labels: labels(row.metric), ...point(row.value) };
}

function point(pair: unknown): { timestamp: number; value: number } {
  if (!Array.isArray(pair) || typeof pair[0] !== 'number' || typeof pair[1] !== 'string') {
    throw nonsense('[time, "value"]', pair);
  }
  return { timestamp: pair[0], value: number(pair[1]) };
}

const SPECIAL: Readonly<Record<string, number>> = { '+Inf': Infinity, Inf: Infinity, '-Inf': -Infinity, NaN };

/** Go writes infinities as +Inf and -Inf. */
function number(text: string): number {
  const value = SPECIAL[text] ?? (text.trim() === '' ? Number.NaN : Number(text));
  if (Number.isNaN(value) && text !== 'NaN') throw nonsense('a number', text);
  return value;
}

function labels(value: unknown): Labels {
  if (!isRecord(value)) throw nonsense('labels', value);
  const entries = Object.entries(value).map(([label, text]): [string, string] => {
    if (typeof text !== 'string') throw nonsense(`label ${label} as text`, text);
    return [label, text];
  });
  return Object.fromEntries(entries);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const nonsense = (expected: string, came: unknown): UnavailableError =>
  new UnavailableError(`Prometheus answers nonsense: expected ${expected}, got ${excerpt(JSON.stringify(came) ?? '')}`);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const excerpt = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line === '' ? 'an empty body' : line.length > 120 ? `${line.slice(0, 117)}...` : line;
};
