import { describe, expect, it } from '@jest/globals';
import { type MetricWant, type NamedMetric, distinctWants, metricWant } from '../../../src/domain/hpa/metric-want.ts';
import { RESOURCES } from '../rules/cluster-resources.ts';

const metric = { name: 'Viewers', selector: { matchLabels: { b: '1', a: '2' } } };
const object = (apiVersion: string, kind: string): NamedMetric => ({
  type: 'Object',
  metric: { name: 'requests', selector: null },
  describedObject: { apiVersion, kind, name: 'main' },
});
const custom = (over: object): object => {
  return { type: 'custom', namespace: 'x', object: 'main', metric: 'requests', metricLabelSelector: '', ...over };
};

describe('an HPA in namespace x wants', () => {
  it.each<[string, NamedMetric, object]>([
    [
      'an external metric, in lower case',
      { type: 'External', metric },
      { type: 'external', namespace: 'x', metric: 'viewers', selector: 'a=2,b=1' },
    ],
    [
      'a metric of its pods, as it is written',
      { type: 'Pods', metric },
      custom({ resource: 'pods', object: '*', metric: 'Viewers', metricLabelSelector: 'a=2,b=1' }),
    ],
    ['a metric of an object of the core group', object('v1', 'Service'), custom({ resource: 'services' })],
    ['the same where no apiVersion is given', object('', 'Service'), custom({ resource: 'services' })],
    [
      'a metric of an object of another group, whatever its version',
      object('networking.k8s.io/v9', 'Ingress'),
      custom({ resource: 'ingresses.networking.k8s.io' }),
    ],
    [
      'a metric of its own namespace, whatever name it says',
      object('v1', 'Namespace'),
      custom({ namespace: null, resource: 'namespaces', object: 'x' }),
    ],
  ])('%s', (_, named, want) => {
    expect(metricWant('x', named, RESOURCES)).toEqual({ type: 'want', want });
  });

  it('nothing so far of a kind that the cluster does not have, and says which', () => {
    expect(metricWant('x', object('example.com/v1', 'Foo'), RESOURCES)).toEqual({
      type: 'unknownKind',
      kind: 'Foo.example.com',
    });
  });

  it('nothing by a selector that its controller cannot read either', () => {
    const selector = { matchExpressions: [{ key: 'a', operator: 'In' }] };
    const named: NamedMetric = { type: 'Pods', metric: { name: 'viewers', selector } };
    expect(metricWant('x', named, RESOURCES)).toMatchObject({ type: 'unreadable' });
  });
});

it('wants of several HPAs are each there once, in one order', () => {
  const want = (namespace: string): MetricWant => ({ type: 'external', namespace, metric: 'm', selector: '' });
  const [a, b] = [want('a'), want('b')];
  expect(distinctWants([b, a, { ...b }])).toEqual([a, b]);
});
