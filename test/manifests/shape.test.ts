import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
  FOLDERS,
  REPOSITORY,
  filesOf,
  idOf,
  kustomizations,
  manifests,
  namespaces,
  objectFiles,
  read,
  yamlFiles,
  yamlOf,
} from './manifests.ts';

/** Kinds without a namespace, and the API version that a current cluster serves each kind at. */
const CLUSTER_WIDE = new Set(['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'APIService', 'PriorityClass']);
const API_VERSIONS: Record<string, string> = {
  APIService: 'apiregistration.k8s.io/v1',
  AutoscalingPolicy: 'streaming.io/v1alpha1',
  Certificate: 'cert-manager.io/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  ClusterRoleBinding: 'rbac.authorization.k8s.io/v1',
  CronJob: 'batch/v1',
  Deployment: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Issuer: 'cert-manager.io/v1',
  Job: 'batch/v1',
  LimitRange: 'v1',
  Namespace: 'v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PersistentVolumeClaim: 'v1',
  PodDisruptionBudget: 'policy/v1',
  PodMonitor: 'monitoring.coreos.com/v1',
  PriorityClass: 'scheduling.k8s.io/v1',
  PrometheusRule: 'monitoring.coreos.com/v1',
  ResourceQuota: 'v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  Secret: 'v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  ServiceMonitor: 'monitoring.coreos.com/v1',
};
/** Their keys beside apiVersion, kind and metadata; of all others `spec`. */
const TOP_LEVEL: Record<string, string[]> = {
  ClusterRole: ['rules'],
  ClusterRoleBinding: ['roleRef', 'subjects'],
  Namespace: [],
  PriorityClass: ['value', 'description', 'preemptionPolicy'],
  Role: ['rules'],
  RoleBinding: ['roleRef', 'subjects'],
  Secret: ['type'],
  ServiceAccount: ['automountServiceAccountToken'],
};

type Kustomization = {
  resources?: string[];
  components?: string[];
  configMapGenerator?: { name: string; namespace: string; files: string[] }[];
};
const kustomizationOf = (file: string): Kustomization => yamlOf(file)[0] as Kustomization;
/** What a kustomization names, from the repository's root. */
const named = (file: string): string[] => {
  const { resources = [], components = [], configMapGenerator = [] } = kustomizationOf(file);
  const generated = configMapGenerator.flatMap((one) => one.files.map((text) => text.split('=').at(-1) ?? ''));
  return [...resources, ...components, ...generated].map((path) =>
    relative(REPOSITORY, join(REPOSITORY, dirname(file), path)),
  );
};

it.each(yamlFiles)('%s is YAML without a key given twice', (file) => {
  expect(yamlOf(file).length).toBeGreaterThan(0);
});

it.each(objectFiles)(
  '%s has objects of known kinds, each with its name and, where it has one, its namespace',
  (file) => {
    for (const object of yamlOf(file) as (typeof manifests)[number]['object'][]) {
      expect(object.apiVersion).toBe(API_VERSIONS[object.kind ?? '']);
      expect(object.metadata?.name).toMatch(/^[a-z0-9][-a-z0-9.]*$/);
      expect(typeof object.metadata?.namespace).toBe(CLUSTER_WIDE.has(object.kind ?? '') ? 'undefined' : 'string');
      const known = new Set(['apiVersion', 'kind', 'metadata', ...(TOP_LEVEL[object.kind ?? ''] ?? ['spec'])]);
      expect(Object.keys(object).filter((key) => !known.has(key))).toEqual([]);
    }
  },
);

it('no object is described twice', () => {
  const ids = manifests.map(({ object }) => idOf(object));
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

it('every namespace that an object lives in is made by a manifest or is Kubernetes own', () => {
  const made = new Set(['kube-system', ...namespaces.map(({ object }) => object.metadata?.name)]);
  const strangers = manifests.filter(
    ({ object }) => object.metadata?.namespace && !made.has(object.metadata.namespace),
  );
  expect(strangers.map(({ object }) => idOf(object))).toEqual([]);
});

it.each(kustomizations)('%s names files and folders that are there', (file) => {
  for (const path of named(file)) {
    expect(existsSync(join(REPOSITORY, path))).toBe(true);
    // kustomize loads files from below the kustomization only, folders from everywhere
    if (statSync(join(REPOSITORY, path)).isFile()) expect(path.startsWith(`${dirname(file)}/`)).toBe(true);
    else expect(existsSync(join(REPOSITORY, path, 'kustomization.yaml'))).toBe(true);
  }
});

/** Every file that applying a folder takes in. */
const reached = (folder: string): string[] =>
  named(`${folder}/kustomization.yaml`).flatMap((path) => (path.endsWith('.yaml') ? [path] : reached(path)));

it.each([
  ['k8s-manifests', ['k8s-manifests/monitoring/prometheus/service-monitors.yaml']],
  ['policies', []],
])('applying %s takes in every file of it, but for what needs the Prometheus operator', (folder, left) => {
  const all = yamlFiles.filter((file) => file.startsWith(`${folder}/`) && !kustomizations.includes(file));
  expect(reached(folder).toSorted()).toEqual(all.filter((file) => !left.includes(file)));
});

it('the two ways to a certificate and the components take in every file of apiservice', () => {
  const all = yamlFiles.filter((file) => file.startsWith('apiservice/') && !kustomizations.includes(file));
  const ways = [
    'overlays/self-signed',
    'overlays/cert-manager',
    'components/neighbour',
    'components/pod-monitor',
    'components/resource-metrics',
  ];
  expect(new Set(ways.flatMap((way) => reached(`apiservice/${way}`)))).toEqual(new Set(all));
});

it.each(['k8s-manifests', 'apiservice/overlays/self-signed'])('what applying %s takes in needs no CRD', (folder) => {
  const files = new Set(reached(folder));
  const groups = manifests.filter(({ file }) => files.has(file)).map(({ object }) => object.apiVersion?.split('/')[0]);
  expect(groups.filter((group) => /coreos|cert-manager|streaming\.io/.test(group ?? ''))).toEqual([]);
});

it.each(FOLDERS)('%s has no key material and nothing that must be kept secret', (folder) => {
  for (const file of filesOf(folder))
    expect(read(file)).not.toMatch(/PRIVATE KEY|BEGIN CERTIFICATE|^\s*(password|token):/m);
  for (const { object } of manifests.filter(({ object }) => object.kind === 'Secret')) {
    expect(Object.keys(object)).not.toContain('data');
    expect(Object.keys(object)).not.toContain('stringData');
  }
});
