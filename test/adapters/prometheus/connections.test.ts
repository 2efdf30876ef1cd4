import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, get as plainGet } from 'node:http';
import { type Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Connections, connections } from '../../../src/adapters/prometheus/connections.ts';
import { aCa, aServer, pemOf } from '../../server/pki.ts';
import { type FakePrometheus, fakePrometheus } from './fake-prometheus.ts';

describe('the connections to a backend', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  const get = (url: string, agent: Agent): Promise<void> =>
    new Promise((resolve, reject) => {
      request(url, { agent }, (response) => {
        response.resume().on('close', resolve);
      })
        .on('error', reject)
        .end();
    });

  const server = async (): Promise<{ fake: FakePrometheus; pool: Connections; ca: string }> => {
    const authority = await aCa();
    const { certificatePem: cert, privateKeyPem: key } = await aServer(authority);
    const fake = await fakePrometheus((_, response) => response.end('{}'), { cert, key });
    const pool = connections();
    open.push(pool, fake);
    return { fake, pool, ca: (await pemOf(authority)).certificatePem };
  };

  it('are kept from call to call under the same certificates', async () => {
    const { fake, pool, ca } = await server();
    const tls = { ca };
    for (let call = 0; call < 3; call++) await get(fake.url, pool.agents(tls).httpsAgent);
    expect(pool.agents(tls)).toEqual(pool.agents(tls));
    expect(fake.connections()).toBe(1);
  });

  it('are begun anew under other ones, and a call that runs is not cut', async () => {
    const { fake, pool, ca } = await server();
    const before = pool.agents({ ca }).httpsAgent;
    const running = get(fake.url, before);
    const after = pool.agents({ ca }).httpsAgent;
    expect(after).not.toBe(before);
    await running;
    await get(fake.url, after);
    expect(Object.values(before.freeSockets)).toEqual([]);
    expect(fake.connections()).toBe(2);
  });

  it('are closed when nothing is sent for a while, also where the backend would keep them', async () => {
    const backend = createServer((_request, response) => response.end());
    backend.keepAliveTimeout = 0;
    const ended = new Promise<void>((resolve) => backend.on('connection', (socket) => socket.on('close', resolve)));
    await once(backend.listen(0, '127.0.0.1'), 'listening');
    const pool = connections(1, 50);
    open.push(pool, backend);
    const { port } = backend.address() as AddressInfo;
    const [response] = await once(plainGet({ port, agent: pool.agents({}).httpAgent }), 'response');
    response.resume();
    await ended;
  });

  it('do not trust what another CA signed', async () => {
    const { fake, pool } = await server();
    const other = (await pemOf(await aCa())).certificatePem;
    await expect(get(fake.url, pool.agents({ ca: other }).httpsAgent)).rejects.toThrow(/certificate|signature/);
  });
});
