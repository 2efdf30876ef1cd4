import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What the fake answers: a body for a call, or anything else that a test does to the response. */
export type Answering = (call: Call, response: ServerResponse) => void;
export type Call = { method: string; path: string; contentType: string; form: URLSearchParams };

export type FakePrometheus = { url: string; calls: Call[]; connections(): number; close(): Promise<void> };

/** An HTTP server on loopback that speaks as much of Prometheus' API as a test tells it. */
export async function fakePrometheus(answer: Answering): Promise<FakePrometheus> {
  const calls: Call[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const receive = async (): Promise<void> => {
      const call = await readCall(request);
      calls.push(call);
      answer(call, response);
    };
    void receive();
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
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
  return { method, path: url, contentType: headers['content-type'] ?? '', form: new URLSearchParams(body) };
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export const success = (data: unknown, more: object = {}): object => ({ status: 'success', data, ...more });
export const failure = (errorType: string, error: string): object => ({ status: 'error', errorType, error });
