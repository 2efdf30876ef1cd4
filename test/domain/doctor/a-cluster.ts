import type { CertificateFacts } from '../../../src/domain/certificate-renewal.ts';
import type { ApiServiceFacts, ClusterFacts, HpaFacts, Installation, Known } from '../../../src/domain/doctor/facts.ts';

export const NOW = Date.parse('2026-11-24T12:00:00Z');
const DAY = 86_400_000;

export const known = <T>(value: T): Known<T> => ({ type: 'known', value });
export const unknown = (why: string): Known<never> => ({ type: 'unknown', why });

export const SERVICE = { namespace: 'tide', name: 'tidecaster' };

export const anApiService = (name: string, about: Partial<ApiServiceFacts> = {}): ApiServiceFacts => ({
  name,
  service: SERVICE,
  caBundlePem: 'ca',
  verifies: true,
  available: { status: true, reason: 'Passed', message: 'all checks passed' },
  bundleWriter: 'tidecaster-certs',
  ...about,
});

export const anHpa = (metrics: HpaFacts['metrics'], about: Partial<HpaFacts> = {}): HpaFacts => ({
  namespace: 'shop',
  name: 'web',
  metrics,
  blind: null,
  ...about,
});

export const anInstallation = (about: Partial<Installation> = {}): Installation => ({
  namespace: 'tide',
  name: 'tidecaster',
  serviceAccount: 'tidecaster',
  service: SERVICE,
  replicas: { wanted: 2, ready: 2 },
  args: ['serve', '--policies=/policies', '--lease-name=tidecaster'],
  ...about,
});

/** A cluster in which all is well. */
export const aCluster = (about: Partial<ClusterFacts> = {}): ClusterFacts => ({
  server: known({ gitVersion: 'v1.37.2', clock: { ahead: 300, within: 600 } }),
  controller: known(['kube-controller-manager', '--kube-api-qps=50']),
  hpas: known([anHpa([{ type: 'External', name: 'viewers' }])]),
  apiServices: known([
    anApiService('v1beta1.external.metrics.k8s.io'),
    anApiService('v1beta1.custom.metrics.k8s.io'),
    anApiService('v1beta2.custom.metrics.k8s.io'),
  ]),
  installations: known([anInstallation()]),
  certificatePem: known('certificate'),
  missingRights: known([]),
  lease: known({ holder: 'tidecaster-0', renewed: NOW - 2000, durationSeconds: 15 }),
  externalMetrics: known(['viewers']),
  ...about,
});

/** For the Service, in the middle of its life. The CA "ca" alone vouches for it. */
export const aCertificate = (about: Partial<CertificateFacts> = {}): CertificateFacts => ({
  dnsNames: ['tidecaster.tide.svc', 'tidecaster.tide.svc.cluster.local'],
  ipAddresses: [],
  notBefore: NOW - 100 * DAY,
  notAfter: NOW + 265 * DAY,
  signedByCa: true,
  keyMatches: false,
  ...about,
});
