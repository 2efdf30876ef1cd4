import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { V1APIService } from '@kubernetes/client-node';
import { parse, stringify } from 'yaml';
import { REPOSITORY, type Tidecaster } from '../controlplane/tidecaster.ts';
import { API_SERVICE, Environment } from './environment.ts';
import { eventually } from './eventually.ts';
import { NAMESPACE, PolicyFolder } from './fixture.ts';

const COMPONENT = join(REPOSITORY, 'apiservice/components/resource-metrics');
const GROUP = '/apis/metrics.k8s.io/v1beta1';
const SERVICE = 'streaming-service';

const environment = new Environment();
const { kubectl } = environment;
const { api } = environment.controlPlane;
let tidecaster: Tidecaster;

/** The simulator's pods have no cAdvisor: a viewer stands for a core and a MiB, a region for a container. */
function rulesText(): string {
  const labels = { namespace: { resource: 'namespace' }, pod: { resource: 'pod' }, node: { resource: 'node' } };
  const rule = (factor: string): object => ({
    containerQuery: `${factor} * sum(concurrent_viewers{<<.LabelMatchers>>}) by (<<.GroupBy>>)`,
    nodeQuery: `${factor} * count(label_replace(up, "node", "$1", "job", "(.*)")) by (<<.GroupBy>>)`,
    resources: { overrides: labels },
    containerLabel: 'region',
  });
  return stringify({ resourceRules: { cpu: rule('1'), memory: rule('1048576'), window: '1m' } });
}

beforeAll(async () => {
  await environment.setViewers(SERVICE, 6000);
  const rules = join(environment.shared.folder, 'resource-rules.yaml');
  writeFileSync(rules, rulesText());
  const policies = new PolicyFolder(environment.shared.folder).path;
  tidecaster = await environment.tidecaster({ flags: { policies, rules } });
  await tidecaster.start();
  // What `tidecaster certs` does with the component's patches: the CA of the other APIServices.
  const { spec } = await api.ask<V1APIService>({ path: API_SERVICE });
  const apiService = parse(readFileSync(join(COMPONENT, 'api-service.yaml'), 'utf8')) as V1APIService;
  apiService.spec!.caBundle = spec!.caBundle!;
  await kubectl(['apply', '-f', '-', '--validate=strict'], JSON.stringify(apiService));
  await kubectl(['apply', '-f', join(COMPONENT, 'rbac.yaml'), '--validate=strict']);
});
afterAll(async () => {
  await kubectl(['delete', '-f', join(COMPONENT, 'api-service.yaml'), '-f', join(COMPONENT, 'rbac.yaml')]);
  await environment.close(tidecaster);
});

/** The columns of a table that kubectl prints, by name. */
const table = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/));

test('kubectl top shows what every pod uses, and its containers', async () => {
  await eventually(async () => {
    const rows = table(await kubectl(['top', 'pods', '-n', NAMESPACE, '--no-headers']));
    const cpu = rows.map(([, cores]) => Number(/^(\d+)m$/.exec(cores ?? '')?.[1]));
    const memory = rows.map(([, , bytes]) => Number(/^(\d+)Mi$/.exec(bytes ?? '')?.[1]));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(([name]) => name?.startsWith(SERVICE))).toBe(true);
    expect([cpu, memory].map((numbers) => numbers.reduce((sum, one) => sum + one, 0))).toEqual([6_000_000, 6000]);
    const containers = table(await kubectl(['top', 'pods', '-n', NAMESPACE, '--containers', '--no-headers']));
    expect(containers.length).toBeGreaterThan(rows.length);
  });
});

test('one pod is shown by name, one that is not there is not found', async () => {
  const [[name = ''] = []] = table(await kubectl(['top', 'pods', '-n', NAMESPACE, '--no-headers']));
  const { body } = await api.send({ path: `${GROUP}/namespaces/${NAMESPACE}/pods/${name}` });
  expect(body).toMatchObject({ kind: 'PodMetrics', metadata: { name, namespace: NAMESPACE }, window: '1m0s' });
  const { status } = await api.send({ path: `${GROUP}/namespaces/${NAMESPACE}/pods/nobody` });
  expect(status).toBe(404);
});

test('nodes are listed by the right that the component gives', async () => {
  const { status, body } = await api.send({ path: `${GROUP}/nodes` });
  expect(status).toBe(200);
  expect(body).toMatchObject({ kind: 'NodeMetricsList', items: [] });
});
