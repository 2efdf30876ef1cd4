import { NotFoundError, UnavailableError, placeText } from '../domain/errors.ts';
import { checkNamespace } from '../domain/namespace.ts';
import { checkAllowed } from '../domain/rules/allowed-namespaces.ts';
import { type ExternalMetricValue, externalMetricValues } from '../domain/rules/external-metric-value.ts';
import { type Read, type MetricRule, queryOf } from '../domain/rules/metric-rule.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import type { MetricRegistry } from './metric-registry.ts';
import { type RuleRowsOptions, createRuleRows } from './rule-rows.ts';

/**
 * What an HPA asks for. metric: in lower case, as client-go sends it. selector: the text of ?labelSelector=. asked: ids of the
 * neighbours through which the read came here.
 */
export type MetricRequest = { namespace: string; metric: string; selector: string; asked?: readonly string[] };

/** Answers reads of external metrics. */
export type Answerer = {
  /**
   * The items of one read; none where the query has no rows, which an HPA takes for an error, unless the rule's policy says
   * otherwise.
   *
   * @throws InvalidError for a namespace or selector that does not parse, NotFoundError for a metric that no rule gives,
   *   ForbiddenError for a namespace that its rule does not allow, UnavailableError when the numbers cannot be had: no stand-in for them but one that the rule names
   */
  answer(request: MetricRequest): Promise<ExternalMetricValue[]>;
  /** What can be read, for discovery. Never asks the source. */
  metricNames(): string[];
};

export type AnswererOptions = RuleRowsOptions & { registry: MetricRegistry };

export function createAnswerer({ registry, ...options }: AnswererOptions): Answerer {
  const rows = createRuleRows(options);
  return {
    metricNames: () => registry.names(),
    async answer({ namespace, metric, selector }) {
      checkNamespace(namespace);
      const requirements = parseSelector(selector);
      const found = registry.find(metric);
      if (found.type === 'unknown') throw new NotFoundError(notFound(metric, namespace));
      if (found.type === 'unlisted') {
        throw new UnavailableError(`no rule gives ${metric} so far, but the series of some rule were never listed`);
      }
      const { rule, series } = found.metric;
      checkAllowed(rule, { namespace, metric });
      const query = render(rule, { series, namespace, requirements });
      return externalMetricValues(metric, await rows(rule, query));
    },
  };
}

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
