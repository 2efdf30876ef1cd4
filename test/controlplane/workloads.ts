import type { Exporter, Series } from '../../src/adapters/model/exporter.ts';
import { exposition } from '../../src/adapters/model/exposition.ts';
import { type Containers, kubelet, machine, usedBy } from '../../src/adapters/model/kubelet.ts';
import { type Load, type Viewers, regions, total, viewersAt } from '../../src/adapters/model/load.ts';
import { roleOf } from '../../src/adapters/model/services.ts';
import { workload } from '../../src/adapters/model/workload.ts';

/** A ready pod, by the service whose name its label carries. */
export type Pod = { namespace: string; name: string; service: string };

/** Scrapes that come together see one state; counters are never older than this. Milliseconds. */
const FRESH = 100;

/** What the node uses beside its pods. */
const SYSTEM = { cores: 0.2, bytes: 2 ** 30 };

/** What a service exports: its pods of themselves, and the kubelet of its containers. */
type Exporters = { pods: Exporter; containers: Exporter<Containers> };
/** pods: by key. node: what its kubelet exports of all containers and of the machine. */
type Observed = { at: number; pods: Map<string, Series[]>; node: Series[] };

/** What the pods of the services export, and the kubelet of the one node: the model's numbers over the pods that there really are. */
export class Workloads {
  readonly #load: Load;
  readonly #set = new Map<string, number>();
  readonly #cores = new Map<string, number>();
  /** One for each service, because each can be given viewers of its own. */
  readonly #services = new Map<string, Exporters>();
  readonly #machine = machine();
  #pods: readonly Pod[] = [];
  #observed: Observed | null = null;

  constructor(load: Load) {
    this.#load = load;
  }

  /** Fixes the viewers of a service, or gives them back to the model. */
  setViewers(service: string, viewers: number | null): void {
    if (viewers === null) this.#set.delete(service);
    else this.#set.set(service, viewers);
    this.#observed = null;
  }

  /** Fixes the cores that the pods of a service use in all, or gives them back to what its viewers cost. */
  setCores(service: string, cores: number | null): void {
    if (cores === null) this.#cores.delete(service);
    else this.#cores.set(service, cores);
    this.#observed = null;
  }

  /** The pods that are ready now. */
  setPods(ready: readonly Pod[]): void {
    this.#pods = ready.filter(({ service }) => roleOf(service) !== null);
    this.#observed = null;
  }

  /** A pod's /metrics at an instant, epoch milliseconds; null when it is not ready or not of the platform. */
  metrics(pod: Pick<Pod, 'namespace' | 'name'>, now: number): string | null {
    const series = this.#now(now).pods.get(key(pod.namespace, pod.name));
    return series === undefined ? null : exposition(series);
  }

  /** The kubelet's /metrics/cadvisor at an instant, epoch milliseconds. */
  cadvisor(now: number): string {
    return exposition(this.#now(now).node);
  }

  #now(now: number): Observed {
    if (this.#observed === null || now - this.#observed.at > FRESH) this.#observed = this.#observe(now);
    return this.#observed;
  }

  #observe(now: number): Observed {
    const groups = Map.groupBy(this.#pods, ({ namespace, service }) => key(namespace, service));
    const pods: Series[] = [];
    const node: Series[] = [];
    const used = { cores: SYSTEM.cores, bytes: SYSTEM.bytes };
    for (const [id, [first, ...rest]] of groups) {
      const { namespace, service } = first!;
      const names = [first!, ...rest].map(({ name }) => name).toSorted();
      const exporters = this.#services.get(id) ?? { pods: workload(), containers: kubelet() };
      this.#services.set(id, exporters);
      const viewers = this.#viewers(service, now);
      const cores = this.#cores.get(service) ?? null;
      const fleet: Containers = { namespace, service, role: roleOf(service)!, pods: names, cores };
      pods.push(...exporters.pods.observe(now, viewers, [fleet]));
      node.push(...exporters.containers.observe(now, viewers, [fleet]));
      const more = usedBy(fleet, viewers);
      used.cores += more.cores;
      used.bytes += more.bytes;
    }
    node.push(...this.#machine.observe(now, viewersAt(this.#load, now), [used]));
    const byPod = Map.groupBy(pods, ({ labels }) => key(labels['namespace'] ?? '', labels['pod'] ?? ''));
    return { at: now, pods: byPod, node };
  }

  #viewers(service: string, now: number): Viewers {
    const usual = viewersAt(this.#load, now);
    const set = this.#set.get(service);
    return set === undefined ? usual : inProportion(usual, set);
  }
}

/** So many whole viewers, from the regions in the proportion of others. */
function inProportion(like: Viewers, viewers: number): Viewers {
  const everyone = Math.max(1, total(like));
  const [first, ...rest] = regions;
  const others = rest.map((region) => [region, Math.floor((viewers * like[region]) / everyone)] as const);
  const left = viewers - others.reduce((sum, [, count]) => sum + count, 0);
  return Object.fromEntries([[first, left], ...others]) as Viewers;
}

const key = (namespace: string, name: string): string => `${namespace}/${name}`;
