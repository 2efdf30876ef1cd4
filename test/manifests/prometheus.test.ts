import type { KubernetesObject } from '@kubernetes/client-node';
import { CONTAINER_METRICS } from '../../src/adapters/model/metrics.ts';
import { namespaces, ofKind, pods, portNames, services, yamlOf } from './manifests.ts';

const FOLDER = 'k8s-manifests/monitoring/prometheus';
type Relabel = { source_labels?: string[]; regex?: string; action?: string; target_label?: string };
type Job = {
  job_name: string;
  scheme?: string;
  metrics_path?: string;
  authorization?: { credentials_file: string };
  honor_labels?: boolean;
  kubernetes_sd_configs?: { role: string; namespaces?: { names: string[] } }[];
  relabel_configs?: Relabel[];
  metric_relabel_configs?: Relabel[];
};
type Config = {
  global: { scrape_interval: string; evaluation_interval: string };
  rule_files: string[];
  scrape_configs: Job[];
};
type Monitor = KubernetesObject & {
  spec: {
    selector: { matchLabels: Record<string, string> };
    namespaceSelector?: { matchNames: string[] };
    endpoints?: Endpoint[];
    podMetricsEndpoints?: Endpoint[];
  };
};
type Endpoint = { port: string; interval: string; honorLabels: boolean; metricRelabelings?: Relabel[] };

const [config] = yamlOf(`${FOLDER}/prometheus-config.yaml`) as [Config];
const [rules] = yamlOf(`${FOLDER}/recording-rules.yaml`) as [{ groups: unknown[] }];
const job = (name: string): Job => config.scrape_configs.find(({ job_name }) => job_name === name)!;
const [serviceMonitor] = ofKind<Monitor>('ServiceMonitor').map(({ object }) => object);
const [podMonitor] = ofKind<Monitor>('PodMonitor').map(({ object }) => object);

it.each(['streaming', 'tidecaster'])('job %s scrapes pods of namespaces that are there', (name) => {
  const made = new Set(namespaces.map(({ object }) => object.metadata?.name));
  for (const { role, namespaces } of job(name).kubernetes_sd_configs!) {
    expect(role).toBe('pod');
    for (const one of namespaces!.names) expect(made.has(one)).toBe(true);
  }
});

it.each(['streaming', 'tidecaster'])('job %s finds a port named metrics in every pod that serves', (name) => {
  const [keep] = job(name).relabel_configs!;
  expect(keep).toMatchObject({ source_labels: ['__meta_kubernetes_pod_container_port_name'], action: 'keep' });
  const scraped = new Set(job(name).kubernetes_sd_configs!.flatMap(({ namespaces }) => namespaces!.names));
  const serving = pods.filter(({ namespace, id }) => scraped.has(namespace) && id.startsWith('Deployment'));
  expect(serving.length).toBeGreaterThan(0);
  for (const { spec } of serving) expect(portNames(spec.containers)).toContain(keep!.regex);
});

it('a sample has the labels that the rules select by, and a pod cannot speak for another', () => {
  const labels = job('streaming').relabel_configs!.flatMap(({ target_label }) => target_label ?? []);
  expect(labels).toEqual(['namespace', 'pod', 'service']);
  expect(job('streaming').honor_labels).toBeUndefined();
  expect(job('streaming').metric_relabel_configs).toEqual([
    { regex: 'exported_(namespace|pod|service)', action: 'labeldrop' },
  ]);
});

it('containers are read from the kubelet of every node, with its name, and of their families the two that the rules ask for', () => {
  const containers = job('containers');
  expect(containers).toMatchObject({ scheme: 'https', metrics_path: '/metrics/cadvisor' });
  expect(containers.kubernetes_sd_configs).toEqual([{ role: 'node' }]);
  expect(containers.relabel_configs!.map(({ target_label }) => target_label)).toEqual(['node']);
  expect(containers.authorization!.credentials_file).toBe('/var/run/secrets/kubernetes.io/serviceaccount/token');
  const [keep] = containers.metric_relabel_configs!;
  expect(keep).toMatchObject({ source_labels: ['__name__'], action: 'keep' });
  expect(keep!.regex!.split('|')).toEqual(Object.keys(CONTAINER_METRICS));
});

it('the Prometheus operator makes the same labels of the same pods', () => {
  const [endpoint] = serviceMonitor!.spec.endpoints!;
  expect(serviceMonitor!.spec.namespaceSelector!.matchNames).toEqual(
    job('streaming').kubernetes_sd_configs![0]!.namespaces!.names,
  );
  expect(endpoint).toMatchObject({
    port: 'metrics',
    interval: config.global.scrape_interval,
    honorLabels: false,
    metricRelabelings: job('streaming').metric_relabel_configs,
  });
  // its label `service` is the Service's name, ours is the pod's label: they must agree
  const selected = services.filter(({ object }) => object.metadata?.namespace === 'streaming');
  expect(selected).toHaveLength(6);
  for (const { object } of selected) {
    expect(object.metadata?.labels).toMatchObject(serviceMonitor!.spec.selector.matchLabels);
    expect(object.spec?.selector).toEqual({ 'app.kubernetes.io/name': object.metadata?.name });
    expect(object.spec?.ports?.map(({ name }) => name)).toContain(endpoint!.port);
  }
});

it('the PodMonitor selects Tidecaster and scrapes as the plain job does', () => {
  const tidecaster = pods.find(({ id }) => id === 'Deployment tidecaster-system/tidecaster')!;
  expect(tidecaster.labels).toMatchObject(podMonitor!.spec.selector.matchLabels);
  expect(podMonitor!.spec.podMetricsEndpoints).toMatchObject([
    { port: 'metrics', honorLabels: job('tidecaster').honor_labels, interval: config.global.scrape_interval },
  ]);
});

const ruleNamed = (name: string): unknown =>
  ofKind<KubernetesObject & { spec: unknown }>('PrometheusRule').find(({ object }) => object.metadata?.name === name)!
    .object.spec;

it('both ways have the same recording rules', () => {
  expect(ruleNamed('viewers')).toEqual(rules);
});

it('both ways have the same alerts on Tidecaster', () => {
  expect(ruleNamed('tidecaster')).toEqual(yamlOf(`${FOLDER}/tidecaster-alerts.yaml`)[0]);
});

it('the ConfigMap has the configuration and every rule file that it names', () => {
  const [{ configMapGenerator }] = yamlOf(`${FOLDER}/kustomization.yaml`) as [
    { configMapGenerator: { files: string[] }[] },
  ];
  const keys = configMapGenerator[0]!.files.map((file) => file.split('=')[0]);
  expect(keys).toEqual(['prometheus.yml', ...config.rule_files]);
});
