import axios from 'axios';
import { ForbiddenError, InvalidError, UnavailableError } from '../domain/errors.ts';
import type { AskedMetric, ExplainedMetric } from '../domain/rules/explained-metric.ts';

/** What a running server knows of one metric: GET URL/api/v1/metrics/explain. @throws InvalidError, ForbiddenError, UnavailableError */
export async function remoteExplanation(url: string, asked: AskedMetric): Promise<ExplainedMetric> {
  const base = url.endsWith('/') ? url : `${url}/`;
  const address = new URL(`api/v1/metrics/explain?${new URLSearchParams(asked).toString()}`, base).href;
  let answer;
  try {
    answer = await axios.get<ExplainedMetric>(address, { timeout: 5000, maxRedirects: 0, validateStatus: () => true });
  } catch (cause) {
    throw new UnavailableError(`no answer from ${url}: expected a running server's page address`, { cause });
  }
  const { status, data } = answer;
  if (status === 200 && Array.isArray(data.items)) return data;
  const message = `${url} does not explain this metric: ${sentence(data)}`;
  if (status === 400) throw new InvalidError(message);
  throw status === 403 ? new ForbiddenError(message) : new UnavailableError(message);
}

const sentence = (data: unknown): string =>
  typeof data === 'object' && data !== null && 'error' in data ? String(data.error) : 'it is no Tidecaster';
