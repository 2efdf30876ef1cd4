import { Agent } from 'node:https';
import { expect, it } from '@jest/globals';
import { certificatePem } from '../../src/adapters/certificates/issue.ts';
import type { ClientTrust } from '../../src/ports/client-trust.ts';
import { oneRow } from '../app/a-source.ts';
import { anAccess, trustIn } from './an-access.ts';
import { anApi } from './an-api.ts';
import { get } from './get.ts';
import { aCa, aClient, aServer } from './pki.ts';

const PATH = '/apis/external.metrics.k8s.io/v1beta1/namespaces/streaming/concurrent_viewers';
const headers = { 'X-Remote-User': 'jane' };
/** Past the time after which trust and certificate are read again. */
const LATER = 31_000;

it('CAs and the serving certificate rotate under kept-alive connections: no read fails, and a withdrawn CA is not believed', async () => {
  const [before, after, ours, oursAfter] = await Promise.all([aCa(), aCa(), aCa(), aCa()]);
  const [oldProxy, newProxy] = await Promise.all([before, after].map((ca) => aClient(ca, 'front-proxy-client')));
  const oldServer = await aServer(ours);
  const newServer = await aServer(oursAfter);
  const trusting = (...cas: (typeof before)[]): ClientTrust => ({
    clientCaPem: null,
    frontProxy: trustIn(before, { caPem: cas.map((ca) => certificatePem(ca)).join('\n') }),
  });
  let trust = trusting(before);
  let server = oldServer;
  const api = await anApi({
    certificate: { read: () => Promise.resolve(server) },
    access: anAccess({ read: () => Promise.resolve(trust) }),
  });
  api.source.answers(() => Promise.resolve(oneRow(1)));
  const agents = {
    old: new Agent({ keepAlive: true, maxSockets: 4 }),
    new: new Agent({ keepAlive: true, maxSockets: 4 }),
  };
  const read = async (who: 'old' | 'new'): Promise<number> => {
    const client = (who === 'old' ? oldProxy : newProxy)!;
    return (await get({ port: api.port, path: PATH, headers, client, agent: agents[who] })).code;
  };
  /** What 40 reads are answered, of which many are on their way while time passes and things are read anew. */
  const load = async (who: 'old' | 'new'): Promise<Set<number>> => {
    const reads = Array.from({ length: 40 }, () => read(who));
    await api.clock.turn(LATER);
    return new Set(await Promise.all(reads));
  };
  try {
    expect(await load('old')).toEqual(new Set([200]));
    expect(await read('new')).toBe(401);

    trust = trusting(before, after);
    server = newServer;
    expect(await load('old')).toEqual(new Set([200]));
    expect(await load('old')).toEqual(new Set([200]));
    expect(await load('new')).toEqual(new Set([200]));
    // The new certificate is what a new connection sees.
    const seen = await get({
      port: api.port,
      path: PATH,
      headers,
      client: newProxy!,
      caPem: certificatePem(oursAfter),
    });
    expect(seen.code).toBe(200);

    trust = trusting(after);
    await api.clock.turn(LATER);
    expect(await load('new')).toEqual(new Set([200]));
    expect(await read('old')).toBe(401);
  } finally {
    for (const agent of Object.values(agents)) agent.destroy();
    await api.close();
  }
});
