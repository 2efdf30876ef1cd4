import axios from 'axios';
import type { LiveRead } from '../domain/compare/live-read.ts';
import { ForbiddenError, InvalidError, UnavailableError } from '../domain/errors.ts';
import type { AskedMetric, ExplainedMetric } from '../domain/rules/explained-metric.ts';

/** What a running server knows of one metric: GET URL/api/v1/metrics/explain. @throws InvalidError, ForbiddenError, UnavailableError */
export async function remoteExplanation(url: string, asked: AskedMetric): Promise<ExplainedMetric> {
  const path = `api/v1/metrics/explain?${new URLSearchParams(asked).toString()}`;
  const { status, data } = await get(url, path);
  if (status === 200 && isExplanation(data)) return data;
  throw refusal(`${url} does not explain this metric`, { status, data });
}

/** What is read of a running server: GET URL/api/v1/metrics/reads. @throws InvalidError, ForbiddenError, UnavailableError */
export async function remoteReads(url: string): Promise<readonly LiveRead[]> {
  const { status, data } = await get(url, 'api/v1/metrics/reads');
  if (status === 200 && areReads(data)) return data.reads;
  throw refusal(`${url} does not say what is read of it`, { status, data });
}

/** Of the most that are kept, 60,000, with long selectors. */
const MAX_BYTES = 64 * 2 ** 20;

async function get(url: string, path: string): Promise<{ status: number; data: unknown }> {
  const address = new URL(path, url.endsWith('/') ? url : `${url}/`).href;
  const limits = { timeout: 5000, maxRedirects: 0, maxContentLength: MAX_BYTES };
  try {
    return await axios.get<unknown>(address, { ...limits, validateStatus: () => true });
  } catch (cause) {
    throw new UnavailableError(`no answer from ${url}: expected a running server's page address`, { cause });
  }
}

function refusal(what: string, { status, data }: { status: number; data: unknown }): Error {
  const message = `${what}: ${sentence(data)}`;
  if (status === 400) return new InvalidError(message);
  return status === 403 ? new ForbiddenError(message) : new UnavailableError(message);
}

const isExplanation = (data: unknown): data is ExplainedMetric => hasList(data, 'items');
const areReads = (data: unknown): data is { reads: readonly LiveRead[] } => hasList(data, 'reads');

const hasList = (data: unknown, key: string): boolean =>
  typeof data === 'object' && data !== null && Array.isArray(Reflect.get(data, key));

const sentence = (data: unknown): string =>
  typeof data === 'object' && data !== null && 'error' in data ? String(data.error) : 'it is no Tidecaster';
