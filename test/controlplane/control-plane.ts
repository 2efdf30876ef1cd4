import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from './api-client.ts';
import { NODE_NAME, PORTS } from './address.ts';
import type { BinaryName } from './binaries.ts';
import { type Kubectl, makeKubectl } from './kubectl.ts';
import { type KeyPair, type Pki, makePki } from './pki.ts';
import type { Processes, RunningProcess } from './processes.ts';

export type ApiServerOptions = {
  binaries: Record<'etcd' | 'kube-apiserver' | 'kubectl', string>;
  processes: Processes;
  /** An existing folder; everything the control plane keeps is below it. */
  folder: string;
  /** The loopback address that all components listen on, at the ports of address.ts. */
  address: string;
  /** Admission plugins that are off. */
  withoutAdmission?: readonly string[];
};

export type ControlPlaneOptions = ApiServerOptions & {
  binaries: Record<BinaryName, string>;
  /** --horizontal-pod-autoscaler-sync-period; Kubernetes' own default is 15. */
  hpaSyncSeconds: number;
};

/** How a control plane is reached; plain data, so that another process can connect to it. Paths are absolute. */
export type Access = {
  server: string;
  /** kubeconfig of a cluster administrator. */
  kubeconfig: string;
  /** PEM file of the CA that signed the API server. */
  ca: string;
  admin: KeyPair;
  kubectlBinary: string;
};

export type ControlPlane = Access & { kubectl: Kubectl; api: ApiClient };

/** A control plane that runs already. */
export function connect(access: Access): ControlPlane {
  const { server, ca, admin, kubectlBinary, kubeconfig } = access;
  return {
    ...access,
    kubectl: makeKubectl(kubectlBinary, kubeconfig),
    api: new ApiClient(server, { ca: readFileSync(ca) }, admin),
  };
}

/** etcd and kube-apiserver with its aggregator, and nobody who acts on what it keeps. */
export async function startApiServer(
  options: ApiServerOptions,
): Promise<{ controlPlane: ControlPlane; pki: Pki; apiServer: RunningProcess }> {
  const { binaries, processes, folder, address, withoutAdmission = [] } = options;
  const pki = await makePki(join(folder, 'pki'), address);
  const server = `https://${address}:${PORTS.kubeApiserver}`;
  const controlPlane = connect({
    server,
    kubeconfig: writeKubeconfig(join(folder, 'admin.kubeconfig'), server, pki.ca, pki.admin),
    ca: pki.ca,
    admin: pki.admin,
    kubectlBinary: binaries.kubectl,
  });
  await startEtcd(options);
  const apiServer = await processes.start({
    name: 'kube-apiserver',
    command: binaries['kube-apiserver'],
    args: kubeApiserverArgs(address, pki, withoutAdmission),
    cwd: folder,
    ready: async () => (await controlPlane.api.send({ path: '/readyz' })).status === 200,
  });
  return { controlPlane, pki, apiServer };
}

/** A real control plane: etcd, kube-apiserver with its aggregator, kube-controller-manager, kube-scheduler, kwok's one node. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { binaries, processes, folder, address } = options;
  const { controlPlane, pki } = await startApiServer(options);
  const { api, server } = controlPlane;
  const kubeconfigs = {
    admin: controlPlane.kubeconfig,
    controllerManager: writeKubeconfig(join(folder, 'kcm.kubeconfig'), server, pki.ca, pki.kubeControllerManager),
    scheduler: writeKubeconfig(join(folder, 'scheduler.kubeconfig'), server, pki.ca, pki.kubeScheduler),
  };
  const secured = (kubeconfig: string, port: number): string[] => [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    `--bind-address=${address}`,
    `--secure-port=${port}`,
    `--tls-cert-file=${pki.apiserver.certificate}`,
    `--tls-private-key-file=${pki.apiserver.key}`,
    '--leader-elect=false',
  ];
  const healthy = (port: number): (() => Promise<boolean>) => {
    const component = new ApiClient(`https://${address}:${port}`, { ca: readFileSync(pki.ca) }, pki.admin);
    return async () => (await component.send({ path: '/healthz' })).status === 200;
  };
  await Promise.all([
    processes.start({
      name: 'kube-controller-manager',
      command: binaries['kube-controller-manager'],
      args: [
        ...secured(kubeconfigs.controllerManager, PORTS.kubeControllerManager),
        '--use-service-account-credentials=true', // or its controllers are refused by RBAC
        `--service-account-private-key-file=${pki.serviceAccountKey}`,
        `--root-ca-file=${pki.ca}`,
        `--horizontal-pod-autoscaler-sync-period=${options.hpaSyncSeconds}s`,
        `--controllers=${CONTROLLERS.join(',')}`,
      ],
      ready: healthy(PORTS.kubeControllerManager),
    }),
    processes.start({
      name: 'kube-scheduler',
      command: binaries['kube-scheduler'],
      args: secured(kubeconfigs.scheduler, PORTS.kubeScheduler),
      ready: healthy(PORTS.kubeScheduler),
    }),
    processes.start({
      name: 'kwok',
      command: binaries.kwok,
      args: [
        `--kubeconfig=${kubeconfigs.admin}`,
        '--manage-all-nodes=true',
        `--node-ip=${address}`,
        `--server-address=${address}:${PORTS.kwok}`,
        '--cidr=10.128.0.1/16', // the pods' addresses
        `--config=${join(import.meta.dirname, 'kwok-stages.yaml')}`,
      ],
      environment: { HOME: folder },
      ready: async () => (await fetch(`http://${address}:${PORTS.kwok}/healthz`)).ok,
    }),
  ]);
  await addNode(api);
  return controlPlane;
}

/** The controllers that the repository's objects need; no node-lifecycle controller, because kwok's node never dies. */
const CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'horizontal-pod-autoscaler-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'endpointslice-controller',
  'disruption-controller',
];

async function startEtcd({ binaries, processes, folder, address }: ApiServerOptions): Promise<void> {
  const url = `http://${address}:${PORTS.etcd}`;
  const peer = `http://${address}:${PORTS.etcdPeer}`;
  await processes.start({
    name: 'etcd',
    command: binaries.etcd,
    args: [
      `--data-dir=${folder}/etcd`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync', // the data goes with the sandbox
    ],
    ready: async () => (await fetch(`${url}/health`)).ok,
  });
}

function kubeApiserverArgs(address: string, pki: Pki, withoutAdmission: readonly string[]): string[] {
  return [
    `--etcd-servers=http://${address}:${PORTS.etcd}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${PORTS.kubeApiserver}`,
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=RBAC',
    // without a node-lifecycle controller nobody would take the not-ready taint away, and every pod stayed Pending
    `--disable-admission-plugins=${['TaintNodesByCondition', ...withoutAdmission].join(',')}`,
    `--tls-cert-file=${pki.apiserver.certificate}`,
    `--tls-private-key-file=${pki.apiserver.key}`,
    `--client-ca-file=${pki.ca}`,
    `--requestheader-client-ca-file=${pki.frontProxyCa}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki.frontProxyClient.certificate}`,
    `--proxy-client-key-file=${pki.frontProxyClient.key}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${pki.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${pki.serviceAccountKey}`,
  ];
}

async function addNode(api: ApiClient): Promise<void> {
  const room = { cpu: '1000', memory: '4Ti', pods: '5000' };
  await api.ask({
    method: 'POST',
    path: '/api/v1/nodes',
    body: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: NODE_NAME,
        labels: { type: 'kwok', 'kubernetes.io/hostname': NODE_NAME },
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
      },
      status: { allocatable: room, capacity: room },
    },
  });
}

/** Writes a kubeconfig with one cluster and one user; returns its path. namespace: the context's, where it matters. */
export function writeKubeconfig(
  path: string,
  server: string,
  ca: string,
  credential: KeyPair | { token: string; namespace: string },
): string {
  const user =
    'token' in credential
      ? { token: credential.token }
      : { 'client-certificate': credential.certificate, 'client-key': credential.key };
  const namespace = 'namespace' in credential ? { namespace: credential.namespace } : {};
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'sandbox',
    clusters: [{ name: 'sandbox', cluster: { server, 'certificate-authority': ca } }],
    users: [{ name: 'sandbox', user }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox', ...namespace } }],
  };
  mkdirSync(join(path, '..'), { recursive: true });
  // JSON is YAML
  writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return path;
}
