import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Deployment, V2HorizontalPodAutoscalerCondition } from '@kubernetes/client-node';
import { REPOSITORY, type Tidecaster } from '../controlplane/tidecaster.ts';
import { Environment } from './environment.ts';
import { eventually, stays } from './eventually.ts';
import { PolicyFolder } from './fixture.ts';
import { expectedReplicas, hpaPath, readHpa, reportedTotal } from './hpa.ts';

const NAMESPACE = 'streaming';
/** Of the rates here: the minute of the shipped rules would be waited for after each change. */
const RANGE = '10s';
const VIEWERS = `sum(concurrent_viewers{namespace="${NAMESPACE}",service="streaming-service"})`;
const BANDWIDTH = `8 * sum(rate(cdn_bytes_total{namespace="${NAMESPACE}",service="cdn-gateway"}[${RANGE}]))`;

const RULES = join(REPOSITORY, 'k8s-manifests/autoscaling/custom-metrics.yaml');

const environment = new Environment();
const { api } = environment.controlPlane;
let tidecaster: Tidecaster;
let bandwidth: ReturnType<typeof bandwidthUpAndDown>;

/** The HPAs' own five minutes of stabilization would make each step down take that long. */
const AT_ONCE = { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 100, periodSeconds: 1 }] };
const scaledDown = new Map<string, object | undefined>();

beforeAll(async () => {
  for (const hpa of ['streaming-service-hpa', 'cdn-gateway-hpa']) {
    scaledDown.set(hpa, (await readHpa(api, NAMESPACE, hpa)).spec?.behavior?.scaleDown);
    await setScaleDown(hpa, AT_ONCE);
  }
  const folder = new PolicyFolder(environment.shared.folder);
  const rules = join(environment.shared.folder, 'rules-of-a-short-range.yaml');
  writeFileSync(rules, ofAShortRange(readFileSync(RULES, 'utf8')));
  // no policies: the floors of the hour of the day are not what is looked at here
  tidecaster = await environment.tidecaster({ flags: { policies: folder.path, rules } });
  await tidecaster.start();
  bandwidth = bandwidthUpAndDown();
  bandwidth.catch(() => {}); // its own test says so
});
afterAll(async () => {
  await bandwidth.catch(() => {});
  for (const [hpa, scaleDown] of scaledDown) await setScaleDown(hpa, scaleDown);
  await environment.close(tidecaster);
});

/** The shipped rules with another range, and nothing else. */
function ofAShortRange(text: string): string {
  const changed = text.replaceAll('[1m]', `[${RANGE}]`).replace('window: 1m', `window: ${RANGE}`);
  expect(changed.match(new RegExp(`\\b${RANGE}\\b`, 'g'))).toHaveLength(5); // four rates, and what is said of that of cpu
  expect(changed).not.toMatch(/\b1m\b/);
  return changed;
}

const setScaleDown = (hpa: string, scaleDown: object | undefined): Promise<unknown> =>
  api.ask({
    method: 'PATCH',
    path: hpaPath(NAMESPACE, hpa),
    body: { spec: { behavior: { scaleDown } } },
    contentType: 'application/merge-patch+json',
  });

const readyReplicas = async (deployment: string): Promise<number> => {
  const { status } = await api.ask<V1Deployment>({
    path: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${deployment}`,
  });
  return status?.readyReplicas ?? 0;
};

/** Waits until the HPA, its Deployment and Prometheus agree on a demand that differs from the one before. */
async function follows(options: {
  hpa: string;
  deployment: string;
  promql: string;
  before: number;
  precision: number;
}) {
  const { hpa: name, deployment, promql, before, precision } = options;
  return eventually(async () => {
    const total = await environment.prometheus(promql);
    const hpa = await readHpa(api, NAMESPACE, name);
    expect(Math.abs(total / before - 1)).toBeGreaterThan(0.2);
    expect(Math.abs(reportedTotal(hpa) / total - 1)).toBeLessThan(precision);
    expect(hpa.status?.desiredReplicas).toBe(expectedReplicas(hpa, total));
    expect(await readyReplicas(deployment)).toBe(hpa.status?.desiredReplicas);
    await sleep(4000); // a rate that still climbs is not there yet
    expect(Math.abs((await environment.prometheus(promql)) / total - 1)).toBeLessThan(precision / 2);
    return { total, replicas: hpa.status?.desiredReplicas ?? 0 };
  }, 170);
}

/** It has an HPA of its own, and goes up and down while the others do. */
async function bandwidthUpAndDown() {
  const gateway = { hpa: 'cdn-gateway-hpa', deployment: 'cdn-gateway', promql: BANDWIDTH, precision: 0.05 };
  const before = await eventually(() => environment.prometheus(BANDWIDTH));
  await environment.setViewers('cdn-gateway', 40_000);
  const busy = await follows({ ...gateway, before });
  await environment.setViewers('cdn-gateway', 12_000);
  return { busy, calm: await follows({ ...gateway, before: busy.total }) };
}

describe('the HPA on concurrent_viewers of its pods, with cpu beside it', () => {
  const service = { hpa: 'streaming-service-hpa', deployment: 'streaming-service', promql: VIEWERS, precision: 1e-3 };

  test('reaches the replicas that viewers ask for, up and down, and follows a surge of twenty times', async () => {
    await environment.setViewers('streaming-service', 11_000);
    const before = await eventually(() => environment.prometheus(VIEWERS));
    await environment.setViewers('streaming-service', 4000);
    const calm = await follows({ ...service, before: Math.max(before, 11_000) });
    await environment.setViewers('streaming-service', 80_000);
    const surge = await follows({ ...service, before: calm.total });
    await environment.setViewers('streaming-service', 15_000);
    const after = await follows({ ...service, before: surge.total });

    expect(surge.total / calm.total).toBeGreaterThan(19);
    expect(surge.replicas).toBeGreaterThan(calm.replicas);
    expect(after.replicas).toBeLessThan(surge.replicas);
  }, 600_000);
});

describe('cpu beside the viewers', () => {
  const HPA = 'streaming-service-hpa';
  const active = async (): Promise<V2HorizontalPodAutoscalerCondition | undefined> => {
    const { status } = await readHpa(api, NAMESPACE, HPA);
    return status?.conditions?.find(({ type }) => type === 'ScalingActive');
  };
  const wanted = async (): Promise<number> => (await readHpa(api, NAMESPACE, HPA)).status?.desiredReplicas ?? 0;
  const comesTo = (replicas: number): Promise<void> =>
    eventually(async () => {
      expect(await wanted()).toBe(replicas);
      expect(await readyReplicas('streaming-service')).toBe(replicas);
    }, 170);

  test('raises the replicas when few viewers cost much, and lets go of them after', async () => {
    await environment.setViewers('streaming-service', 2000);
    await comesTo(2);
    await environment.setCores('streaming-service', 9);
    await eventually(async () => {
      // a core each, 70 % of it wanted, a tenth tolerated
      expect([12, 13, 14]).toContain(await wanted());
      expect((await active())?.message).toContain('cpu resource utilization (percentage of request)');
    }, 240);
    await environment.setCores('streaming-service', null);
    await comesTo(2);
    expect((await active())?.message).toContain('pods metric concurrent_viewers');
  }, 600_000);

  test('that cannot be read holds the replicas against a scale-down, and lets viewers raise them', async () => {
    await environment.setViewers('streaming-service', 6000);
    await comesTo(6);
    await environment.kubelet('down');
    try {
      await eventually(async () => {
        const { body } = await api.send({ path: `/apis/metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}/pods` });
        expect(body).toMatchObject({ kind: 'PodMetricsList', items: [] });
      }, 120);
      await environment.setViewers('streaming-service', 3000);
      await eventually(async () =>
        expect(await active()).toMatchObject({ status: 'False', reason: 'FailedGetResourceMetric' }),
      );
      await stays(async () => expect(await wanted()).toBe(6), 8);
      await environment.setViewers('streaming-service', 9000);
      await comesTo(9);
      expect(await active()).toMatchObject({ status: 'True' });
    } finally {
      await environment.kubelet('up');
    }
    await environment.setViewers('streaming-service', 3000);
    await comesTo(3);
  }, 600_000);
});

test('the HPA on bandwidth, a counter that the rule makes a rate of, scales up and down with it', async () => {
  const { busy, calm } = await bandwidth;
  expect(calm.replicas).toBeLessThan(busy.replicas);
}, 360_000);
