import type { V1ResourceQuota } from '@kubernetes/client-node';
import { parseQuantity } from '../../src/domain/quantity.ts';
import { deployments, hpas, ofKind } from './manifests.ts';

const NAMESPACE = 'streaming';

/** Pods of a Deployment in the middle of a rollout at maxReplicas: Kubernetes rounds a percentage of surge up. */
function mostPods(name: string, maxReplicas: number): number {
  const { object } = deployments.find(({ object }) => object.metadata?.name === name)!;
  const surge = String(object.spec?.strategy?.rollingUpdate?.maxSurge);
  expect(surge).toMatch(/^\d+%$/);
  return maxReplicas + Math.ceil((maxReplicas * Number.parseInt(surge, 10)) / 100);
}

/** Thousandths of all pods' requests or limits. */
function total(of: 'requests' | 'limits', resource: 'cpu' | 'memory'): bigint {
  let sum = 0n;
  for (const { object: hpa } of hpas.filter(({ object }) => object.metadata?.namespace === NAMESPACE)) {
    const name = hpa.spec.scaleTargetRef.name;
    const { object } = deployments.find((one) => one.object.metadata?.name === name)!;
    const [container] = object.spec!.template.spec!.containers;
    sum += parseQuantity(container!.resources![of]![resource]!)! * BigInt(mostPods(name, hpa.spec.maxReplicas));
  }
  return sum;
}

const quota = ofKind<V1ResourceQuota>('ResourceQuota').find(({ object }) => object.metadata?.namespace === NAMESPACE)!;
const hard = quota.object.spec!.hard!;

it.each([
  ['requests.cpu', () => total('requests', 'cpu')],
  ['requests.memory', () => total('requests', 'memory')],
  ['limits.memory', () => total('limits', 'memory')],
  [
    'pods',
    () =>
      hpas.reduce(
        (sum, { object }) => sum + BigInt(mostPods(object.spec.scaleTargetRef.name, object.spec.maxReplicas)) * 1000n,
        0n,
      ),
  ],
] as const)(
  'the quota of %s holds every HPA at its maximum with a rollout on top, and not much more',
  (resource, needed) => {
    const allowed = parseQuantity(hard[resource]!)!;
    expect(allowed).toBeGreaterThanOrEqual(needed());
    expect(allowed * 10n).toBeLessThanOrEqual(needed() * 13n);
  },
);

it('every Deployment of the namespace is in the sum', () => {
  const there = deployments.filter(({ object }) => object.metadata?.namespace === NAMESPACE);
  expect(new Set(there.map(({ object }) => object.metadata?.name))).toEqual(
    new Set(hpas.map(({ object }) => object.spec.scaleTargetRef.name)),
  );
});
