import { describe, expect, it } from '@jest/globals';
import { binaryQuantityOf } from '../../../src/domain/quantity.ts';
import { findResource, parseGroupResource } from '../../../src/domain/rules/api-resource.ts';
import { usageQueryOf } from '../../../src/domain/rules/resource-rules.ts';
import { type UsageRows, goDuration, nodeMetrics, podMetrics } from '../../../src/domain/rules/resource-usage.ts';
import { aResourceRule } from './a-resource-rule.ts';
import { RESOURCES } from './cluster-resources.ts';

const now = Date.UTC(2026, 0, 1, 12) / 1000;
const told = { now, windowSeconds: 300 };
const pod = { namespace: 'x', name: 'a', labels: { app: 'web' } };
const node = { namespace: null, name: 'n', labels: {} };

/** Rows as [object, container, value, age in seconds]. */
function rowsOf(cpu: Rows, memory: Rows, container: string | null = 'container'): UsageRows {
  const of = (all: Rows): UsageRows['cpu'] => ({
    label: 'pod',
    container,
    rows: all.map(([pod, container, value, age = 0]) => ({ labels: { pod, container }, value, timestamp: now - age })),
  });
  return { cpu: of(cpu), memory: of(memory) };
}
type Rows = readonly (readonly [string, string, number, number?])[];

describe('the usage of a pod', () => {
  it('is that of its containers, as of the oldest row', () => {
    const rows = rowsOf(
      [
        ['a', 'web', 0.25],
        ['a', 'log', 0.0015, 30],
        ['b', 'web', 9],
      ],
      [
        ['a', 'web', 2 ** 20],
        ['a', 'log', 1500],
      ],
    );
    expect(podMetrics(pod, rows, told)).toEqual({
      metadata: { name: 'a', namespace: 'x', labels: { app: 'web' }, creationTimestamp: '2026-01-01T12:00:00Z' },
      timestamp: '2026-01-01T11:59:30Z',
      window: '5m0s',
      containers: [
        { name: 'log', usage: { cpu: '1m', memory: '1500' } },
        { name: 'web', usage: { cpu: '250m', memory: '1Mi' } },
      ],
    });
  });

  it.each<[string, Rows, Rows]>([
    ['cpu', [], [['a', 'web', 1]]],
    ['memory', [['a', 'web', 1]], [['b', 'web', 1]]],
    ['a number', [['a', 'web', Number.NaN]], [['a', 'web', 1]]],
  ])('is unknown without %s', (_, cpu, memory) => {
    expect(podMetrics(pod, rowsOf(cpu, memory), told)).toBeNull();
  });

  it('of a container that has only one of the two is 0 of the other, and never below 0', () => {
    const rows = rowsOf(
      [
        ['a', 'web', -1],
        ['a', 'one', 1],
      ],
      [
        ['a', 'web', 1],
        ['a', 'two', 2048],
      ],
    );
    expect(podMetrics(pod, rows, told)?.containers).toEqual([
      { name: 'one', usage: { cpu: '1', memory: '0' } },
      { name: 'two', usage: { cpu: '0', memory: '2Ki' } },
      { name: 'web', usage: { cpu: '0', memory: '1' } },
    ]);
  });
});

describe('the usage of a node', () => {
  it('is one number of each', () => {
    const rows = rowsOf([['n', '', 1.5]], [['n', '', 2 ** 31]], null);
    expect(nodeMetrics(node, rows, told)).toEqual({
      metadata: { name: 'n', creationTimestamp: '2026-01-01T12:00:00Z' },
      timestamp: '2026-01-01T12:00:00Z',
      window: '5m0s',
      usage: { cpu: '1500m', memory: '2Gi' },
    });
    expect(nodeMetrics(node, rowsOf([['n', '', 1]], [], null), told)).toBeNull();
  });
});

it.each([
  ['pods', 'x', ['a', 'b'], 'sum by (pod,container) (rate(cpu_seconds{namespace="x",pod=~"a|b"}[5m]))'],
  ['nodes', null, ['n'], 'sum by (instance) (rate(node_cpu_seconds{instance="n"}[5m]))'],
])('%s of %j are asked for by name', (resource, namespace, names, promql) => {
  const read = { resource: findResource(RESOURCES, parseGroupResource(resource))!, namespace, names };
  expect(usageQueryOf(aResourceRule.cpu, read, RESOURCES)).toMatchObject({ type: 'query', promql });
});

it.each([
  [0, '0'],
  [0.5, '500m'],
  [1023, '1023'],
  [1024, '1Ki'],
  [1500.2, '1501'],
  [3 * 2 ** 30, '3Gi'],
])('%d bytes are %s', (bytes, text) => expect(binaryQuantityOf(bytes)).toBe(text));

it.each([
  [30, '30s'],
  [300, '5m0s'],
  [5400, '1h30m0s'],
  [0.5, '0.5s'],
])('%d seconds are %s to Go', (seconds, text) => expect(goDuration(seconds)).toBe(text));
