import { exposition } from '../../src/adapters/model/exposition.ts';
import { type Load, type Viewers, regions, total, viewersAt } from '../../src/adapters/model/load.ts';
import { roleOf } from '../../src/adapters/model/services.ts';
import { type Series, type Workload, workload } from '../../src/adapters/model/workload.ts';

/** A ready pod, by the service whose name its label carries. */
export type Pod = { namespace: string; name: string; service: string };

/** Scrapes that come together see one state; counters are never older than this. Milliseconds. */
const FRESH = 100;

/** What the pods of the services export: the model platform's numbers over the pods that there really are. */
export class Workloads {
  readonly #load: Load;
  readonly #set = new Map<string, number>();
  /** One for each service, because each can be given viewers of its own. */
  readonly #services = new Map<string, Workload>();
  #pods: readonly Pod[] = [];
  #observed: { at: number; series: Map<string, Series[]> } | null = null;

  constructor(load: Load) {
    this.#load = load;
  }

  /** Fixes the viewers of a service, or gives them back to the model. */
  setViewers(service: string, viewers: number | null): void {
    if (viewers === null) this.#set.delete(service);
    else this.#set.set(service, viewers);
    this.#observed = null;
  }

  /** The pods that are ready now. */
  setPods(ready: readonly Pod[]): void {
    this.#pods = ready.filter(({ service }) => roleOf(service) !== null);
    this.#observed = null;
  }

  /** A pod's /metrics at an instant, epoch milliseconds; null when it is not ready or not of the platform. */
  metrics(pod: Pick<Pod, 'namespace' | 'name'>, now: number): string | null {
    if (this.#observed === null || now - this.#observed.at > FRESH)
      this.#observed = { at: now, series: this.#observe(now) };
    const series = this.#observed.series.get(key(pod.namespace, pod.name));
    return series === undefined ? null : exposition(series);
  }

  #observe(now: number): Map<string, Series[]> {
    const groups = Map.groupBy(this.#pods, ({ namespace, service }) => key(namespace, service));
    const series = [...groups].flatMap(([id, [first, ...rest]]) => {
      const { namespace, service } = first!;
      const pods = [first!, ...rest].map(({ name }) => name).toSorted();
      if (!this.#services.has(id)) this.#services.set(id, workload());
      const viewers = this.#viewers(service, now);
      return this.#services.get(id)!.observe(now, viewers, [{ namespace, service, role: roleOf(service)!, pods }]);
    });
    return Map.groupBy(series, ({ labels }) => key(labels['namespace'] ?? '', labels['pod'] ?? ''));
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
