import { NotFoundError, UnavailableError, placeText } from '../domain/errors.ts';
import { groupResourceText, parseGroupResource } from '../domain/rules/api-resource.ts';
import { customQuestionOf } from '../domain/rules/custom-rule.ts';
import { type CustomMetric, nameText } from '../domain/rules/custom-table.ts';
import type { NamedObjects, Question } from '../domain/rules/question.ts';
import type { Log } from '../ports/log.ts';
import type { CustomLookup, CustomName } from './custom-registry.ts';
import type { CustomWant } from './want.ts';

/** A question of objects. */
export type CustomQuestion = Question & { objects: NamedObjects };

export const customName = ({ namespace, resource, metric }: CustomWant): CustomName => ({
  resource: parseGroupResource(resource),
  namespaced: namespace !== null,
  name: metric,
});

/** @throws NotFoundError for a metric that no rule gives, UnavailableError as long as nobody can say */
export function foundMetric(found: CustomLookup, { metric, resource }: CustomWant): CustomMetric {
  if (found.type === 'served') return found.metric;
  if (found.type === 'unknown') throw metricNotFound(metric, resource);
  throw new UnavailableError(
    `no rule gives ${resource}/${metric} so far, but series or the cluster's resources were never listed`,
  );
}

/**
 * What a read of a custom metric asks of these objects.
 *
 * @throws NotFoundError where the rule makes no question of this read: prometheus-adapter then has no such metric, and only logs
 *   why
 */
export function customQuestion(metric: CustomMetric, want: CustomWant, about: About): CustomQuestion {
  const { series, resource, rule, association } = metric;
  const { namespace, requirements } = want;
  const { names, log } = about;
  const asked = customQuestionOf(rule, association, { series, resource, namespace, names, requirements });
  if (asked.type === 'question') return asked.question;
  throw noQuestion(metric, asked.why, log);
}

type About = { names: readonly string[]; log: Log };

/** Says in the log why a rule makes no query of a read. */
export function noQuestion({ rule, ...metric }: CustomMetric, why: string, log: Log): NotFoundError {
  log.warn({ metric: nameText(metric), rule: placeText(rule.place), why }, 'no query of this read');
  return metricNotFound(metric.name, groupResourceText(metric.resource));
}

/** prometheus-adapter's sentences. */
export function metricNotFound(metric: string, resource: string, object = '*'): NotFoundError {
  const of = object === '*' ? resource : `${resource} ${object}`;
  return new NotFoundError(`the server could not find the metric ${metric} for ${of}`);
}
