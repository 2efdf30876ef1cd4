import { type Exporter, exporter, type Role, type Series, type ServicePods } from './exporter.ts';
import { total, type Viewers } from './load.ts';

/** One pod of a service: cores and bytes that it requests, and the viewers that its HPA's main metric aims at for it. */
export type PodSize = { cpu: number; memory: number; viewers: number };

const MEBI = 2 ** 20;

/** The same requests and targets as in k8s-manifests/. */
export const POD_SIZES: Readonly<Record<Role, PodSize>> = {
  player: { cpu: 1, memory: 1024 * MEBI, viewers: 1000 },
  gateway: { cpu: 1, memory: 512 * MEBI, viewers: 1111 },
  api: { cpu: 0.5, memory: 512 * MEBI, viewers: 5000 },
  sessions: { cpu: 0.25, memory: 256 * MEBI, viewers: 5000 },
  recommender: { cpu: 1, memory: 2048 * MEBI, viewers: 8000 },
  analytics: { cpu: 0.5, memory: 1024 * MEBI, viewers: 20_000 },
};

/**
 * What a pod uses of its requests. Where the main metric is at its target cpu is at 60 %, below the 70 % that the HPAs aim at: the
 * main metric leads, and cpu steps in where a viewer costs more than usual. Twice its target is all that a pod gets done.
 *
 *   viewers of the target    0      0.5    1      1.4    2      3
 *   cpu                      5 %    33 %   60 %   82 %   115 %  115 %
 *   memory                   30 %   45 %   60 %   72 %   90 %   90 %
 */
export function usageOf(role: Role, viewers: number): { cores: number; bytes: number } {
  const { cpu, memory, viewers: target } = POD_SIZES[role];
  const load = Math.min(viewers / target, 2);
  return { cores: cpu * (0.05 + 0.55 * load), bytes: Math.round(memory * (0.3 + 0.3 * load)) };
}

/** cores: what the pods use in all, where somebody has set it; null where the viewers say. */
export type Containers = ServicePods & { cores: number | null };

/** What all pods of a service use together. */
export function usedBy({ role, pods, cores }: Containers, viewers: Viewers): { cores: number; bytes: number } {
  const each = usageOf(role, total(viewers) / Math.max(1, pods.length));
  return { cores: cores ?? each.cores * pods.length, bytes: each.bytes * pods.length };
}

/** What the kubelets export of the containers that they run: cAdvisor's rows of each container, and of each pod as a whole. */
export const kubelet = (): Exporter<Containers> => exporter(containerSeries);

function containerSeries(service: Containers, viewers: Viewers): Series[] {
  const { namespace, service: container, pods } = service;
  const { cores, bytes } = usedBy(service, viewers);
  return pods.flatMap((pod) => {
    const whole = { namespace, pod, id: `/kubepods/${pod}` };
    const inside = { ...whole, id: `/kubepods/${pod}/${container}`, container, image: container };
    return [inside, whole].flatMap((labels) =>
      rows(labels, { cores: cores / pods.length, bytes: bytes / pods.length }),
    );
  });
}

/** What a kubelet exports of the machine as a whole. */
export const machine = (): Exporter<{ cores: number; bytes: number }> => exporter((used) => rows({ id: '/' }, used));

const rows = (labels: Series['labels'], { cores, bytes }: { cores: number; bytes: number }): Series[] => [
  { name: 'container_cpu_usage_seconds_total', labels, value: cores },
  { name: 'container_memory_working_set_bytes', labels, value: bytes },
];
