import type { KubernetesObject } from '@kubernetes/client-node';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Crd, findCrds } from '../controlplane/crds.ts';
import { KubectlError } from '../controlplane/kubectl.ts';
import { REPOSITORY, manifests } from '../manifests/manifests.ts';
import { API_SERVICE, Environment } from './environment.ts';
import { eventually } from './eventually.ts';

const environment = new Environment();
const { kubectl } = environment;
const STRICT = ['--validate=strict'];
/** What a cluster takes only with the CRDs of cert-manager or the Prometheus operator. */
const OPTIONAL = manifests
  .map(({ object }) => object)
  .filter(({ apiVersion }) => /^(cert-manager\.io|monitoring\.coreos\.com)\//.test(apiVersion ?? ''));
const KINDS = [...new Set(OPTIONAL.map(({ kind = '' }) => kind))];

const OVERLAY = join(REPOSITORY, 'apiservice/overlays/cert-manager');
const COMPONENT = join(REPOSITORY, 'apiservice/components/pod-monitor');
const NEIGHBOUR = join(REPOSITORY, 'apiservice/components/neighbour');
const withComponent = join(environment.shared.folder, 'pod-monitor');

/** What `apply` takes in, and the objects of optional kinds that it makes. The overlay as a whole would replace the running one. */
const APPLIED = [
  [
    'the certificates of the cert-manager overlay',
    ['-f', join(OVERLAY, 'certificates.yaml')],
    [
      'certificate.cert-manager.io/tidecaster-ca',
      'certificate.cert-manager.io/tidecaster-serving',
      'issuer.cert-manager.io/tidecaster-bootstrap',
      'issuer.cert-manager.io/tidecaster-ca',
    ],
  ],
  [
    'the pod monitor and the alerts',
    ['-k', withComponent],
    ['podmonitor.monitoring.coreos.com/tidecaster', 'prometheusrule.monitoring.coreos.com/tidecaster'],
  ],
  [
    'the service monitors',
    ['-f', join(REPOSITORY, 'k8s-manifests/monitoring/prometheus/service-monitors.yaml')],
    ['prometheusrule.monitoring.coreos.com/viewers', 'servicemonitor.monitoring.coreos.com/streaming'],
  ],
] as const;

let crds: Crd[] = [];
const crdNames = (): string[] => crds.map(({ name }) => `crd/${name}`);

beforeAll(async () => {
  writeKustomization(withComponent, { components: [COMPONENT] });
  crds = await findCrds(process.env, (line) => process.stderr.write(`${line}\n`));
  // server-side: a client-side apply would keep a second copy in an annotation, which is too small for these
  await kubectl(['apply', '--server-side', ...crds.flatMap(({ path }) => ['-f', path])]);
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...crdNames()]);
  // kubectl validates strictly only what the API server's OpenAPI has by then
  for (const { name } of crds) await eventually(() => kubectl(['explain', `${name}.spec`]));
}, 700_000);

afterAll(async () => {
  // the objects go with their definitions
  if (crds.length > 0) await kubectl(['delete', '--ignore-not-found', ...crdNames()]);
  await environment.close();
});

function writeKustomization(folder: string, paths: { resources?: string[]; components?: string[] }): void {
  mkdirSync(folder);
  const below = (list: string[] = []): string[] => list.map((path) => relative(folder, path));
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: below(paths.resources),
    components: below(paths.components),
  };
  // JSON is YAML
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
}

const linesOf = (text: string): string[] => text.trim().split('\n').toSorted();

it.each(APPLIED)('%s: applied strictly, and a second time nothing changes', async (_, source, objects) => {
  expect(linesOf(await kubectl(['apply', ...source, ...STRICT]))).toEqual(objects.map((name) => `${name} created`));
  expect(linesOf(await kubectl(['apply', ...source, ...STRICT]))).toEqual(objects.map((name) => `${name} unchanged`));
  await kubectl(['diff', ...source]); // fails on a difference between what is stored and what is written
});

it('every object that needs a CRD is among those applied', () => {
  const names = OPTIONAL.map(({ apiVersion, kind, metadata }) => {
    const group = apiVersion?.split('/')[0];
    return `${kind?.toLowerCase()}.${group}/${metadata?.name}`;
  });
  expect(new Set(names)).toEqual(new Set(APPLIED.flatMap(([, , objects]) => [...objects])));
});

it('the cert-manager overlay with the pod monitor and a neighbour is taken in whole, and keeps the caBundle that is there', async () => {
  const folder = join(environment.shared.folder, 'cert-manager');
  writeKustomization(folder, { resources: [OVERLAY], components: [COMPONENT, NEIGHBOUR] });
  const answer = await kubectl(['apply', '-k', folder, ...STRICT, '--dry-run=server', '-o', 'json']);
  const { items } = JSON.parse(answer) as { items: (KubernetesObject & { spec?: { caBundle?: string } })[] };
  expect(items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Certificate', 'Issuer', 'PodMonitor']));
  expect(answer).toContain('--neighbour=keda/keda-operator-metrics-apiserver:443');
  const running = await environment.controlPlane.api.ask<{ spec: { caBundle: string } }>({ path: API_SERVICE });
  expect(running.spec.caBundle).toMatch(/^\S+$/);
  const apiServices = items.filter(({ kind }) => kind === 'APIService');
  expect(apiServices).toHaveLength(3);
  for (const { metadata, spec } of apiServices) {
    expect(metadata?.annotations).toMatchObject({
      'cert-manager.io/inject-ca-from': 'tidecaster-system/tidecaster-serving',
    });
    expect(spec?.caBundle).toBe(running.spec.caBundle);
  }
});

it.each(KINDS)('an unknown field is refused wherever it stands in a %s', async (kind) => {
  for (const object of OPTIONAL.filter((one) => one.kind === kind)) {
    const copy = structuredClone(object) as KubernetesObject & { spec: object };
    const places = plant(copy.spec, 'spec');
    expect(places.length).toBeGreaterThan(0);
    const apply = kubectl(['apply', '-f', '-', ...STRICT, '--dry-run=server'], JSON.stringify(copy));
    const refusal = await apply.catch((error: unknown) => error);
    if (!(refusal instanceof KubectlError)) throw new Error(`${kind} with ${places.join(', ')} was taken`);
    const named = [...refusal.stderr.matchAll(/unknown field "([^"]+)"/g)].map(([, place]) => place);
    expect(named).toHaveLength(places.length);
    expect(new Set(named)).toEqual(new Set(places));
  }
});

/** Mappings whose keys are the author's own. */
const FREE = new Set(['matchLabels', 'labels', 'annotations']);

/** Puts a field that nobody knows into every mapping but those that are free; returns their places. */
function plant(value: object, place: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => inside(item, `${place}[${index}]`));
  const places = Object.entries(value).flatMap(([key, item]) => (FREE.has(key) ? [] : inside(item, `${place}.${key}`)));
  Object.assign(value, { planted: 'unknown' });
  return [...places, `${place}.planted`];
}

const inside = (item: unknown, place: string): string[] =>
  typeof item === 'object' && item !== null ? plant(item, place) : [];
