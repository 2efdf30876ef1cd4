import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kubernetesClusterFacts } from '../../../src/adapters/kubernetes/cluster-facts.ts';
import type { ClusterFacts, Right } from '../../../src/domain/doctor/facts.ts';
import { type Answer, FakeApiServer, status } from './fake-api-server.ts';

const EXTERNAL = 'v1beta1.external.metrics.k8s.io';
const LABELS = { 'app.kubernetes.io/name': 'tidecaster', 'app.kubernetes.io/component': 'server' };
const right = (verb: string): Right => ({ verb, group: '', resource: 'pods', namespace: '', name: '', why: '' });
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const list = (...items: object[]): object => ({ items, metadata: {} });

/** What the API server has at each path. */
const OBJECTS: Record<string, object> = {
  '/version': { gitVersion: 'v1.37.2' },
  '/api/v1/namespaces/kube-system/pods': list({
    spec: { containers: [{ command: ['kube-controller-manager', '--kube-api-qps=50'] }] },
  }),
  '/apis/autoscaling/v2/horizontalpodautoscalers': list({
    metadata: { namespace: 'shop', name: 'web' },
    spec: {
      metrics: [
        { type: 'External', external: { metric: { name: 'viewers' } } },
        { type: 'Pods', pods: { metric: { name: 'requests' } } },
        { type: 'Resource', resource: { name: 'cpu' } },
        { type: 'New', new: {} },
      ],
    },
    status: {
      conditions: [{ type: 'ScalingActive', status: 'False', reason: 'FailedGetExternalMetric', message: 'no' }],
    },
  }),
  '/apis/apiregistration.k8s.io/v1/apiservices': list(
    {
      metadata: {
        name: EXTERNAL,
        managedFields: [
          { manager: 'git', time: '2026-01-03T00:00:00Z', fieldsV1: { 'f:spec': { 'f:service': {} } } },
          { manager: 'keda', time: '2026-01-02T00:00:00Z', fieldsV1: { 'f:spec': { 'f:caBundle': {} } } },
          { manager: 'tidecaster-certs', time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:spec': { 'f:caBundle': {} } } },
        ],
      },
      spec: { service: { namespace: 'tide', name: 'tidecaster', port: 6443 }, caBundle: base64('ca') },
      status: { conditions: [{ type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' }] },
    },
    { metadata: { name: 'v1.apps' }, spec: {} },
  ),
  '/apis/apps/v1/deployments': list({
    metadata: { namespace: 'tide', name: 'tidecaster' },
    spec: {
      replicas: 2,
      template: {
        metadata: { labels: LABELS },
        spec: { serviceAccountName: 'caster', containers: [{ args: ['serve', '--lease-name=floors'] }] },
      },
    },
    status: { readyReplicas: 1 },
  }),
  '/api/v1/services': list(
    { metadata: { namespace: 'other', name: 'x' }, spec: { selector: LABELS } },
    { metadata: { namespace: 'tide', name: 'tidecaster' }, spec: { selector: LABELS } },
  ),
  '/apis/apps/v1/namespaces/tide/deployments/tidecaster': {
    spec: { template: { spec: { volumes: [{ configMap: {} }, { secret: { secretName: 'serving' } }] } } },
  },
  '/api/v1/namespaces/tide/secrets/serving': { data: { 'tls.crt': base64('certificate') } },
  '/apis/coordination.k8s.io/v1/namespaces/tide/leases/floors': {
    spec: { holderIdentity: 'a', renewTime: '2026-11-24T12:00:00.000000Z', leaseDurationSeconds: 15 },
  },
  '/apis/external.metrics.k8s.io/v1beta1': { resources: [{ name: 'viewers' }] },
};

describe('the facts of a cluster', () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await FakeApiServer.start();
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const answering = (objects: Record<string, object>): void => {
    server.answer = ({ path, body }): Answer => {
      if (path.endsWith('/subjectaccessreviews')) {
        const { spec } = body as { spec: { resourceAttributes: { verb: string } } };
        return {
          code: 201,
          body: { ...(body as object), status: { allowed: spec.resourceAttributes.verb === 'list' } },
        };
      }
      return objects[path] ? { code: 200, body: objects[path] } : status(404, 'not there', { reason: 'NotFound' });
    };
  };
  const read = async (now = Date.now): Promise<ClusterFacts> => {
    // beside eight engineers' tests an answer may take its time
    const client = await server.client(5000);
    return kubernetesClusterFacts(client, { apiServices: [EXTERNAL], now }).read(() => [right('list'), right('watch')]);
  };

  it('are read from its objects', async () => {
    answering(OBJECTS);
    const facts = await read();
    const service = { namespace: 'tide', name: 'tidecaster' };
    expect(facts).toMatchObject({
      server: { value: { gitVersion: 'v1.37.2' } },
      controller: { value: ['kube-controller-manager', '--kube-api-qps=50'] },
      hpas: {
        value: [
          {
            namespace: 'shop',
            name: 'web',
            metrics: [
              { type: 'External', name: 'viewers' },
              { type: 'Pods', name: 'requests' },
              { type: 'Resource', name: 'cpu' },
            ],
            blind: { reason: 'FailedGetExternalMetric', message: 'no' },
          },
        ],
      },
      apiServices: {
        value: [
          {
            name: EXTERNAL,
            service,
            caBundlePem: 'ca',
            verifies: true,
            available: { status: true, reason: 'Passed', message: 'all checks passed' },
            bundleWriter: 'keda',
          },
        ],
      },
      installations: {
        value: [{ ...service, serviceAccount: 'caster', service, replicas: { wanted: 2, ready: 1 } }],
      },
      certificatePem: { value: 'certificate' },
      missingRights: { value: [right('watch')] },
      lease: { value: { holder: 'a', renewed: Date.parse('2026-11-24T12:00:00Z'), durationSeconds: 15 } },
      externalMetrics: { value: ['viewers'] },
    });
  });

  it('write nothing: all but the questions of rights is a GET', async () => {
    answering(OBJECTS);
    await read();
    const others = server.received.filter(({ method }) => method !== 'GET').map(({ path }) => path);
    expect(new Set(others)).toEqual(new Set(['/apis/authorization.k8s.io/v1/subjectaccessreviews']));
  });

  it('say how far its clock is from ours', async () => {
    answering(OBJECTS);
    const { server: of } = await read(() => Date.now() - 60_000);
    const clock = of.type === 'known' ? of.value.clock : { ahead: 0, within: 0 };
    expect(Math.abs(clock.ahead - 60_000)).toBeLessThanOrEqual(clock.within);
  });

  it('are null where there is nothing, and say why where they cannot be read', async () => {
    const { '/apis/autoscaling/v2/horizontalpodautoscalers': _, ...rest } = OBJECTS;
    const { '/apis/coordination.k8s.io/v1/namespaces/tide/leases/floors': __, ...others } = rest;
    answering({ ...others, '/api/v1/namespaces/kube-system/pods': list() });
    const facts = await read();
    expect(facts.controller).toEqual({ type: 'known', value: null });
    expect(facts.lease).toEqual({ type: 'known', value: null });
    expect(facts.hpas).toMatchObject({ type: 'unknown', why: expect.stringContaining('not there') as unknown });
  });
});
