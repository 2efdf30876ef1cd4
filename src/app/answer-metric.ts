import { InvalidError, NotFoundError, UnavailableError, describeError, placeText } from '../domain/errors.ts';
import { type ExternalMetricValue, type Row, externalMetricValues } from '../domain/rules/external-metric-value.ts';
import { type Read, type MetricRule, queryOf } from '../domain/rules/metric-rule.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import { judge, judgeFailure, keepsLastGood } from '../domain/rules/value-policy.ts';
import type { Clock } from '../ports/clock.ts';
import { type MetricsBackends, noBackends } from '../ports/metrics-backends.ts';
import type { MetricsSource, QueryResult } from '../ports/metrics-source.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import { type LastGood, createLastGood } from './last-good.ts';
import type { MetricRegistry } from './metric-registry.ts';
import { type QueryCache, createQueryCache } from './query-cache.ts';

/** What an HPA asks for. metric: in lower case, as client-go sends it. selector: the text of ?labelSelector=. */
export type MetricRequest = { namespace: string; metric: string; selector: string };

/** Answers reads of external metrics. */
export type Answerer = {
  /**
   * The items of one read; none where the query has no rows, which an HPA takes for an error, unless the rule's policy says
   * otherwise.
   *
   * @throws InvalidError for a namespace or selector that does not parse, NotFoundError for a metric that no rule gives,
   *   UnavailableError when the numbers cannot be had: no stand-in for them but one that the rule names
   */
  answer(request: MetricRequest): Promise<ExternalMetricValue[]>;
  /** What can be read, for discovery. Never asks the source. */
  metricNames(): string[];
};

export type AnswererOptions = {
  /** Who is asked where a rule names no backend. */
  source: MetricsSource;
  backends?: MetricsBackends;
  clock: Clock;
  registry: MetricRegistry;
  recorder: ServingRecorder;
  maxStalenessSeconds: number;
};

/** What is kept for each source: tenants and backends never share an answer, though their queries may be equal. */
type Kept = { cache: QueryCache; lastGood: LastGood };

export function createAnswerer(options: AnswererOptions): Answerer {
  const { registry, clock, source: byDefault, backends = noBackends } = options;
  const keptBySource = new WeakMap<MetricsSource, Kept>();

  function keptFor({ backend }: MetricRule): Kept {
    const source = backend === null ? byDefault : backends.source(backend);
    const before = keptBySource.get(source);
    if (before) return before;
    const kept = { cache: createQueryCache({ ...options, source }), lastGood: createLastGood(() => clock.monotonic()) };
    keptBySource.set(source, kept);
    return kept;
  }

  /** The rows of a query under the rule's policy. @throws UnavailableError */
  async function rows(rule: MetricRule, promql: string): Promise<readonly Row[]> {
    const { cache, lastGood } = keptFor(rule);
    const now = (): number => clock.now().toSeconds();
    const where = `the rule at ${placeText(rule.place)} makes ${promql}`;
    let failure: unknown;
    let judgement;
    try {
      const { result, startedAt } = await cache.askDated(promql);
      judgement = judge(rule.values, rowsOf(result), now());
      if (judgement.type === 'answer' && judgement.good && keepsLastGood(rule.values))
        lastGood.keep(promql, judgement.rows, startedAt);
    } catch (error) {
      // A refused query is the rule's fault, not the caller's: a read that would work with another rule is no 400.
      failure = error instanceof InvalidError ? new UnavailableError(where, { cause: error }) : error;
      judgement = judgeFailure(rule.values, describeError(failure), now());
    }
    if (judgement.type === 'answer') return judgement.rows;
    if (judgement.type === 'error') throw failure ?? new UnavailableError(`${where}: ${judgement.why}`);
    const { withinSeconds, why } = judgement;
    const last = lastGood.within(promql, withinSeconds);
    if (last !== null) return last;
    const missing = `there was no good answer within ${withinSeconds} s`;
    throw new UnavailableError(`${where}: ${failure === undefined ? `${why}, and ${missing}` : missing}`, {
      cause: failure,
    });
  }

  return {
    metricNames: () => registry.names(),
    async answer({ namespace, metric, selector }) {
      if (!DNS_LABEL.test(namespace)) {
        throw new InvalidError(`the namespace ${JSON.stringify(namespace)} is not one, expected ${DNS_LABEL_RULE}`);
      }
      const requirements = parseSelector(selector);
      const found = registry.find(metric);
      if (found.type === 'unknown') throw new NotFoundError(notFound(metric, namespace));
      if (found.type === 'unlisted') {
        throw new UnavailableError(`no rule gives ${metric} so far, but the series of some rule were never listed`);
      }
      const { rule, series } = found.metric;
      const query = render(rule, { series, namespace, requirements });
      return externalMetricValues(metric, await rows(rule, query));
    },
  };
}

/** The namespace goes into PromQL, so it is checked, though an API server lets no other through. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const DNS_LABEL_RULE = 'at most 63 of a-z, 0-9 and "-"';

/** prometheus-adapter's sentence, its empty end included. */
const notFound = (metric: string, namespace: string): string =>
  `the server could not find the metric ${metric} for ${namespace === 'default' ? 'namespaces' : ''}`;

/** @throws UnavailableError: prometheus-adapter answers 500, not 400, to `k>1` and to a template that comes out empty */
function render(rule: MetricRule, read: Read): string {
  const fault = (cause?: unknown): UnavailableError =>
    new UnavailableError(`the rule at ${placeText(rule.place)} makes no query of this read`, { cause });
  let query;
  try {
    query = queryOf(rule, read);
  } catch (error) {
    throw fault(error);
  }
  if (query.trim() === '') throw fault();
  return query;
}

function rowsOf(result: QueryResult): readonly Row[] {
  return result.type === 'vector' ? result.samples : [{ ...result, labels: null }];
}
