import { once } from 'node:events';
import { connect } from 'node:net';
import { type TLSSocket, connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { selfSignedForLoopback } from '../../src/adapters/certificates/maker.ts';
import type { ConnectionLimits } from '../../src/server/api-server.ts';
import { type AnApi, anApi } from './an-api.ts';
import { get } from './get.ts';

describe('a connection', () => {
  let api: AnApi;
  afterEach(() => api.close());

  async function start(limits: Partial<ConnectionLimits>): Promise<void> {
    const certificate = await selfSignedForLoopback({ from: new Date(), days: 1 });
    api = await anApi({ certificate: { read: () => Promise.resolve(certificate) }, limits });
  }

  /** A TLS connection that sends this and no more, and all that it hears until the other end closes. */
  function opened(sent = ''): { socket: TLSSocket; heard: Promise<string> } {
    const socket = connectTls({ host: '127.0.0.1', port: api.port, rejectUnauthorized: false });
    let all = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (all += chunk));
    // One that is cut may also be reset.
    socket.on('error', () => {});
    socket.write(sent);
    return { socket, heard: new Promise((resolve) => socket.once('close', () => resolve(all))) };
  }

  it.each([
    ['nothing', ''],
    ['half a head', 'GET /apis HTTP/1.1\r\nHost: x\r\n'],
  ])('that sends %s in time is answered 408 and cut off', async (_name, sent) => {
    await start({ headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 20 });
    expect(await opened(sent).heard).toMatch(/^HTTP\/1\.1 408 /);
    expect((await get({ port: api.port, path: '/healthz' })).code).toBe(200);
  });

  it('that makes no handshake is cut off', async () => {
    await start({ handshakeTimeout: 50 });
    const socket = connect(api.port, '127.0.0.1').resume();
    await once(socket, 'close');
    expect(socket.bytesRead).toBe(0);
  });

  it('beyond the most is turned away, and let in when another has ended', async () => {
    await start({ maxConnections: 2 });
    const [first, second] = [opened(), opened()];
    await Promise.all([first, second].map(({ socket }) => once(socket, 'secureConnect')));
    expect(await opened('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n').heard).toBe('');
    first.socket.destroy();
    const ask = (): Promise<number> => get({ port: api.port, path: '/healthz' }).then(({ code }) => code);
    // The server sees a little later that it has ended.
    let code = 0;
    while (code === 0) code = await ask().catch(() => 0);
    expect(code).toBe(200);
    second.socket.destroy();
  });

  it('gets back at most 1,000 characters of what it sent', async () => {
    await start({});
    const answer = await get({ port: api.port, path: `/apis/%ZZ${'a'.repeat(3000)}` });
    expect([answer.code, answer.json()]).toMatchObject([400, { message: expect.stringMatching(/^.{1000}…$/) }]);
  });
});
