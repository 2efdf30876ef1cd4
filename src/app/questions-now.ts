import type { Question } from '../domain/rules/question.ts';
import { silentLog } from '../ports/log.ts';
import type { Objects } from '../ports/objects.ts';
import { customName, customQuestion, foundMetric } from './custom-questions.ts';
import type { CustomRegistry } from './custom-registry.ts';
import { externalQuestion } from './external-questions.ts';
import type { MetricRegistry } from './metric-registry.ts';
import type { Want } from './want.ts';

export type QuestionsNowOptions = {
  registry: Pick<MetricRegistry, 'find'>;
  customRegistry: Pick<CustomRegistry, 'look'>;
  objects: Pick<Objects, 'inMemory'>;
};

/**
 * What wants ask by the rules, series and resources that are known now. The names of objects are those in memory; none where
 * they are not known there.
 */
export function questionsNow({ registry, customRegistry, objects }: QuestionsNowOptions): (want: Want) => Question {
  return (want) => {
    if (want.type === 'external') return externalQuestion(registry, want);
    const metric = foundMetric(customRegistry.look(customName(want)), want);
    const { namespace, labelSelector, object } = want;
    if (object !== '*') return customQuestion(metric, want, { names: [object], log: silentLog });
    const list = labelSelector === null ? null : objects.inMemory(metric.resource, { namespace, labelSelector });
    return customQuestion(metric, want, { names: list?.map(({ name }) => name) ?? [], log: silentLog });
  };
}
