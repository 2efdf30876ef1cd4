import { ForbiddenError } from '../errors.ts';
import type { MetricRule } from './metric-rule.ts';

/**
 * Whether a rule answers a namespace. A 403, not a 404: discovery names every metric, so that there is nothing to hide, and a
 * metric that is not there would be looked for elsewhere.
 *
 * @throws ForbiddenError
 */
export function checkAllowed({ allowedNamespaces }: MetricRule, { namespace, metric }: Asked): void {
  if (allowedNamespaces === null || allowedNamespaces.includes(namespace)) return;
  throw new ForbiddenError(`the metric ${metric} is not for namespace ${namespace}: its rule names allowedNamespaces`);
}

type Asked = { namespace: string; metric: string };
