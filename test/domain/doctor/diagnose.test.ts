import { describe, expect, it } from '@jest/globals';
import type { CertificateFacts } from '../../../src/domain/certificate-renewal.ts';
import { CHECKS, type DoctorFinding } from '../../../src/domain/doctor/checks.ts';
import { diagnose } from '../../../src/domain/doctor/diagnose.ts';
import type { ClusterFacts } from '../../../src/domain/doctor/facts.ts';
import { NOW, aCertificate, aCluster, anApiService, anHpa, anInstallation, known, unknown } from './a-cluster.ts';

type Options = { certificate?: Partial<CertificateFacts>; wantsResourceMetrics?: boolean };
const found = (about: Partial<ClusterFacts>, { certificate = {}, wantsResourceMetrics = false }: Options = {}) =>
  diagnose(aCluster(about), {
    now: NOW,
    wantsResourceMetrics,
    inspect: (pem, caPem) =>
      pem === 'certificate' ? aCertificate({ signedByCa: caPem === 'ca', ...certificate }) : null,
  });
const said = ({ check, subject, what }: DoctorFinding): string => `${check}: ${subject} ${what}`;

const EXTERNAL = 'v1beta1.external.metrics.k8s.io';
const RESOURCE = 'v1beta1.metrics.k8s.io';
const many = (count: number, type: 'External' | 'Pods', name = 'viewers') =>
  known(Array.from({ length: count }, (_, index) => anHpa([{ type, name }], { name: `web-${index}` })));

it('nothing is found where all is well', () => {
  expect(found({})).toEqual([]);
});

/** One thing is broken at a time. */
const BROKEN: [string, Partial<ClusterFacts>, string][] = [
  [
    'a fact that cannot be read',
    { lease: unknown('leases is forbidden') },
    'Unreadable: the Lease leases is forbidden',
  ],
  ['no Deployment', { installations: known([]) }, 'NotInstalled: Tidecaster no Deployment carries its labels'],
  [
    'two Deployments',
    { installations: known([anInstallation(), anInstallation({ namespace: 'other' })]) },
    'SeveralInstallations: Deployment tide/tidecaster also Deployment other/tidecaster',
  ],
  [
    'a replica that is not ready',
    { installations: known([anInstallation({ replicas: { wanted: 2, ready: 1 } })]) },
    'ReplicasMissing: Deployment tide/tidecaster 1 of 2 replicas are ready',
  ],
  [
    'a group that HPAs read and nobody registered',
    { apiServices: known([]) },
    `ApiServiceMissing: ${EXTERNAL} is not registered, but 1 HPAs read External metrics`,
  ],
  [
    'an APIService that the control plane does not reach',
    {
      apiServices: known([
        anApiService(EXTERNAL, { available: { status: false, reason: 'FailedDiscoveryCheck', message: 'timed out' } }),
      ]),
    },
    `ApiServiceUnavailable: ${EXTERNAL} FailedDiscoveryCheck: timed out`,
  ],
  [
    'an APIService that nobody looked at yet',
    { apiServices: known([anApiService(EXTERNAL, { available: null })]) },
    `ApiServiceUnavailable: ${EXTERNAL} has no condition Available yet`,
  ],
  [
    'KEDA as owner of the group',
    {
      apiServices: known([
        anApiService(EXTERNAL, { service: { namespace: 'keda', name: 'keda-operator-metrics-apiserver' } }),
      ]),
    },
    `OtherOwner: ${EXTERNAL} is owned by Service keda/keda-operator-metrics-apiserver`,
  ],
  [
    'metrics-server, which is well unless we want to be it',
    {
      apiServices: known([
        anApiService(EXTERNAL),
        anApiService(RESOURCE, { service: { namespace: 'kube-system', name: 'metrics-server' } }),
      ]),
    },
    `OtherResourceMetrics: ${RESOURCE} is owned by Service kube-system/metrics-server`,
  ],
  [
    'a second writer of the caBundle',
    { apiServices: known([anApiService(EXTERNAL, { bundleWriter: 'keda' })]) },
    `OtherWriter: ${EXTERNAL} its caBundle was written by keda`,
  ],
  [
    'a caBundle of another CA',
    { apiServices: known([anApiService(EXTERNAL, { caBundlePem: 'another' })]) },
    `BundleDiffers: ${EXTERNAL} its caBundle does not vouch for the serving certificate`,
  ],
  [
    'no caBundle',
    { apiServices: known([anApiService(EXTERNAL, { caBundlePem: '' })]) },
    `BundleDiffers: ${EXTERNAL} its caBundle is empty`,
  ],
  [
    'a certificate that is not verified',
    { apiServices: known([anApiService(EXTERNAL, { verifies: false, caBundlePem: '' })]) },
    `NotVerified: ${EXTERNAL} has insecureSkipTLSVerify: true`,
  ],
  [
    'an empty Secret',
    { certificatePem: known(null) },
    'CertificateMissing: Deployment tide/tidecaster its Secret holds no certificate that can be read',
  ],
  [
    'a right that is missing',
    {
      missingRights: known([
        {
          verb: 'patch',
          group: 'autoscaling',
          resource: 'horizontalpodautoscalers',
          namespace: '',
          name: '',
          why: 'write',
        },
      ]),
    },
    'RightMissing: ServiceAccount tide/tidecaster may not patch horizontalpodautoscalers.autoscaling in all namespaces: to write',
  ],
  [
    'a right on one object that is missing',
    {
      missingRights: known([
        { verb: 'get', group: '', resource: 'configmaps', namespace: 'kube-system', name: 'x', why: 'know' },
      ]),
    },
    'RightMissing: ServiceAccount tide/tidecaster may not get configmaps x in kube-system: to know',
  ],
  [
    'Kubernetes 1.36',
    { server: known({ gitVersion: 'v1.36.1', clock: { ahead: 0, within: 500 } }) },
    'VersionDiffers: API server is v1.36.1',
  ],
  [
    'Kubernetes 1.31',
    { server: known({ gitVersion: 'v1.31.9-gke.1', clock: { ahead: 0, within: 500 } }) },
    'VersionUntested: API server is v1.31.9-gke.1',
  ],
  [
    'a clock that is ahead',
    { server: known({ gitVersion: 'v1.37.2', clock: { ahead: 90_500, within: 600 } }) },
    "ClockSkew: API server its clock is 90.5 s ahead of this machine's, give or take 0.6 s",
  ],
  [
    'a holder whose clock is ahead',
    { lease: known({ holder: 'a', renewed: NOW + 30_000, durationSeconds: 15 }) },
    'LeaseAhead: Deployment tide/tidecaster a renewed the Lease 29.7 s in the future',
  ],
  [
    'a Lease that nobody renews',
    { lease: known({ holder: 'a', renewed: NOW - 100_000, durationSeconds: 15 }) },
    'LeaseAbandoned: Deployment tide/tidecaster a renewed the Lease last 100 s ago',
  ],
  ['no Lease', { lease: known(null) }, 'LeaseAbandoned: Deployment tide/tidecaster there is no Lease'],
  [
    'an HPA that cannot read its metric',
    {
      hpas: known([
        anHpa([{ type: 'External', name: 'viewers' }], { blind: { reason: 'FailedGetExternalMetric', message: 'no' } }),
      ]),
    },
    'HpaBlind: HPA shop/web FailedGetExternalMetric: no',
  ],
  [
    'a metric that nobody serves',
    { hpas: known([anHpa([{ type: 'External', name: 'viewer' }])]) },
    'MetricUnknown: HPA shop/web names the external metric viewer',
  ],
  [
    'a name with capitals',
    { hpas: known([anHpa([{ type: 'External', name: 'Viewers' }])]) },
    'NameWithCapitals: HPA shop/web names the external metric Viewers',
  ],
  [
    'more reads than the controller can make',
    { hpas: many(800, 'External') },
    'ControllerOverloaded: kube-controller-manager 800 reads of external metrics in each period of 15 s; at 50 calls a second it can make 750, so that a round takes 16 s',
  ],
  [
    'nearly as many',
    { hpas: many(600, 'Pods') },
    'ControllerNearLimit: kube-controller-manager 600 reads of custom metrics in each period of 15 s; at 50 calls a second it can make 750',
  ],
  [
    'workers that have no time to wait',
    { hpas: many(900, 'External'), controller: known(['--kube-api-qps=1000']) },
    'WorkersBusy: kube-controller-manager 1800 calls in 15 s by 5 workers: 41 ms for each',
  ],
  [
    'a controller that cannot be seen',
    { controller: known(null) },
    'ControllerFlagsAssumed: kube-controller-manager assumed are 20 calls a second, 5 workers and a period of 15 s: about 300 reads of each kind a period',
  ],
];

it.each(BROKEN)('%s is found', (_what, about, sentence) => {
  expect(found(about).map(said)).toContain(sentence);
});

it.each([
  [
    'ended',
    { notAfter: NOW - 1000 },
    'CertificateExpired: Deployment tide/tidecaster its certificate ends 2026-11-24T11:59:59.000Z',
  ],
  [
    'ends soon',
    { notAfter: NOW + 1_000_000 },
    'CertificateEnds: Deployment tide/tidecaster its certificate ends 2026-11-24T12:16:40.000Z',
  ],
  [
    'is for another name',
    { dnsNames: ['x.y.svc'] },
    `CertificateNames: ${EXTERNAL} needs tidecaster.tide.svc, the certificate is for x.y.svc`,
  ],
])('a certificate that %s is found', (_what, certificate, sentence) => {
  expect(found({}, { certificate }).map(said)).toContain(sentence);
});

it('metrics.k8s.io of somebody else is an error to who wants it', () => {
  const apiServices = known([
    anApiService(RESOURCE, { service: { namespace: 'kube-system', name: 'metrics-server' } }),
  ]);
  const [finding] = found({ apiServices, hpas: known([]) }, { wantsResourceMetrics: true });
  expect(finding).toMatchObject({ check: 'ResourceMetricsTaken', severity: 'error' });
});

describe('what is not a finding', () => {
  it.each<[string, Partial<ClusterFacts>]>([
    [
      'a metric that is not listed, where a neighbour is asked',
      {
        hpas: known([anHpa([{ type: 'External', name: 's0-kafka' }])]),
        installations: known([anInstallation({ args: ['serve', '--neighbour=keda/metrics:443'] })]),
      },
    ],
    [
      'no Lease, where no policies are followed',
      { installations: known([anInstallation({ args: [] })]), lease: known(null) },
    ],
    [
      'a Lease that is late by as much as the clocks may differ',
      { lease: known({ holder: 'a', renewed: NOW - 17_000, durationSeconds: 15 }) },
    ],
    [
      '300 reads at 20 calls a second and 30 s',
      { hpas: many(300, 'External'), controller: known(['--horizontal-pod-autoscaler-sync-period', '30s']) },
    ],
    [
      "cert-manager's CA",
      { apiServices: known([anApiService(EXTERNAL, { bundleWriter: 'cert-manager-cainjector' })]) },
    ],
  ])('%s', (_what, about) => {
    expect(found(about)).toEqual([]);
  });
});

it('what cannot be read is said once each, and judged by nobody', () => {
  const why = 'forbidden';
  const all = Object.keys(aCluster()).map((name) => [name, unknown(why)]);
  const findings = found(Object.fromEntries(all) as Partial<ClusterFacts>);
  expect(findings.map(({ check }) => check)).toEqual(all.map(() => 'Unreadable'));
});

it('the worst comes first, and many HPAs are named by five', () => {
  const findings = found({ hpas: many(8, 'External', 'Nobodys'), controller: known(null) });
  expect(findings.map(({ severity }) => severity)).toEqual(['error', 'warning', 'note']);
  expect(findings[0]?.subject).toBe('HPA shop/web-0, shop/web-1, shop/web-2, shop/web-3, shop/web-4 and 3 more');
});

it('each check is found by some test of this file', () => {
  const elsewhere = ['CertificateExpired', 'CertificateEnds', 'CertificateNames', 'ResourceMetricsTaken'];
  const tested = new Set([...BROKEN.map(([, , sentence]) => sentence.split(':')[0]!), ...elsewhere]);
  expect([...tested].toSorted()).toEqual(Object.keys(CHECKS).toSorted());
});
