import type {
  ApiServiceFacts,
  HpaFacts,
  Installation,
  LeaseFacts,
  MetricSource,
  ServiceName,
} from '../../domain/doctor/facts.ts';
import { bundleWriter } from './bundle-writer.ts';
import { type Fields, fields, list, text, texts } from './json-fields.ts';

export function hpaFacts({ metadata, spec, status }: Fields): HpaFacts {
  const { namespace, name } = named(metadata);
  const conditions = list(fields(status).conditions);
  const off = conditions.find(
    ({ type, status: state, reason }) => type === 'ScalingActive' && state === 'False' && reason !== 'ScalingDisabled',
  );
  return {
    namespace,
    name,
    metrics: list(fields(spec).metrics).flatMap(metricOf),
    blind: off ? { reason: text(off.reason), message: text(off.message) } : null,
  };
}

const SOURCES: ReadonlyMap<unknown, { type: MetricSource; key: string }> = new Map(
  (['External', 'Pods', 'Object', 'Resource', 'ContainerResource'] as const).map((type) => [
    type,
    { type, key: type[0]!.toLowerCase() + type.slice(1) },
  ]),
);

function metricOf(metric: Fields): { type: MetricSource; name: string }[] {
  const source = SOURCES.get(metric.type);
  if (!source) return [];
  const of = fields(metric[source.key]);
  return [{ type: source.type, name: text(of.name ?? fields(of.metric).name) }];
}

export function apiServiceFacts({ metadata, spec, status }: Fields): ApiServiceFacts {
  const { service, caBundle, insecureSkipTLSVerify } = fields(spec);
  const available = list(fields(status).conditions).find(({ type }) => type === 'Available');
  return {
    name: named(metadata).name,
    service: service === undefined ? null : named(service),
    caBundlePem: Buffer.from(text(caBundle), 'base64').toString(),
    verifies: insecureSkipTLSVerify !== true,
    available: available
      ? { status: available.status === 'True', reason: text(available.reason), message: text(available.message) }
      : null,
    bundleWriter: bundleWriter(list(fields(metadata).managedFields)),
  };
}

/** A Service, and the labels that it selects pods by. */
export type FoundService = ServiceName & { selector: Fields };

export const serviceOf = ({ metadata, spec }: Fields): FoundService => ({
  ...named(metadata),
  selector: fields(fields(spec).selector),
});

export function installationOf({ metadata, spec, status }: Fields, services: readonly FoundService[]): Installation {
  const { namespace, name } = named(metadata);
  const template = fields(fields(spec).template);
  const labels = fields(fields(template.metadata).labels);
  const pod = fields(template.spec);
  const service = services.find(
    (one) =>
      one.namespace === namespace && Object.entries(one.selector).every(([label, value]) => labels[label] === value),
  );
  return {
    namespace,
    name,
    serviceAccount: text(pod.serviceAccountName) || 'default',
    service: service ? { namespace: service.namespace, name: service.name } : null,
    replicas: { wanted: Number(fields(spec).replicas ?? 1), ready: Number(fields(status).readyReplicas ?? 0) },
    args: list(pod.containers).flatMap(({ args }) => texts(args)),
  };
}

export function leaseFacts({ spec }: Fields): LeaseFacts {
  const { holderIdentity, renewTime, leaseDurationSeconds } = fields(spec);
  return {
    holder: text(holderIdentity),
    renewed: Date.parse(text(renewTime)) || 0,
    durationSeconds: Number(leaseDurationSeconds ?? 0),
  };
}

function named(metadata: unknown): ServiceName {
  const { namespace, name } = fields(metadata);
  return { namespace: text(namespace), name: text(name) };
}
