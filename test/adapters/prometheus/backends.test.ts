import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { prometheusBackends } from '../../../src/adapters/prometheus/backends.ts';
import { credentialSource } from '../../../src/adapters/prometheus/credentials.ts';
import { prometheus } from '../../../src/adapters/prometheus/prometheus.ts';
import { UnavailableError, describeError } from '../../../src/domain/errors.ts';
import type { Backend } from '../../../src/domain/rules/backend.ts';
import { aCa, aClient, aServer, pemOf } from '../../server/pki.ts';
import { type Answering, failure, fakePrometheus, json, success } from './fake-prometheus.ts';

const scalar: Answering = (_, response) => json(response, 200, success({ resultType: 'scalar', result: [0, '1'] }));
const NO_FILES = { caFile: null, clientCertificate: null, bearerTokenFile: null };

describe('a backend that a rule names', () => {
  let folder: string;
  const open: { close(): unknown }[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidecaster-backends-'));
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
    await rm(folder, { recursive: true });
  });

  const backends = (): ReturnType<typeof prometheusBackends> => {
    const all = prometheusBackends({ timeoutSeconds: 5 });
    open.push(all);
    return all;
  };
  const fake = async (...how: Parameters<typeof fakePrometheus>): ReturnType<typeof fakePrometheus> => {
    const server = await fakePrometheus(...how);
    open.push(server);
    return server;
  };
  const aBackend = (url: string, about: Partial<Backend> = {}): Backend => ({
    name: 'far',
    url,
    tenant: null,
    headers: {},
    ...NO_FILES,
    ...about,
  });
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };

  it('is sent its tenant, its headers and its token', async () => {
    const server = await fake(scalar);
    const bearerTokenFile = await file('token', 'a.b.c\n');
    const about = { tenant: 'video', headers: { 'X-Cluster': 'eu' }, bearerTokenFile };
    await backends().source(aBackend(server.url, about)).query('1');
    expect(server.calls[0]?.headers).toMatchObject({
      'x-scope-orgid': 'video',
      'x-cluster': 'eu',
      authorization: 'Bearer a.b.c',
    });
  });

  it('is sent nothing of these where the file says none', async () => {
    const server = await fake(scalar);
    await backends().source(aBackend(server.url)).query('1');
    expect(server.calls[0]?.headers).not.toHaveProperty('authorization');
    expect(server.calls[0]?.headers).not.toHaveProperty('x-scope-orgid');
  });

  it('is the same source as long as its entry is the same, and another one after', () => {
    const all = backends();
    const first = all.source(aBackend('http://a'));
    expect(all.source(aBackend('http://a'))).toBe(first);
    expect(all.source(aBackend('http://a', { tenant: 'b' }))).not.toBe(first);
  });

  it('cannot send us elsewhere, where our token would go too', async () => {
    const elsewhere = await fake(scalar);
    const server = await fake((_, response) => response.writeHead(307, { location: elsewhere.url }).end());
    const error = await backends()
      .source(aBackend(server.url, { bearerTokenFile: await file('token', 'secret') }))
      .query('1')
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(describeError(error)).toMatch(/HTTP 307/);
    expect(elsewhere.calls).toEqual([]);
  });

  it('that has no token to send is unavailable, and the sentence names the file, not what stands in it', async () => {
    const server = await fake(scalar);
    const source = backends().source(aBackend(server.url, { bearerTokenFile: await file('token', 'se cret\nx') }));
    const gone = backends().source(aBackend(server.url, { bearerTokenFile: join(folder, 'nowhere') }));
    const [bad, missing] = await Promise.all([source, gone].map((one) => one.query('1').catch(describeError)));
    expect(bad).toMatch(/token holds no bearer token, expected one line/);
    expect(bad).not.toContain('cret');
    expect(missing).toMatch(/nowhere cannot be read: ENOENT/);
    expect(server.calls).toEqual([]);
  });

  it('is trusted by the CA of its entry alone, and shown our certificate', async () => {
    const [ca, other] = await Promise.all([aCa(), aCa()]);
    const { certificatePem: cert, privateKeyPem: key } = await aServer(ca);
    const client = await aClient(ca, 'tidecaster');
    const caPem = (await pemOf(ca)).certificatePem;
    const shown: unknown[] = [];
    const server = await fake(
      (call, response) => {
        shown.push((response.socket as TLSSocket).getPeerCertificate().subject.CN);
        scalar(call, response);
      },
      { cert, key, ca: caPem, requestCert: true, rejectUnauthorized: true },
    );
    const clientCertificate = {
      certFile: await file('tls.crt', client.certificatePem),
      keyFile: await file('tls.key', client.privateKeyPem),
    };
    const all = backends();
    const caFile = await file('ca.pem', caPem);
    await all.source(aBackend(server.url, { caFile, clientCertificate })).query('1');
    expect(shown).toEqual(['tidecaster']);
    const wrong = await file('other.pem', (await pemOf(other)).certificatePem);
    await expect(all.source(aBackend(server.url, { caFile: wrong, clientCertificate })).query('1')).rejects.toThrow(
      UnavailableError,
    );
    expect(server.calls).toHaveLength(1);
  });

  it('says the types of its series, where targets agree on one', async () => {
    const body = success({
      hits_total: [{ type: 'counter', help: '', unit: '' }],
      viewers: [{ type: 'gauge' }, { type: 'gauge' }],
      both: [{ type: 'gauge' }, { type: 'counter' }],
      odd: [{ type: 'unknown' }],
    });
    const server = await fake((_, response) => json(response, 200, body));
    const source = prometheus({ url: `${server.url}/tenant`, timeoutSeconds: 5 });
    open.push(source);
    expect([...(await source.types())]).toEqual([
      ['hits_total', 'counter'],
      ['viewers', 'gauge'],
    ]);
    expect(server.calls[0]).toMatchObject({ method: 'GET', path: '/tenant/api/v1/metadata' });
  });

  it.each([[failure('x', 'y')], [success([])], [success({ a: 1 })]])(
    'that says %j of types is unavailable',
    async (body) => {
      const server = await fake((_, response) => json(response, 200, body));
      const source = prometheus({ url: server.url, timeoutSeconds: 5 });
      open.push(source);
      await expect(source.types()).rejects.toThrow(UnavailableError);
    },
  );

  it('is sent a new token within a second of its change, and the files are not read for each call', async () => {
    let now = 0;
    const bearerTokenFile = await file('token', 'one');
    const caFile = await file('ca.pem', 'A');
    const source = credentialSource({ ...NO_FILES, caFile, bearerTokenFile }, () => now);
    const first = await source.read();
    await file('token', 'two');
    now = 999;
    expect((await source.read()).token).toBe('one');
    now = 1000;
    const second = await source.read();
    expect(second.token).toBe('two');
    expect(second.tls).toBe(first.tls);
    await file('ca.pem', 'B');
    now = 2000;
    expect((await source.read()).tls).toEqual({ ca: 'B' });
  });

  it('is tried again at once when a file was not there', async () => {
    const source = credentialSource({ ...NO_FILES, bearerTokenFile: join(folder, 'token') }, () => 0);
    await expect(source.read()).rejects.toThrow(UnavailableError);
    await file('token', 'here');
    expect((await source.read()).token).toBe('here');
  });
});
