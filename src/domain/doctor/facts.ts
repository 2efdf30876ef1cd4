/** What `tidecaster doctor` looks at. Gathered by adapters/kubernetes/doctor, judged by diagnose.ts. */

/** What was read, or why it could not be. */
export type Known<T> = { type: 'known'; value: T } | { type: 'unknown'; why: string };

export type ClusterFacts = {
  server: Known<ServerFacts>;
  /** null where its pod cannot be seen, as on managed control planes. */
  controller: Known<readonly string[] | null>;
  hpas: Known<readonly HpaFacts[]>;
  /** Those that there are of the groups that we can serve. */
  apiServices: Known<readonly ApiServiceFacts[]>;
  /** Deployments that carry our labels; more than one is one too many. */
  installations: Known<readonly Installation[]>;
  /** Of the first installation: the serving certificate, PEM; null where its Secret is empty. */
  certificatePem: Known<string | null>;
  /** Of the first installation: what its ServiceAccount may not do, of what it should. */
  missingRights: Known<readonly Right[]>;
  /** Of the first installation: who writes floors. null: there is no Lease. */
  lease: Known<LeaseFacts | null>;
  /** Names of external metrics that the cluster's discovery lists. */
  externalMetrics: Known<readonly string[]>;
};

/** clock: how far the API server's clock is ahead of ours, and by how much that may be wrong. Milliseconds. */
export type ServerFacts = { gitVersion: string; clock: { ahead: number; within: number } };

export type MetricSource = 'External' | 'Pods' | 'Object' | 'Resource' | 'ContainerResource';

/** blind: what its status says of a metric that it cannot read; null while it can. */
export type HpaFacts = {
  namespace: string;
  name: string;
  metrics: readonly { type: MetricSource; name: string }[];
  blind: { reason: string; message: string } | null;
};

export type ServiceName = { namespace: string; name: string };

export type ApiServiceFacts = {
  /** Such as v1beta1.external.metrics.k8s.io. */
  name: string;
  /** null: the API server itself answers it. */
  service: ServiceName | null;
  /** '' where there is none. */
  caBundlePem: string;
  verifies: boolean;
  /** The condition Available; null as long as there is none. */
  available: { status: boolean; reason: string; message: string } | null;
  /** The field manager that wrote caBundle last; null where nobody is known. */
  bundleWriter: string | null;
};

export type Installation = ServiceName & {
  serviceAccount: string;
  service: ServiceName | null;
  replicas: { wanted: number; ready: number };
  /** The server's arguments. */
  args: readonly string[];
};

/** One thing that a ServiceAccount may do. namespace '' = all of them, name '' = any. why: for a person. */
export type Right = {
  verb: string;
  group: string;
  resource: string;
  namespace: string;
  name: string;
  why: string;
};

/** renewed: epoch milliseconds. */
export type LeaseFacts = { holder: string; renewed: number; durationSeconds: number };
