import type { Target } from '../client/connection.ts';
import type { Ground } from './ground.ts';

const ACCOUNT = '/api/v1/namespaces/kube-system/serviceaccounts';
const GROUP = 'external.metrics.k8s.io';
const NAME = `v1beta1.${GROUP}`;
const PATH = '/apis/apiregistration.k8s.io/v1/apiservices';

/** Has the API server hand External reads on to the adapter at a port while something runs, which gets how it is asked: as the HPA controller, by its token. */
export async function throughAggregator<T>(
  ground: Ground,
  port: number,
  run: (target: Target) => Promise<T>,
): Promise<T> {
  const { address, controlPlane } = ground;
  const { api, kubectl, server } = controlPlane;
  const token = await tokenOfHpaController(ground);
  // an ExternalName, so that the aggregator dials the process on this machine
  const service = { metadata: { name: 'adapter' }, spec: { type: 'ExternalName', externalName: address } };
  await api.send({ method: 'POST', path: '/api/v1/namespaces/default/services', body: service });
  const registration = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: NAME },
    spec: {
      group: GROUP,
      version: 'v1beta1',
      service: { namespace: 'default', name: 'adapter', port },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  };
  await api.ask({ method: 'POST', path: PATH, body: registration });
  try {
    await kubectl(['wait', '--for=condition=Available', `apiservice/${NAME}`, '--timeout=60s']);
    const headers = { authorization: `Bearer ${token}` };
    return await run({ address, port: Number(new URL(server).port), client: null, headers });
  } finally {
    await api.send({ method: 'DELETE', path: `${PATH}/${NAME}` });
  }
}

async function tokenOfHpaController({ controlPlane: { api } }: Ground): Promise<string> {
  const name = 'horizontal-pod-autoscaler';
  await api.send({ method: 'POST', path: ACCOUNT, body: { metadata: { name } } });
  const { status } = await api.ask<{ status: { token: string } }>({
    method: 'POST',
    path: `${ACCOUNT}/${name}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  });
  return status.token;
}
