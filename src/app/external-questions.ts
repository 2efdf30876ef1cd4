import { NotFoundError, UnavailableError } from '../domain/errors.ts';
import { checkAllowed } from '../domain/rules/allowed-namespaces.ts';
import { questionOf } from '../domain/rules/metric-rule.ts';
import type { Question } from '../domain/rules/question.ts';
import type { MetricRegistry } from './metric-registry.ts';
import type { ExternalWant } from './want.ts';

/**
 * What a read of an external metric asks now, by the rules and series that there are.
 *
 * metric: as it was spelled, for what is told of it.
 *
 * @throws NotFoundError for a metric that no rule gives, ForbiddenError for a namespace that its rule does not allow,
 *   UnavailableError as long as nobody can say
 */
export function externalQuestion(
  registry: Pick<MetricRegistry, 'find'>,
  want: ExternalWant,
  metric: string = want.metric,
): Question {
  const { namespace, requirements } = want;
  const found = registry.find(metric);
  if (found.type === 'unknown') throw new NotFoundError(notFound(metric, namespace));
  if (found.type === 'unlisted') {
    throw new UnavailableError(`no rule gives ${metric} so far, but the series of some rule were never listed`);
  }
  const { rule, series } = found.metric;
  checkAllowed(rule, { namespace, metric });
  return questionOf(rule, { series, namespace, requirements });
}

/** prometheus-adapter's sentence, its empty end included. */
const notFound = (metric: string, namespace: string): string =>
  `the server could not find the metric ${metric} for ${namespace === 'default' ? 'namespaces' : ''}`;
