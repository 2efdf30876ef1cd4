import type { Pod } from '../../domain/hpa/observation.ts';
import type { PodSize } from './kubelet.ts';

/** From being created to being ready: the image is there already. */
const POD_START = 45_000;
/** More than that when a node has to be added first. */
const NODE_START = 120_000;
const PODS_PER_NODE = 12;

/** The machines under all deployments: a new one is started when the pods do not fit, and stays. */
export class NodePool {
  #pods = 0;
  #nodes = 0;

  /** Takes one more pod; how long it will take to be ready, in milliseconds. */
  place(): number {
    this.#pods += 1;
    if (this.#pods <= this.#nodes * PODS_PER_NODE) return POD_START;
    this.#nodes += 1;
    return NODE_START + POD_START;
  }

  free(pods: number): void {
    this.#pods -= pods;
  }
}

type ModelPod = { name: string; createdAt: number; readyAt: number };

/** A Deployment and its pods. Pods that are scaled away are gone at once. */
export class Deployment {
  readonly #name: string;
  readonly #nodes: NodePool;
  readonly #requests: Pod['requests'];
  #pods: ModelPod[] = [];
  #created = 0;

  /** size: what each pod requests; null: nothing. */
  constructor(name: string, nodes: NodePool, size: PodSize | null) {
    this.#name = name;
    this.#nodes = nodes;
    this.#requests = size ? { cpu: BigInt(size.cpu * 1000), memory: BigInt(size.memory) * 1000n } : {};
  }

  get replicas(): number {
    return this.#pods.length;
  }

  /** Sets spec.replicas at an instant. The youngest pods go first, as the ReplicaSet controller has it. */
  scale(replicas: number, at: number): void {
    this.#nodes.free(Math.max(0, this.#pods.length - replicas));
    this.#pods = this.#pods.slice(0, replicas);
    while (this.#pods.length < replicas) this.#pods.push(this.#create(at));
  }

  /** Has what is there been ready all along: what a platform looks like that somebody comes to see. */
  settle(): void {
    this.#pods = this.#pods.map((pod) => ({ ...pod, readyAt: pod.createdAt }));
  }

  ready(at: number): string[] {
    return this.#pods.filter(({ readyAt }) => readyAt <= at).map(({ name }) => name);
  }

  /** As the HPA controller sees them. */
  pods(at: number): Pod[] {
    return this.#pods.map(({ name, createdAt, readyAt }) => ({
      name,
      phase: 'Running',
      deleting: false,
      ready: readyAt <= at ? { status: 'True', since: readyAt } : { status: 'False', since: createdAt },
      startTime: createdAt,
      requests: this.#requests,
    }));
  }

  #create(at: number): ModelPod {
    this.#created += 1;
    const name = `${this.#name}-${this.#created.toString(36).padStart(5, '0')}`;
    return { name, createdAt: at, readyAt: at + this.#nodes.place() };
  }
}
