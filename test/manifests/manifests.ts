import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type {
  KubernetesObject,
  V1Container,
  V1Deployment,
  V1Namespace,
  V1PodSpec,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';

export const REPOSITORY = join(import.meta.dirname, '..', '..');

/** One Kubernetes object of a file, and where it stands (the file's path from the repository's root). */
export type Manifest<T extends KubernetesObject = KubernetesObject> = { file: string; object: T };

/** Files that are no Kubernetes objects: Prometheus' and prometheus-adapter's own formats, of which kustomize makes ConfigMaps. */
const PLAIN = new Set([
  'k8s-manifests/autoscaling/custom-metrics.yaml',
  'k8s-manifests/monitoring/prometheus/prometheus-config.yaml',
  'k8s-manifests/monitoring/prometheus/recording-rules.yaml',
  'k8s-manifests/monitoring/prometheus/tidecaster-alerts.yaml',
]);

export const read = (file: string): string => readFileSync(join(REPOSITORY, file), 'utf8');

/** Every file below a folder, from the repository's root. */
export function filesOf(folder: string): string[] {
  const entries = readdirSync(join(REPOSITORY, folder), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(REPOSITORY, join(entry.parentPath, entry.name)))
    .toSorted();
}

/** A YAML file's documents, as YAML 1.1 and 1.2 agree on them. @throws Error on the first fault */
export function yamlOf(file: string): unknown[] {
  const documents = parseAllDocuments(read(file), { uniqueKeys: true });
  if ('empty' in documents) return [];
  return documents.map((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault) throw new Error(`${file}: ${fault.message}`);
    return document.toJS() as unknown;
  });
}

export const FOLDERS = ['apiservice', 'k8s-manifests', 'policies'];
export const yamlFiles = FOLDERS.flatMap(filesOf).filter((file) => file.endsWith('.yaml'));
export const kustomizations = yamlFiles.filter((file) => file.endsWith('kustomization.yaml'));
export const objectFiles = yamlFiles.filter((file) => !PLAIN.has(file) && !kustomizations.includes(file));

/** Every object of the manifests; policies are among them. */
export const manifests: Manifest[] = objectFiles.flatMap((file) =>
  yamlOf(file).map((object) => ({ file, object: object as KubernetesObject })),
);

export const ofKind = <T extends KubernetesObject>(kind: string): Manifest<T>[] =>
  manifests.filter((one): one is Manifest<T> => one.object.kind === kind);

export const deployments = ofKind<V1Deployment>('Deployment');
export const services = ofKind<V1Service>('Service');
export const hpas = ofKind<V2HorizontalPodAutoscaler>('HorizontalPodAutoscaler');
export const namespaces = ofKind<V1Namespace>('Namespace');

/** `kind namespace/name`, for messages and look-ups. */
export const idOf = ({ kind, metadata }: KubernetesObject): string =>
  `${kind} ${metadata?.namespace ? `${metadata.namespace}/` : ''}${metadata?.name}`;

type Templated = { spec: { template: { spec: V1PodSpec } } };
type Pod = { id: string; labels: Record<string, string>; namespace: string; spec: V1PodSpec };

/** The pod of every Deployment, Job and CronJob. */
export const pods: Pod[] = manifests.flatMap(({ object }) => {
  const withTemplate = (object.kind === 'CronJob'
    ? (object as unknown as { spec: { jobTemplate: Templated } }).spec.jobTemplate
    : object) as unknown as Partial<Templated & V1Deployment>;
  const template = withTemplate.spec && 'template' in withTemplate.spec ? withTemplate.spec.template : undefined;
  if (!template?.spec) return [];
  const labels = template.metadata?.labels ?? {};
  return [{ id: idOf(object), labels, namespace: object.metadata?.namespace ?? '', spec: template.spec }];
});

/** Whether a selector's labels are all there. */
export const selects = (selector: Record<string, string> | undefined, labels: Record<string, string>): boolean =>
  selector !== undefined && Object.entries(selector).every(([key, value]) => labels[key] === value);

export const portNames = (containers: readonly V1Container[]): string[] =>
  containers.flatMap(({ ports = [] }) => ports.map(({ name, containerPort }) => name ?? String(containerPort)));
