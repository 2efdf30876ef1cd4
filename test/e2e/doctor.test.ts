import type { V1APIService, V1Secret } from '@kubernetes/client-node';
import { certificatePem, makeCa, makeServingCert } from '../../src/adapters/certificates/issue.ts';
import type { CheckName, DoctorFinding } from '../../src/domain/doctor/checks.ts';
import type { Tidecaster } from '../controlplane/tidecaster.ts';
import { tidecasterCommand } from './command.ts';
import { API_SERVICE, Environment } from './environment.ts';
import { eventually } from './eventually.ts';

const SECRET = '/api/v1/namespaces/tidecaster-system/secrets/tidecaster-serving';
const MERGE = 'application/merge-patch+json';
const WEB = 'doctor-web';
const HPA = `/apis/autoscaling/v2/namespaces/streaming/horizontalpodautoscalers/${WEB}`;

const environment = new Environment();
const { kubectl, controlPlane } = environment;
const { api } = controlPlane;
let tidecaster: Tidecaster;

beforeAll(async () => {
  tidecaster = await environment.tidecaster();
  await tidecaster.start();
});
afterAll(() => environment.close(tidecaster));

/** The command itself, with an administrator's kubeconfig. */
async function doctor(...flags: string[]): Promise<{ code: number; findings: DoctorFinding[] }> {
  const args = ['doctor', '-o', 'json', ...flags];
  const { code, out, err } = await tidecasterCommand(args, environment.shared.access.kubeconfig);
  expect(err).toBe('');
  return { code, findings: JSON.parse(out) as DoctorFinding[] };
}

const errorsOf = ({ findings }: Awaited<ReturnType<typeof doctor>>): DoctorFinding[] =>
  findings.filter(({ severity }) => severity === 'error');

/** What it says while something is broken, and that it says nothing of it once that is mended. */
async function finds(check: CheckName, about: RegExp, mend: () => Promise<unknown>): Promise<void> {
  try {
    await eventually(async () => {
      const { code, findings } = await doctor();
      const said = findings.filter((finding) => finding.check === check);
      expect(said.map(({ subject, what }) => `${subject} ${what}`)).toContainEqual(expect.stringMatching(about));
      if (said[0]?.severity === 'error') expect(code).toBe(1);
    });
  } finally {
    await mend();
  }
  await eventually(async () => expect((await doctor()).findings.map((one) => one.check)).not.toContain(check));
}

test('a sandbox in which all is well has no error', async () => {
  await eventually(async () => {
    const result = await doctor();
    expect(errorsOf(result)).toEqual([]);
    expect(result.code).toBe(0);
  });
  const { findings } = await doctor();
  // kube-controller-manager is a process here and no pod
  expect(findings.map(({ check }) => check)).toContain('ControllerFlagsAssumed');
  expect(findings.filter(({ check }) => check === 'Unreadable')).toEqual([]);
});

test('a ClusterRoleBinding that is gone is a right that is missing', async () => {
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/tidecaster';
  const binding = await api.ask<{ metadata: { labels: object; annotations: object } }>({ path });
  await api.ask({ method: 'DELETE', path });
  const { labels, annotations } = binding.metadata;
  const again = { ...binding, metadata: { name: 'tidecaster', labels, annotations } };
  await finds('RightMissing', /tidecaster may not patch horizontalpodautoscalers\.autoscaling/, () =>
    kubectl(['create', '-f', '-'], JSON.stringify(again)),
  );
});

test("another's caBundle is found, with who wrote it", async () => {
  const { spec } = await api.ask<V1APIService>({ path: API_SERVICE });
  const ca = certificatePem(await makeCa({ from: new Date(), days: 1 }));
  const write = (caBundle: string, manager: string): Promise<unknown> =>
    api.ask({
      method: 'PATCH',
      path: `${API_SERVICE}?fieldManager=${manager}`,
      contentType: MERGE,
      body: { spec: { caBundle } },
    });
  await write(Buffer.from(ca).toString('base64'), 'keda');
  await eventually(async () => {
    const checks = (await doctor()).findings.map(({ check, what }) => `${check} ${what}`);
    expect(checks).toContain('OtherWriter its caBundle was written by keda');
  });
  await finds('BundleDiffers', /external.* does not vouch/, () => write(spec!.caBundle!, 'tidecaster-certs'));
});

test('a certificate that has ended is found', async () => {
  const { data } = await api.ask<V1Secret>({ path: SECRET });
  const names = { dnsNames: ['tidecaster.tidecaster-system.svc'], ipAddresses: [] };
  const valid = { from: new Date(Date.now() - 10 * 86_400_000), days: 1 };
  const ended = certificatePem(await makeServingCert(names, valid, await makeCa(valid)));
  const write = (crt: string): Promise<unknown> =>
    api.ask({ method: 'PATCH', path: SECRET, contentType: MERGE, body: { data: { 'tls.crt': crt } } });
  await write(Buffer.from(ended).toString('base64'));
  await finds('CertificateExpired', /tidecaster its certificate ends/, () => write(data!['tls.crt']!));
});

test('another owner of the group is named', async () => {
  const { spec } = await api.ask<V1APIService>({ path: API_SERVICE });
  const write = (service: object): Promise<unknown> =>
    api.ask({ method: 'PATCH', path: API_SERVICE, contentType: MERGE, body: { spec: { service } } });
  await write({ namespace: 'keda', name: 'keda-operator-metrics-apiserver', port: 443 });
  await finds('OtherOwner', /external.* is owned by Service keda\/keda-operator-metrics-apiserver/, () =>
    write(spec!.service!),
  );
  await eventually(async () => expect(errorsOf(await doctor())).toEqual([]));
});

test('an HPA that names what nobody serves, in capitals, is named', async () => {
  const metric = { name: 'NobodysMetric' };
  const body = {
    metadata: { name: WEB, namespace: 'streaming' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: WEB },
      maxReplicas: 2,
      metrics: [{ type: 'External', external: { metric, target: { type: 'AverageValue', averageValue: '1' } } }],
    },
  };
  const folder = HPA.slice(0, HPA.lastIndexOf('/'));
  await api.ask({
    method: 'POST',
    path: folder,
    body: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', ...body },
  });
  await eventually(async () => {
    expect((await doctor()).findings.map(({ check }) => check)).toContain('NameWithCapitals');
  });
  await finds('MetricUnknown', /streaming\/doctor-web names the external metric NobodysMetric/, () =>
    api.ask({ method: 'DELETE', path: HPA }),
  );
});
