import { EXTERNAL, PODS_METRICS } from './reads.ts';
import { GENERATION } from './series.ts';

/** Where the rules' backends are. */
export type BackendUrls = { steady: string; flapping: string };

const SERIES = 'viewers{namespace!="",pod!=""}';
const SUM = 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)';
const RESOURCES = { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } };

/**
 * The rules file with this number. Each answer of a backend that is well says by its value which file it was asked by; rules of
 * the flapping one stay the same, so that what is known of them has to outlive the change.
 */
export function rulesText(generation: number, urls: BackendUrls): string {
  const numbered = `${SUM} + ${generation * GENERATION}`;
  const rule = (as: string, metricsQuery: string, backend?: string): object => ({
    seriesQuery: SERIES,
    resources: RESOURCES,
    name: { as },
    metricsQuery,
    ...(backend !== undefined && { tidecaster: { backend } }),
  });
  const file = {
    tidecaster: {
      backends: [
        { name: 'flapping', url: urls.flapping },
        { name: 'changing', url: urls.steady, headers: { 'X-Rules-File': String(generation) } },
      ],
    },
    externalRules: [
      rule(EXTERNAL.steady, numbered),
      rule(EXTERNAL.flapping, SUM, 'flapping'),
      rule(EXTERNAL.changing, numbered, 'changing'),
    ],
    rules: [rule(PODS_METRICS.steady, numbered), rule(PODS_METRICS.flapping, SUM, 'flapping')],
  };
  // JSON is YAML
  return JSON.stringify(file, null, 2);
}

/** What can be wrong with a rules file. Whichever it is, the last good rules stay. null: there is no file. */
export const FAULTS: readonly ((good: string) => string | null)[] = [
  (good) => good.slice(0, Math.floor(good.length / 2)),
  // one rule alone is refused, and the one that was there stays
  (good) => good.replace('<<.Series>>', '<<.Serie>>'),
  () => null,
  (good) => good.replace('"seriesQuery"', '"seriesQueries"'),
  (good) => good.replace('"rules"', '"ruls"'),
];
