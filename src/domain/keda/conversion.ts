import type { Backend } from '../rules/backend.ts';

/** What becomes of ScaledObjects: a rules file, HPAs and policies, each with what is to be known of it. */
export type Conversion = {
  backends: readonly Noted<Backend>[];
  queries: readonly Noted<ConvertedQuery>[];
  hpas: readonly Noted<ConvertedHpa>[];
  policies: readonly Noted<ConvertedPolicy>[];
  /** What nothing became of, one sentence each. */
  leftOut: readonly string[];
};

/** notes: how it differs from what KEDA does, one sentence each. */
export type Noted<T> = { value: T; notes: readonly string[] };

/** An entry of tidecaster.queries. backend: null for the Prometheus of --prometheus-url. */
export type ConvertedQuery = {
  name: string;
  /** A template: what would be an action of it is escaped. */
  query: string;
  allowedNamespace: string;
  backend: string | null;
  /** What is answered where the query has no number. */
  empty: 'error' | 'zero';
};

/** An autoscaling/v2 HPA. minReplicas: null where a policy sets it. */
export type ConvertedHpa = {
  namespace: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  target: { apiVersion: string; kind: string; name: string };
  minReplicas: number | null;
  maxReplicas: number;
  metrics: readonly HpaMetric[];
  /** As it stands in the ScaledObject. */
  behavior: unknown;
};

/** value: a Quantity, of Utilization a percentage. container: null for all of the pod. */
export type HpaMetric =
  | { type: 'External'; metric: string; target: 'AverageValue' | 'Value'; value: string }
  | {
      type: 'Resource';
      resource: 'cpu' | 'memory';
      container: string | null;
      target: 'AverageValue' | 'Utilization';
      value: string;
    };

export type ConvertedPolicy = {
  namespace: string;
  name: string;
  hpa: string;
  timeZone: string;
  minReplicas: number;
  maxReplicas: number;
  schedules: readonly { name: string; start: string; end: string; minReplicas: number }[];
};
