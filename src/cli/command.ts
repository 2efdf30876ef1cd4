import type { ParseArgsOptionsConfig } from 'node:util';
import type { AskedMetric, ExplainedMetric } from '../domain/rules/explained-metric.ts';
import type { LiveRead } from '../domain/compare/live-read.ts';
import type { DoctorFinding } from '../domain/doctor/checks.ts';
import type { MetricWant } from '../domain/hpa/metric-want.ts';
import type { PlanView } from '../domain/plan-view.ts';
import type { ApiResource } from '../domain/rules/api-resource.ts';
import type { SeriesType } from '../domain/rules/lint-types.ts';
import type { Settings } from '../config/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { MetricsApi } from '../ports/metrics-api.ts';
import type { MetricsBackends } from '../ports/metrics-backends.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import type { PolicySource } from '../ports/policy-source.ts';

/** One command of the table in commands.ts. */
export type Command = {
  name: string;
  /** One line for `tidecaster --help`. */
  summary: string;
  /** What stands after the name in the usage line. */
  usage: string;
  /** The text of `tidecaster NAME --help` below the usage line. */
  help: string;
  options: ParseArgsOptionsConfig;
  /** Prints its answer on stdout and resolves to the exit code. Throws our errors; main turns them into exit codes. */
  run(input: Input, tools: Tools): Promise<number>;
};

export type Input = {
  values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  positionals: readonly string[];
};

/** What the outside looks like to a command. Built in src/wiring, so that a command can be tested without one. */
export type Tools = {
  stdout(text: string): void;
  stderr(text: string): void;
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal;
  build: Build;
  /** @throws NotFoundError, ForbiddenError */
  readFile(file: string): Promise<string>;
  /** The YAML files of a folder, or the file itself. @throws NotFoundError */
  listFiles(path: string): Promise<string[]>;
  /** Writes files into a folder, all of them or none. @throws ConflictError where one is there already */
  writeNewFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void>;
  policyFolder(folder: string): PolicySource;
  /** The cluster of a kubeconfig; undefined: kubectl's own order, then the pod's service account. */
  cluster(kubeconfig: string | undefined): Promise<Cluster>;
  /** What a running server's last pass decided. @throws UnavailableError */
  remotePlan(url: string): Promise<PlanView>;
  /** A Prometheus, for rules check. Must be closed. */
  prometheus(url: string): Promise<AskedPrometheus>;
  /** The backends that rules name, with the credentials that they name. Must be closed. */
  backends(): Promise<MetricsBackends & { close(): void }>;
  /** The resources of a kubeconfig's cluster. @throws UnavailableError, ForbiddenError */
  resources(kubeconfig: string): Promise<readonly ApiResource[]>;
  /** What the HPAs of a kubeconfig's cluster name now. @throws UnavailableError, ForbiddenError */
  metricWants(kubeconfig: string | undefined): Promise<readonly MetricWant[]>;
  /** What a running server knows of one metric. @throws InvalidError, ForbiddenError, UnavailableError */
  explainedMetric(url: string, asked: AskedMetric): Promise<ExplainedMetric>;
  /** What is read of a running server. @throws ForbiddenError, UnavailableError */
  liveReads(url: string): Promise<readonly LiveRead[]>;
  /** An adapter's metrics APIs, to be closed. @throws InvalidError, NotFoundError */
  metricsApi(access: AdapterAccess): Promise<MetricsApi>;
  serve(settings: Settings): Promise<Service>;
  demo(options: DemoOptions): Promise<Service>;
  certificates(options: CertificateOptions): Promise<string[]>;
  /** What limits a cluster, the worst first. */
  doctor(options: DoctorOptions): Promise<DoctorFinding[]>;
};

/** A Prometheus that also says which types its series have. @throws UnavailableError */
export type AskedPrometheus = MetricsSource & {
  types(): Promise<ReadonlyMap<string, SeriesType>>;
  close(): void;
};

/** Something that runs until it is closed. `done` rejects when it cannot go on. */
export type Service = { lines: readonly string[]; done: Promise<void>; close(): Promise<void> };

export type Build = { version: string; node: string; zoneData: string };

/** url: null for the API server of the kubeconfig. The credentials are those of the files, else the kubeconfig's. */
export type AdapterAccess = {
  url: string | null;
  kubeconfig: string | undefined;
  caFile: string | undefined;
  certFile: string | undefined;
  keyFile: string | undefined;
  bearerTokenFile: string | undefined;
  serverName: string | undefined;
  verification: 'verify' | 'skip';
};

export type DemoOptions = { settings: Settings; speed: number; start: string | undefined };

/** wantsResourceMetrics: metrics.k8s.io is to be ours. */
export type DoctorOptions = { kubeconfig: string | undefined; wantsResourceMetrics: boolean };

export type CertificateOptions = {
  kubeconfig: string | undefined;
  secretNamespace: string;
  secretName: string;
  service: string;
  serviceNamespace: string;
  apiServices: readonly string[];
};
