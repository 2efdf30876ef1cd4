import { NotFoundError } from '../../domain/errors.ts';
import type { HpaSpec, MetricSpec } from '../../domain/hpa/hpa-spec.ts';
import { type TargetRef, targetKey } from '../../domain/target.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { Deployment, type NodePool } from './deployment.ts';
import type { PodSize } from './kubelet.ts';
import { ModelHpa } from './model-hpa.ts';

/** What the cluster needs of the model around it. */
export type Surroundings = {
  nodes: NodePool;
  /** Brings the model up to now and says when that is, epoch milliseconds. */
  now(): number;
  /** A tick of the controller, because an HPA is new or its spec changed. */
  sync(hpa: ModelHpa, now: number): void;
};

export type NewHpa = { spec: HpaSpec; manager: string | null; replicas: number; size?: PodSize };

/** What people do to HPAs besides us; each as one server-side apply without force. */
export type OtherPeople = {
  /** An HPA and its Deployment, which starts with so many replicas. size: what a pod requests. @throws InvalidError */
  create(target: TargetRef, what: NewHpa): ModelHpa;
  /** @throws NotFoundError */
  remove(target: TargetRef): void;
  /** @throws NotFoundError, ConflictError, InvalidError */
  applyAs(manager: string, target: TargetRef, minReplicas: number): void;
  /** The HPA names these metrics from now on. @throws NotFoundError */
  nameMetrics(target: TargetRef, metrics: readonly MetricSpec[]): void;
};

/** HPAs in memory, with the API server's rules about owners, uids and bounds. */
export class ModelCluster implements Cluster, OtherPeople {
  readonly #hpas = new Map<string, ModelHpa>();
  readonly #around: Surroundings;
  readonly #listeners = new Set<() => void>();
  #uids = 0;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** As they are: nothing moves. */
  get all(): readonly ModelHpa[] {
    return [...this.#hpas.values()];
  }

  /** Calls back whenever an HPA came or went or names other metrics, until what it returns is called. */
  onChange(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  async hpas(): ReturnType<Cluster['hpas']> {
    this.#around.now();
    return this.all.map(({ state }) => state);
  }

  async applyFloor(floor: Parameters<Cluster['applyFloor']>[0]): Promise<void> {
    this.#edit(floor.target, (hpa, now) => hpa.applyFloor(now, floor));
  }

  async handBack(floor: Parameters<Cluster['handBack']>[0]): Promise<void> {
    this.#edit(floor.target, (hpa) => hpa.handBack(floor));
  }

  create(target: TargetRef, { spec, manager, replicas, size }: NewHpa): ModelHpa {
    const now = this.#around.now();
    this.#uids += 1;
    const uid = `00000000-0000-4000-8000-${this.#uids.toString(16).padStart(12, '0')}`;
    const deployment = new Deployment(target.name.replace(/-hpa$/, ''), this.#around.nodes, size ?? null);
    deployment.scale(replicas, now);
    const hpa = new ModelHpa({ target, uid, spec, manager, deployment });
    this.#hpas.set(targetKey(target), hpa);
    this.#changed();
    return hpa;
  }

  remove(target: TargetRef): void {
    const { deployment } = this.#find(target);
    deployment.scale(0, this.#around.now());
    this.#hpas.delete(targetKey(target));
    this.#changed();
  }

  applyAs(manager: string, target: TargetRef, minReplicas: number): void {
    this.#edit(target, (hpa) => hpa.applyAs(manager, minReplicas));
  }

  nameMetrics(target: TargetRef, metrics: readonly MetricSpec[]): void {
    this.#edit(target, (hpa) => hpa.nameMetrics(metrics));
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** The controller ticks at once where the spec changed, not where an annotation or an owner did. */
  #edit(target: TargetRef, write: (hpa: ModelHpa, now: number) => boolean): void {
    const now = this.#around.now();
    const hpa = this.#find(target);
    if (write(hpa, now)) this.#around.sync(hpa, now);
  }

  #find(target: TargetRef): ModelHpa {
    const hpa = this.#hpas.get(targetKey(target));
    if (hpa) return hpa;
    throw new NotFoundError(`HorizontalPodAutoscaler ${targetKey(target)} is not there`);
  }
}
