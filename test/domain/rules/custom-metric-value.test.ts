import { describe, expect, it } from '@jest/globals';
import { customMetricValues, inV1beta1, inV1beta2 } from '../../../src/domain/rules/custom-metric-value.ts';
import { parseSelector } from '../../../src/domain/rules/selector.ts';
import { RESOURCES } from './cluster-resources.ts';

const timestamp = Date.UTC(2026, 0, 1, 12) / 1000;
const row = (pod: string, value: number) => ({ labels: { pod }, timestamp, value });
const described = {
  metricName: 'viewers',
  resource: RESOURCES.find(({ kind }) => kind === 'Pod')!,
  namespace: 'streaming',
  names: ['a', 'b', 'c'],
  label: 'pod',
  requirements: [],
};

describe('items of a MetricValueList', () => {
  it('stand in the order of the names, without what has no row or no number', () => {
    const rows = [row('c', 3), row('a', Number.NaN), row('b', 0.85), row('stranger', 9)];
    const items = customMetricValues(rows, described);
    expect(items.map(({ describedObject, value }) => [describedObject.name, value])).toEqual([
      ['b', '850m'],
      ['c', '3'],
    ]);
    expect(customMetricValues([row('a', Number.POSITIVE_INFINITY)], described)).toEqual([]);
  });

  it('take the last of two rows for one object', () => {
    expect(customMetricValues([row('a', 1), row('a', 2)], described).map(({ value }) => value)).toEqual(['2']);
  });

  it('are written as each version has it', () => {
    const [item] = customMetricValues([row('a', 0.85)], described);
    const describedObject = { kind: 'Pod', namespace: 'streaming', name: 'a', apiVersion: '/v1' };
    expect(JSON.stringify(inV1beta1(item!))).toBe(
      JSON.stringify({
        describedObject,
        metricName: 'viewers',
        timestamp: '2026-01-01T12:00:00Z',
        value: '850m',
        selector: null,
      }),
    );
    expect(JSON.stringify(inV1beta2(item!))).toBe(
      JSON.stringify({
        describedObject,
        metric: { name: 'viewers', selector: null },
        timestamp: '2026-01-01T12:00:00Z',
        value: '850m',
      }),
    );
  });

  it('of a root-scoped object name no namespace, and of a group name its version', () => {
    const node = RESOURCES.find(({ kind }) => kind === 'Node')!;
    const deployment = RESOURCES.find(({ kind }) => kind === 'Deployment')!;
    const of = (resource: typeof node, namespace: string | null) =>
      customMetricValues([row('a', 1)], { ...described, resource, namespace })[0]?.describedObject;
    expect(of(node, null)).toEqual({ kind: 'Node', name: 'a', apiVersion: '/v1' });
    expect(of(deployment, 'x')).toEqual({ kind: 'Deployment', namespace: 'x', name: 'a', apiVersion: 'apps/v1' });
  });

  it.each([
    ['a=1', { matchLabels: { a: '1' } }],
    [
      'a in (2,1),b',
      {
        matchExpressions: [
          { key: 'a', operator: 'In', values: ['1', '2'] },
          { key: 'b', operator: 'Exists' },
        ],
      },
    ],
    ['a!=1', { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['1'] }] }],
    [
      '!a,b notin (x)',
      {
        matchExpressions: [
          { key: 'a', operator: 'DoesNotExist' },
          { key: 'b', operator: 'NotIn', values: ['x'] },
        ],
      },
    ],
  ])('carry the selector %s', (selector, expected) => {
    const requirements = parseSelector(selector);
    expect(customMetricValues([row('a', 1)], { ...described, requirements })[0]?.selector).toEqual(expected);
  });
});
