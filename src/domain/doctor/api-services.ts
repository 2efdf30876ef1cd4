import { mayWriteBundle } from '../bundle-writers.ts';
import type { CertificateFacts } from '../certificate-renewal.ts';
import { type DoctorFinding, found } from './checks.ts';
import type { ApiServiceFacts, HpaFacts, Installation, MetricSource, ServiceName } from './facts.ts';

/** What of a certificate can be seen beside a CA bundle; null where it cannot be read. */
export type Inspect = (certificatePem: string, caPem: string) => CertificateFacts | null;

/** The groups that we can serve, and the metrics of an HPA that are read there. */
const GROUPS: readonly { name: string; types: readonly MetricSource[] }[] = [
  { name: 'v1beta1.external.metrics.k8s.io', types: ['External'] },
  { name: 'v1beta2.custom.metrics.k8s.io', types: ['Pods', 'Object'] },
  { name: 'v1beta1.custom.metrics.k8s.io', types: [] },
  { name: 'v1beta1.metrics.k8s.io', types: ['Resource', 'ContainerResource'] },
];
export const API_SERVICES: readonly string[] = GROUPS.map(({ name }) => name);
const RESOURCE_METRICS = 'v1beta1.metrics.k8s.io';

export type ApiServicesInput = {
  apiServices: readonly ApiServiceFacts[];
  hpas: readonly HpaFacts[];
  installation: Installation;
  /** null where it could not be read or is not there. */
  certificatePem: string | null;
  inspect: Inspect;
  /** Whether metrics.k8s.io is to be ours: the component resource-metrics. */
  wantsResourceMetrics: boolean;
};

export function apiServiceFindings(input: ApiServicesInput): DoctorFinding[] {
  return [...missing(input), ...input.apiServices.flatMap((one) => lookAt(one, input))];
}

function missing({ apiServices, hpas }: ApiServicesInput): DoctorFinding[] {
  return GROUPS.flatMap(({ name, types }): DoctorFinding[] => {
    if (apiServices.some((one) => one.name === name)) return [];
    const users = hpas.filter(({ metrics }) => metrics.some(({ type }) => types.includes(type)));
    if (users.length === 0) return [];
    return [
      found('ApiServiceMissing', name, `is not registered, but ${users.length} HPAs read ${types.join(', ')} metrics`),
    ];
  });
}

function lookAt(one: ApiServiceFacts, input: ApiServicesInput): DoctorFinding[] {
  const { name, service, available, verifies, bundleWriter } = one;
  const ours = service !== null && isSame(service, input.installation.service);
  const findings: DoctorFinding[] = [];
  if (available?.status !== true) {
    const why = available === null ? 'has no condition Available yet' : `${available.reason}: ${available.message}`;
    findings.push(found('ApiServiceUnavailable', name, why));
  }
  if (!ours) return [...findings, owner(one, input.wantsResourceMetrics)];
  if (!verifies) findings.push(found('NotVerified', name, 'has insecureSkipTLSVerify: true'));
  if (bundleWriter !== null && !mayWriteBundle(bundleWriter))
    findings.push(found('OtherWriter', name, `its caBundle was written by ${bundleWriter}`));
  return [...findings, ...certificate(one, service, input)];
}

/** metrics.k8s.io is usually metrics-server's, and that is well; to want it too is a fault. */
function owner({ name, service }: ApiServiceFacts, wantsResourceMetrics: boolean): DoctorFinding {
  const who = service === null ? 'the API server itself' : `Service ${service.namespace}/${service.name}`;
  if (name !== RESOURCE_METRICS) return found('OtherOwner', name, `is owned by ${who}`);
  return found(wantsResourceMetrics ? 'ResourceMetricsTaken' : 'OtherResourceMetrics', name, `is owned by ${who}`);
}

function certificate(one: ApiServiceFacts, service: ServiceName, input: ApiServicesInput): DoctorFinding[] {
  const { certificatePem, inspect } = input;
  const facts = certificatePem === null ? null : inspect(certificatePem, one.caBundlePem);
  if (facts === null) return [];
  const findings: DoctorFinding[] = [];
  const host = `${service.name}.${service.namespace}.svc`;
  if (!facts.dnsNames.includes(host))
    findings.push(
      found('CertificateNames', one.name, `needs ${host}, the certificate is for ${facts.dnsNames.join(', ')}`),
    );
  if (one.verifies && !facts.signedByCa) {
    const bundle = one.caBundlePem === '' ? 'is empty' : 'does not vouch for the serving certificate';
    findings.push(found('BundleDiffers', one.name, `its caBundle ${bundle}`));
  }
  return findings;
}

const isSame = (a: ServiceName, b: ServiceName | null): boolean =>
  b !== null && a.namespace === b.namespace && a.name === b.name;
