import { type Condition, setCondition } from '../../../src/domain/hpa/conditions.ts';
import { DEFAULT_FLAGS } from '../../../src/domain/hpa/controller-flags.ts';
import { type History, NO_HISTORY } from '../../../src/domain/hpa/history.ts';
import type { HpaSpec, MetricSpec } from '../../../src/domain/hpa/hpa-spec.ts';
import type { Milli } from '../../../src/domain/hpa/int.ts';
import type { Observation, Pod, Reading } from '../../../src/domain/hpa/observation.ts';
import type { Circumstances } from '../../../src/domain/hpa/proposal.ts';
import { tick, type Tick } from '../../../src/domain/hpa/tick.ts';

export const NOW = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;

/** A pod that has been running and ready for an hour. */
export const pod = (name: string, change: Partial<Pod> = {}): Pod => ({
  name,
  phase: 'Running',
  deleting: false,
  ready: { status: 'True', since: NOW - 60 * MINUTE },
  startTime: NOW - 60 * MINUTE,
  requests: { cpu: 1000n },
  ...change,
});

export const pods = (count: number): Pod[] => Array.from({ length: count }, (_, i) => pod(`pod-${i}`));

export const notReady = (name: string): Pod => pod(name, { ready: { status: 'False', since: NOW - 60 * MINUTE } });

export const values = (...items: number[]): Reading => ({ type: 'Values', values: items.map(BigInt) });

/** Samples of pod-0, pod-1, ...: milli-values. */
export const samples = (...items: number[]): Reading => ({
  type: 'Samples',
  samples: new Map(
    items.map((value, i) => [`pod-${i}`, { value: BigInt(value), timestamp: NOW - 10_000, windowSeconds: 30 }]),
  ),
});

export const unreadable: Reading = {
  type: 'Unreadable',
  message: 'the server is currently unable to handle the request',
};

const metric = { name: 'viewers', selector: null };
export const averageValue = (target: Milli): MetricSpec => ({
  type: 'External',
  metric,
  target: { type: 'AverageValue', averageValue: target },
});
export const externalValue = (target: Milli): MetricSpec => ({
  type: 'External',
  metric,
  target: { type: 'Value', value: target },
});
export const objectValue = (target: Milli): MetricSpec => ({
  type: 'Object',
  metric,
  describedObject: { kind: 'Ingress', name: 'main' },
  target: { type: 'Value', value: target },
});
export const podsMetric = (target: Milli): MetricSpec => ({
  type: 'Pods',
  metric,
  target: { type: 'AverageValue', averageValue: target },
});
export const cpu = (percent: number): MetricSpec => ({
  type: 'Resource',
  name: 'cpu',
  target: { type: 'Utilization', averageUtilization: percent },
});

export const spec = (change: Partial<HpaSpec> = {}): HpaSpec => ({
  namespace: 'streaming',
  minReplicas: 1,
  maxReplicas: 1000,
  metrics: [averageValue(1000n)],
  behavior: null,
  ...change,
});

/** So many replicas, all of them ready. */
export const seen = (replicas: number, change: Partial<Observation> = {}): Observation => ({
  specReplicas: replicas,
  statusReplicas: replicas,
  desiredReplicas: replicas,
  conditions: [],
  pods: pods(replicas),
  readings: [],
  ...change,
});

/** What a proposal is made from: one metric, so many replicas. */
export const on = (replicas: number, change: Partial<Observation> = {}, behavior = spec().behavior): Circumstances => ({
  now: NOW,
  flags: DEFAULT_FLAGS,
  spec: spec({ behavior }),
  seen: seen(replicas, change),
});

/** What a metric says that asks for exactly so many: status.replicas 0 takes the tolerance out of it. */
export const proposing = (replicas: number): Partial<Observation> => ({
  statusReplicas: 0,
  readings: [values(replicas * 1000)],
});

export const SCALED_TO_ZERO: Condition[] = setCondition([], NOW - MINUTE, 'ScaledToZero');

/** `10@600`: ten, 600 s before now. */
const past = (text: string): { value: number; at: number }[] =>
  text === ''
    ? []
    : text.split(' ').map((entry) => {
        const [value, ago] = entry.split('@');
        return { value: Number(value), at: NOW - Number(ago) * 1000 };
      });

export function history({ recs = '', ups = '', downs = '' }: { recs?: string; ups?: string; downs?: string }): History {
  const events = (text: string): History['scaleUps'] =>
    past(text).map(({ value, at }) => ({ change: value, at, outdated: false }));
  return {
    recommendations: past(recs).map(({ value, at }) => ({ replicas: value, at })),
    scaleUps: events(ups),
    scaleDowns: events(downs),
  };
}

export type Case = { spec?: Partial<HpaSpec>; seen: Observation; history?: History; now?: number };

export const run = ({ spec: change = {}, seen, history = NO_HISTORY, now = NOW }: Case): Tick =>
  tick(now, { flags: DEFAULT_FLAGS, spec: spec(change), seen, history });

export const reasonOf = ({ conditions }: Tick, type: Condition['type']): string | undefined =>
  conditions.find((condition) => condition.type === type)?.reason;
