import type { Place } from '../errors.ts';

/** What is read of a keda.sh/v1alpha1 ScaledObject; the defaults are KEDA's. */
export type ScaledObject = {
  place: Place;
  namespace: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  target: { apiVersion: string; kind: string; name: string };
  /** null: not given, so 0, to which KEDA's HPA says 1. */
  minReplicas: number | null;
  maxReplicas: number;
  idleReplicas: number | null;
  hasFallback: boolean;
  restoresReplicas: boolean;
  /** advanced.scalingModifiers.formula. */
  formula: string | null;
  /** advanced.horizontalPodAutoscalerConfig: the HPA's name, and its `behavior` as it stands. */
  hpaName: string | null;
  behavior: unknown;
  triggers: readonly Trigger[];
};

export type Trigger = {
  type: string;
  /** null: none, so that its place in the list names it. */
  name: string | null;
  metricType: string | null;
  useCachedMetrics: boolean;
  /** As text, as KEDA reads it. */
  metadata: Readonly<Record<string, string>>;
  authentication: { kind: 'TriggerAuthentication' | 'ClusterTriggerAuthentication'; name: string } | null;
};

/** What is read of a TriggerAuthentication. namespace: null for a ClusterTriggerAuthentication. */
export type TriggerAuthentication = {
  namespace: string | null;
  name: string;
  /** spec.podIdentity.provider. */
  podIdentity: string | null;
  /** Which Secret holds which parameter, such as bearerToken. */
  secrets: readonly { parameter: string; secret: string; key: string }[];
};

/** What stands in the files. others: kinds of KEDA that have no counterpart, as `ScaledJob ns/name`. */
export type KedaObjects = {
  scaledObjects: readonly ScaledObject[];
  authentications: readonly TriggerAuthentication[];
  others: readonly string[];
};

export const scaledObjectText = ({ namespace, name }: ScaledObject): string => `${namespace}/${name}`;
