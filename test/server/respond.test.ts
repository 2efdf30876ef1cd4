import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sendWritten, writtenOf } from '../../src/server/respond.ts';

let server: Server;

afterEach(() => new Promise((resolve) => server.close(resolve)));

async function sent(text: string): Promise<Response> {
  server = createServer((_request, response) => sendWritten(response, 200, writtenOf(text)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers: { connection: 'close' } });
}

describe('what is written arrives as UTF-8, with its length in bytes', () => {
  it.each([
    ['ASCII', '{"value":"80k"}', 15],
    // é has one byte in latin1 and two in UTF-8
    ['letters that latin1 has as well', '{"city":"Orléans"}', 19],
    ['letters beyond it', '{"city":"서울"}', 17],
    ['nothing', '', 0],
  ])('%s', async (_what, text, bytes) => {
    const response = await sent(text);
    expect(response.headers.get('content-length')).toBe(String(bytes));
    expect(Buffer.from(await response.arrayBuffer()).toString('utf8')).toBe(text);
  });
});
