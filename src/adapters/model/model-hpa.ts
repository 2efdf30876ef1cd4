import type { FloorWrite } from '../../domain/decision.ts';
import { ConflictError, InvalidError } from '../../domain/errors.ts';
import type { Condition } from '../../domain/hpa/conditions.ts';
import { DEFAULT_FLAGS } from '../../domain/hpa/controller-flags.ts';
import { type History, NO_HISTORY } from '../../domain/hpa/history.ts';
import { FIELD_MANAGER, type Governed, type HpaState } from '../../domain/hpa/hpa-state.ts';
import type { MetricReading } from '../../domain/hpa/metric-reading.ts';
import type { HpaSpec, MetricSpec } from '../../domain/hpa/hpa-spec.ts';
import type { Reading } from '../../domain/hpa/observation.ts';
import type { MetricValue } from '../../domain/hpa/proposal.ts';
import { tick } from '../../domain/hpa/tick.ts';
import { type TargetRef, targetKey } from '../../domain/target.ts';
import type { Deployment } from './deployment.ts';

export type ModelHpaInput = {
  target: TargetRef;
  uid: string;
  spec: HpaSpec;
  /** Who owns spec.minReplicas; null where the manifest leaves it out. */
  manager: string | null;
  deployment: Deployment;
};

type Status = {
  currentReplicas: number;
  desiredReplicas: number;
  metrics: readonly (MetricValue | null)[] | null;
  conditions: readonly Condition[];
};

/** One HorizontalPodAutoscaler: its object with the owners of minReplicas, and the controller's work on it. */
export class ModelHpa {
  readonly target: TargetRef;
  readonly uid: string;
  readonly deployment: Deployment;
  #spec: HpaSpec;
  #governed: Governed | null = null;
  #otherManagers: readonly string[];
  #status: Status = { currentReplicas: 0, desiredReplicas: 0, metrics: null, conditions: [] };
  #history: History = NO_HISTORY;
  #why = '';

  constructor({ target, uid, spec, manager, deployment }: ModelHpaInput) {
    this.target = target;
    this.uid = uid;
    this.deployment = deployment;
    this.#spec = spec;
    this.#otherManagers = manager === null ? [] : [manager];
    this.#assertMinReplicas(spec.minReplicas);
  }

  get state(): HpaState {
    const { currentReplicas, desiredReplicas, metrics } = this.#status;
    const { minReplicas, maxReplicas } = this.#spec;
    return {
      target: this.target,
      uid: this.uid,
      minReplicas,
      maxReplicas,
      currentReplicas,
      desiredReplicas,
      metrics: this.#spec.metrics.map((metric, i) => metricReading(metric, metrics?.[i] ?? null)),
      governed: this.#governed,
      otherManagers: this.#otherManagers,
    };
  }

  get metrics(): readonly MetricSpec[] {
    return this.#spec.metrics;
  }

  get conditions(): readonly Condition[] {
    return this.#status.conditions;
  }

  /** The reason of the last rescale, in the controller's words. */
  get why(): string {
    return this.#why;
  }

  /** One sync of the controller, at an instant. */
  tick(now: number, readings: readonly Reading[]): void {
    const { deployment } = this;
    const { desiredReplicas, conditions } = this.#status;
    const replicas = { specReplicas: deployment.replicas, statusReplicas: deployment.replicas };
    const seen = { ...replicas, desiredReplicas, conditions, pods: deployment.pods(now), readings };
    const result = tick(now, { flags: DEFAULT_FLAGS, spec: this.#spec, seen, history: this.#history });
    this.#status = {
      currentReplicas: replicas.specReplicas,
      desiredReplicas: result.desiredReplicas,
      metrics: result.metrics,
      conditions: result.conditions,
    };
    this.#history = result.history;
    if (!result.rescaled) return;
    this.#why = result.why;
    deployment.scale(result.replicas, now);
  }

  /** Server-side apply of ours, by force. True when the spec changed, which the controller answers with a tick at once. */
  applyFloor(now: number, { uid, minReplicas, restoreMinReplicas }: FloorWrite): boolean {
    this.#assertUid(uid);
    this.#assertMinReplicas(minReplicas);
    const same = this.#governed?.restoreMinReplicas === restoreMinReplicas && this.#spec.minReplicas === minReplicas;
    // An apply that changes nothing leaves its entry's time alone; times in managedFields are whole seconds.
    if (!same) this.#governed = { restoreMinReplicas, writtenAt: Math.floor(now / 1000) * 1000 };
    return this.#setMinReplicas(minReplicas);
  }

  /** True: the spec changed. */
  nameMetrics(metrics: readonly MetricSpec[]): true {
    this.#spec = { ...this.#spec, metrics };
    // what the controller saw of the others says nothing of these
    this.#status = { ...this.#status, metrics: null };
    return true;
  }

  /** The value stays and is no longer ours. True when the spec changed. */
  handBack({ uid, minReplicas }: FloorWrite): boolean {
    this.#assertUid(uid);
    if (!this.#governed) return false;
    this.#assertMinReplicas(minReplicas);
    this.#governed = null;
    return this.#setMinReplicas(minReplicas);
  }

  /**
   * Server-side apply of somebody else, without force. True when the spec changed.
   * @throws ConflictError where another manager owns another value
   */
  applyAs(manager: string, minReplicas: number): boolean {
    this.#assertMinReplicas(minReplicas);
    const owners = [...(this.#governed ? [FIELD_MANAGER] : []), ...this.#otherManagers];
    const rivals = owners.filter((owner) => owner !== manager);
    if (rivals.length > 0 && minReplicas !== this.#spec.minReplicas) {
      throw new ConflictError(`apply of ${targetKey(this.target)}: .spec.minReplicas belongs to ${rivals.join(', ')}`);
    }
    const changed = this.#setMinReplicas(minReplicas);
    this.#otherManagers = [...new Set([...this.#otherManagers, manager])];
    return changed;
  }

  /** A change takes the field from everybody else; an equal value is shared. */
  #setMinReplicas(minReplicas: number): boolean {
    if (minReplicas === this.#spec.minReplicas) return false;
    this.#spec = { ...this.#spec, minReplicas };
    this.#otherManagers = [];
    return true;
  }

  #assertUid(uid: string): void {
    if (uid === this.uid) return;
    throw new ConflictError(`HorizontalPodAutoscaler ${targetKey(this.target)} has uid ${this.uid}, not ${uid}`);
  }

  #assertMinReplicas(minReplicas: number): void {
    const { maxReplicas } = this.#spec;
    const where = `HorizontalPodAutoscaler ${targetKey(this.target)} is invalid: spec`;
    if (!Number.isInteger(minReplicas) || minReplicas < 0) {
      throw new InvalidError(`${where}.minReplicas: ${minReplicas} is not a count, expected 0 or more`);
    }
    if (minReplicas > maxReplicas) {
      throw new InvalidError(`${where}.maxReplicas: ${maxReplicas} is below minReplicas ${minReplicas}`);
    }
  }
}

/** A metric of the spec, and what the last tick read of it. */
function metricReading(spec: MetricSpec, value: MetricValue | null): MetricReading {
  const { type: source, target } = spec;
  const about =
    source === 'Resource'
      ? { name: spec.name, labels: {} }
      : { name: spec.metric.name, labels: spec.metric.selector ?? {} };
  return { source, ...about, type: target.type, current: value && amount(value), target: amount(target) };
}

/** A value or a target as a number: in its unit, or in percent. */
function amount(of: MetricValue | MetricSpec['target']): number {
  switch (of.type) {
    case 'Value':
      return Number(of.value) / 1000;
    case 'AverageValue':
      return Number(of.averageValue) / 1000;
    case 'Utilization':
      return of.averageUtilization;
  }
}
