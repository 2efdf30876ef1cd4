import { mkdirSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, request } from 'node:https';
import { join } from 'node:path';
import { certificatePem, makeCa, makeServingCert, privateKeyPem } from '../../src/adapters/certificates/issue.ts';
import { findBinary } from '../controlplane/binaries.ts';
import type { Environment } from './environment.ts';

/** What the way to the neighbour does with a read. own: answers this path itself, and forwards every other. */
export type Way = { type: 'forward' | 'nonsense' | 'hang' | 'hang up' } | { type: 'own'; path: string; body: object };

export type Asked = { path: string; authorization: string | undefined };

/** The real test-adapter, and the way to it, which a test can make bad. */
export type Neighbourhood = {
  /** Flags of `serve` that lead there, with this token. */
  flags(token: string): Record<string, string>;
  answers(way: Way): void;
  /** Each read that came, the last one last; discovery aside. */
  readonly asked: readonly Asked[];
  /** What the test-adapter's own discovery lists. */
  readonly listed: readonly string[];
  close(): Promise<void>;
};

const PORTS = { adapter: 6446, way: 6447 };
const DISCOVERY = '/apis/external.metrics.k8s.io/v1beta1';

export async function startNeighbourhood({ shared, processes }: Environment): Promise<Neighbourhood> {
  const { address, access } = shared;
  const folder = join(shared.folder, 'neighbour');
  mkdirSync(folder, { recursive: true });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const valid = { from: new Date(Date.now() - 3_600_000), days: 2 };
  const ca = await makeCa(valid);
  const serving = await makeServingCert({ dnsNames: [], ipAddresses: [address] }, valid, ca);
  const [cert, key] = [certificatePem(serving), await privateKeyPem(serving)];
  const caFile = file('ca.crt', certificatePem(ca));

  const adapter = (path: string, headers: IncomingMessage['headers'] = {}): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const options = { host: address, port: PORTS.adapter, path, headers, ca: certificatePem(ca) };
      request(options, resolve).on('error', reject).end();
    });
  await processes.start({
    name: 'test-adapter',
    command: await findBinary('test-adapter', process.env, (line) => console.error(line)),
    args: [
      `--bind-address=${address}`,
      `--secure-port=${PORTS.adapter}`,
      `--tls-cert-file=${file('tls.crt', cert)}`,
      `--tls-private-key-file=${file('tls.key', key)}`,
      `--authentication-kubeconfig=${access.kubeconfig}`,
      `--authorization-kubeconfig=${access.kubeconfig}`,
      `--lister-kubeconfig=${access.kubeconfig}`,
    ],
    cwd: folder,
    ready: async () => (await adapter('/readyz')).resume().statusCode === 200,
  });

  let way: Way = { type: 'forward' };
  const asked: Asked[] = [];
  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = '', headers } = incoming;
    if (path !== DISCOVERY) asked.push({ path, authorization: headers.authorization });
    switch (way.type) {
      case 'hang':
        return;
      case 'hang up':
        response.destroy();
        return;
      case 'nonsense':
        response.end('{"kind":"ExternalMetricValueList","items":[{"value":"a lot"}]}');
        return;
      case 'own':
        if (path !== way.path) break;
        response.setHeader('content-type', 'application/json').end(JSON.stringify(way.body));
        return;
      case 'forward':
    }
    const { host: _, ...rest } = headers;
    const answer = await adapter(path, rest);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  }
  const server = createServer({ cert, key }, (incoming, response) => {
    pass(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(PORTS.way, address, resolve);
  });
  return {
    flags: (token) => ({
      neighbour: `https://${address}:${PORTS.way}`,
      'neighbour-ca-file': caFile,
      'neighbour-token-file': file('token', token),
    }),
    answers: (next) => (way = next),
    asked,
    listed: ['externalmetrics'],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
