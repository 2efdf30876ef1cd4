import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Server, createServer } from 'node:http';
import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TcpGate, startTcpGate } from './tcp-gate.ts';

describe('a way that can be cut off', () => {
  let server: Server;
  let gate: TcpGate;
  let agent: Agent;
  beforeEach(async () => {
    server = createServer((_request, response) => response.end('here'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    gate = await startTcpGate({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    agent = new Agent({ keepAlive: true });
  });
  afterEach(async () => {
    agent.destroy();
    await gate.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const ask = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = { port: gate.port, host: '127.0.0.1', agent, signal: AbortSignal.timeout(200) };
      get(options, (response) => response.resume().on('end', () => resolve(response.statusCode ?? 0))).on(
        'error',
        reject,
      );
    });

  it.each([
    ['shut', 'ECONNREFUSED'],
    ['silent', 'ABORT_ERR'],
  ] as const)(
    'lets nothing pass while it is %s, also where a connection was open, and everything afterwards',
    async (state, code) => {
      expect(await ask()).toBe(200);
      await gate.is(state);
      // The connection of before, and one of its own.
      await expect(ask()).rejects.toThrow();
      await expect(ask()).rejects.toMatchObject({ code });
      await gate.is('open');
      expect(await ask()).toBe(200);
    },
  );
});
