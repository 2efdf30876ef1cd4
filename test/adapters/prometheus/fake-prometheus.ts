import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type ServerOptions, createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** What the fake answers: a body for a call, or anything else that a test does to the response. */
export type Answering = (call: Call, response: ServerResponse) => void;
export type Call = {
  method: string;
  path: string;
  contentType: string;
  form: URLSearchParams;
  headers: IncomingHttpHeaders;
};

export type FakePrometheus = { url: string; calls: Call[]; connections(): number; close(): Promise<void> };

/** A server on loopback that speaks as much of Prometheus' API as a test tells it. tls: https instead of http. */
export async function fakePrometheus(answer: Answering, tls?: ServerOptions): Promise<FakePrometheus> {
  const calls: Call[] = [];
  const sockets = new Set<Socket>();
  const receive = (request: IncomingMessage, response: ServerResponse): void => {
    const take = async (): Promise<void> => {
      const call = await readCall(request);
      calls.push(call);
      answer(call, response);
    };
    void take();
  };
  const server = tls === undefined ? createServer(receive) : createTlsServer(tls, receive);
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    calls,
    connections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readCall(request: IncomingMessage): Promise<Call> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { method = '', url = '', headers } = request;
  return { method, path: url, contentType: headers['content-type'] ?? '', form: new URLSearchParams(body), headers };
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export const success = (data: unknown, more: object = {}): object => ({ status: 'success', data, ...more });
export const failure = (errorType: string, error: string): object => ({ status: 'error', errorType, error });
