import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CustomTable,
  customKey,
  customTable,
  nameText,
  shapesOf,
} from '../../../src/domain/rules/custom-table.ts';
import { parseNaming } from '../../../src/domain/rules/naming.ts';
import { aCustomRule, labelsOf } from './a-custom-rule.ts';
import { RESOURCES } from './cluster-resources.ts';

const names = ({ metrics }: CustomTable): string[] =>
  [...metrics.values()].map((metric) => `${metric.namespaced ? '' : 'root '}${nameText(metric)}`).toSorted();

const series = (name: string, ...labels: string[]) => ({ name, labels });
const byTemplate = aCustomRule({ seriesQuery: 'q', labels: labelsOf({ template: '<<.Resource>>' }) });

describe('what is served', () => {
  it('is every pair of a series and a resource that a label of it names', () => {
    const shapes = new Map([
      [
        'q',
        [
          series('viewers', 'namespace', 'pod', 'service', 'region'),
          series('jobs_done_total', 'job', 'namespace'),
          series('load', 'node'),
          series('nothing', 'instance'),
        ],
      ],
    ]);
    expect(names(customTable([byTemplate], shapes, RESOURCES))).toEqual([
      'jobs.batch/jobs_done_total',
      'pods/viewers',
      'root namespaces/jobs_done_total',
      'root namespaces/viewers',
      'root nodes/load',
      'services/viewers',
    ]);
  });

  it('keeps the case of names, and drops series whose name could be more than a name', () => {
    const shapes = new Map([['q', [series('Viewers', 'pod'), series('viewers', 'pod'), series('a b', 'pod')]]]);
    expect(names(customTable([byTemplate], shapes, RESOURCES))).toEqual(['pods/Viewers', 'pods/viewers']);
  });

  it('takes the last of two rules for one metric, and tells', () => {
    const last = aCustomRule({ seriesQuery: 'r', naming: parseNaming('^old_(.*)$', '') });
    const shapes = new Map([
      ['q', [series('viewers', 'pod', 'namespace')]],
      ['r', [series('old_viewers', 'pod')]],
    ]);
    const { metrics, overlaps } = customTable([byTemplate, last], shapes, RESOURCES);
    const pods = RESOURCES.find(({ resource }) => resource === 'pods')!;
    expect(metrics.get(customKey({ name: 'viewers', resource: pods, namespaced: true }))).toMatchObject({
      series: 'old_viewers',
      rule: last,
    });
    expect(overlaps).toEqual([{ name: 'pods/viewers', winner: last, loser: byTemplate }]);
  });

  it('is the same in whatever order the series are listed', () => {
    const label = fc.constantFrom('pod', 'namespace', 'node', 'region');
    const shape = fc.record({ name: fc.constantFrom('a', 'b', 'a_total'), labels: fc.uniqueArray(label) });
    const rule = aCustomRule({ ...byTemplate, naming: parseNaming('^(.*?)(?:_total)?$', '') });
    const winners = (shapes: { name: string; labels: string[] }[]) =>
      [...customTable([rule], new Map([['q', shapes]]), RESOURCES).metrics]
        .map(([key, { series }]) => `${key} ${series}`)
        .toSorted();
    fc.assert(
      fc.property(fc.array(shape), (shapes) => {
        expect(winners(shapes.toReversed())).toEqual(winners(shapes));
      }),
    );
  });

  it('follows the cluster: a resource that is not there serves nothing', () => {
    const rule = aCustomRule({ labels: labelsOf({ overrides: { s: { resource: 'streamingservice' } } }) });
    const shapes = new Map([[rule.seriesQuery, [series('viewers', 's', 'namespace')]]]);
    const before = RESOURCES.filter(({ group }) => group !== 'streaming.io');
    expect(names(customTable([rule], shapes, before))).toEqual([]);
    expect(names(customTable([rule], shapes, RESOURCES))).toEqual(['streamingservices.streaming.io/viewers']);
  });
});

it('many series of one shape are one', () => {
  expect(
    shapesOf([
      { __name__: 'a', pod: 'p-1', ns: 'x' },
      { ns: 'y', pod: 'p-2', __name__: 'a' },
      { __name__: 'a', pod: 'p-3' },
      { pod: 'p-4' },
    ]),
  ).toEqual([series('a', 'ns', 'pod'), series('a', 'pod')]);
});
