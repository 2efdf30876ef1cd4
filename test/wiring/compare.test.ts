import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { AdapterAccess } from '../../src/cli/command.ts';
import { InvalidError, UnavailableError } from '../../src/domain/errors.ts';
import { openMetricsApi } from '../../src/wiring/compare.ts';
import { aCa, aClient, aServer, pemOf } from '../server/pki.ts';

let server: Server;
let url: string;
let folder: string;
let file: (name: string) => string;

/** A server that tells who it takes the caller for. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidecaster-metrics-api-'));
  file = (name) => join(folder, name);
  const ca = await aCa();
  const { certificatePem, privateKeyPem } = await aServer(ca);
  const ours = (await pemOf(ca)).certificatePem;
  const client = await aClient(ca, 'somebody');
  writeFileSync(file('ca'), ours);
  writeFileSync(file('crt'), client.certificatePem);
  writeFileSync(file('key'), client.privateKeyPem);
  writeFileSync(file('token'), 'secret\n');
  server = createServer({
    cert: certificatePem,
    key: privateKeyPem,
    ca: ours,
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.on('request', (request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/' }).end();
    else if (request.url === '/cut') request.socket.destroy();
    else {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ path: request.url, name: subject?.CN, token: request.headers.authorization }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(
    file('kubeconfig'),
    stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority': file('ca') } }],
      users: [{ name: 'u', user: { 'client-certificate': file('crt'), 'client-key': file('key') } }],
    }),
  );
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const access = (about: Partial<AdapterAccess>): AdapterAccess => ({
  url,
  kubeconfig: undefined,
  caFile: undefined,
  certFile: undefined,
  keyFile: undefined,
  bearerTokenFile: undefined,
  serverName: undefined,
  verification: 'verify',
  ...about,
});

async function get(about: Partial<AdapterAccess>, path = '/apis?x=%2A'): Promise<{ status: number; body: unknown }> {
  const api = await openMetricsApi(access(about), { KUBECONFIG: file('none') });
  try {
    return await api.get(path);
  } finally {
    api.close();
  }
}

describe("an adapter's metrics APIs", () => {
  it.each<[string, () => Partial<AdapterAccess>, object]>([
    [
      'as the person of the kubeconfig, at its API server',
      () => ({ url: null, kubeconfig: file('kubeconfig') }),
      { name: 'somebody' },
    ],
    [
      'as that person at another address',
      () => ({ kubeconfig: file('kubeconfig'), caFile: file('ca') }),
      { name: 'somebody' },
    ],
    [
      'with a certificate from files',
      () => ({ caFile: file('ca'), certFile: file('crt'), keyFile: file('key') }),
      { name: 'somebody' },
    ],
    ['with a bearer token', () => ({ caFile: file('ca'), bearerTokenFile: file('token') }), { token: 'Bearer secret' }],
    [
      'unverified with a certificate',
      () => ({ certFile: file('crt'), keyFile: file('key'), verification: 'skip' as const }),
      { name: 'somebody' },
    ],
    [
      'by the name in its certificate',
      () => ({ caFile: file('ca'), certFile: file('crt'), keyFile: file('key'), serverName: 'localhost' }),
      {},
    ],
  ])('are read %s', async (_what, about, expected) => {
    expect(await get(about())).toMatchObject({ status: 200, body: { path: '/apis?x=%2A', ...expected } });
  });

  it.each<[string, () => Partial<AdapterAccess>, string | undefined, typeof InvalidError | typeof UnavailableError]>([
    [
      'a certificate that nobody known signed',
      () => ({ certFile: file('crt'), keyFile: file('key') }),
      undefined,
      UnavailableError,
    ],
    [
      'another name in the certificate',
      () => ({ caFile: file('ca'), certFile: file('crt'), keyFile: file('key'), serverName: 'other.svc' }),
      undefined,
      UnavailableError,
    ],
    [
      'a connection that breaks',
      () => ({ caFile: file('ca'), certFile: file('crt'), keyFile: file('key') }),
      '/cut',
      UnavailableError,
    ],
    [
      'a token for a server that is not verified',
      () => ({ bearerTokenFile: file('token'), verification: 'skip' as const }),
      undefined,
      InvalidError,
    ],
    ['no kubeconfig for the API server', () => ({ url: null, kubeconfig: file('absent') }), undefined, InvalidError],
  ])('are not read with %s', async (_what, about, path, kind) => {
    await expect(get(about(), path)).rejects.toThrow(kind);
  });

  it('are never read where a redirect leads', async () => {
    expect((await get({ caFile: file('ca'), bearerTokenFile: file('token') }, '/moved')).status).toBe(302);
  });
});
