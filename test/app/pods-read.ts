import { createCustomAnswerer } from '../../src/app/answer-custom-metric.ts';
import { createCustomRegistry } from '../../src/app/custom-registry.ts';
import { questionsNow } from '../../src/app/questions-now.ts';
import { createSeriesLists } from '../../src/app/series-lists.ts';
import type { ValuesOptions } from '../../src/app/values.ts';
import type { CustomRule } from '../../src/domain/rules/custom-rule.ts';
import { silentLog } from '../../src/ports/log.ts';
import type { QueryResult } from '../../src/ports/metrics-source.ts';
import type { Objects } from '../../src/ports/objects.ts';
import { RESOURCES } from '../domain/rules/cluster-resources.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { aSource } from './a-source.ts';
import { someValues } from './some-values.ts';

/** Rows of pods in namespace shop. */
export const viewersOf = (viewers: Readonly<Record<string, number>>): QueryResult => ({
  type: 'vector',
  samples: Object.entries(viewers).map(([pod, value]) => ({
    labels: { namespace: 'shop', pod },
    timestamp: 0,
    value,
  })),
});

/** Reads of pods/viewers in namespace shop by selectors `app=x`, each of which selects the pods x-1 and x-2. */
export async function podsRead(rules: readonly CustomRule[], about: Partial<ValuesOptions> = {}) {
  const source = aSource();
  const clock = new TurnedClock();
  const options = { source, clock, log: silentLog, relistIntervalSeconds: 60 };
  source.lists(() => Promise.resolve([{ __name__: 'viewers', namespace: 'shop', pod: 'a-1' }]));
  const lists = createSeriesLists({ ...options, backends: { source: () => source } });
  const mapper = { resources: () => Promise.resolve(RESOURCES) };
  const registry = createCustomRegistry({ ...options, lists, mapper });
  registry.replace(rules);
  await registry.relist();
  const selected = (labelSelector: string) =>
    [1, 2].map((n) => ({ namespace: 'shop', name: `${labelSelector.slice('app='.length)}-${n}`, labels: {} }));
  const objects: Objects = {
    inMemory: (_resource, { labelSelector }) => selected(labelSelector),
    list: (_resource, { labelSelector }) => Promise.resolve(selected(labelSelector)),
  };
  const look = { registry: { find: () => ({ type: 'unknown' as const }) }, customRegistry: registry, objects };
  const values = someValues({ ...options, ...look, ...about });
  const answerer = createCustomAnswerer({ ...options, registry, objects, values });
  const request = (labelSelector: string) => ({
    namespace: 'shop',
    resource: 'pods',
    object: '*',
    metric: 'viewers',
    labelSelector,
    metricLabelSelector: '',
  });
  return {
    source,
    clock,
    values,
    questionOf: questionsNow(look),
    /** Waits for the backend where need be. */
    async read(labelSelector: string): Promise<string[]> {
      const answer = answerer.answer(request(labelSelector));
      await clock.turn(10);
      return (await answer).map(({ describedObject: { name }, value }) => `${name}=${value}`);
    },
    /** null: it would have to be asked for. */
    inMemory: (labelSelector: string): string[] | null =>
      answerer.inMemory(request(labelSelector))?.map(({ describedObject: { name }, value }) => `${name}=${value}`) ??
      null,
  };
}
