import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KubernetesClient, kubernetesClient } from '../../../src/adapters/kubernetes/client.ts';

export type Received = {
  method: string;
  path: string;
  query: URLSearchParams;
  accept: string;
  contentType: string;
  body: unknown;
};

/** What the server says next; 'nothing' keeps the client waiting; a stream is written to for as long as a test likes. */
export type Answer =
  { code: number; body: string | object } | { stream: (response: ServerResponse) => void } | 'nothing';

/** An API server on loopback that records what it is asked and answers what a test says. No model of Kubernetes. */
export class FakeApiServer implements AsyncDisposable {
  readonly received: Received[] = [];
  connections = 0;
  answer: (received: Received) => Answer = () => ({ code: 200, body: {} });
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #folder = '';
  #port = 0;

  static async start(): Promise<FakeApiServer> {
    const fake = new FakeApiServer();
    fake.#server.on('connection', () => (fake.connections += 1));
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    fake.#folder = await mkdtemp(join(tmpdir(), 'fake-api-server-'));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A client of it; milliseconds: its deadlines. */
  async client(milliseconds = 400): Promise<KubernetesClient> {
    const file = join(this.#folder, 'kubeconfig');
    await writeFile(file, kubeconfig(this.url));
    return kubernetesClient({ kubeconfig: file, deadlines: { read: milliseconds, write: milliseconds } });
  }

  /** Nobody listens any more, and all connections break; up() is the same address again. */
  async down(): Promise<void> {
    this.#port = (this.#server.address() as AddressInfo).port;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = this.answer(await this.#receive(request));
    if (answer === 'nothing') return;
    if ('stream' in answer) return answer.stream(response);
    response.writeHead(answer.code, { 'content-type': 'application/json' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  }

  async #receive(request: IncomingMessage): Promise<Received> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const received = {
      method: request.method ?? '',
      path: pathname,
      query: searchParams,
      accept: request.headers.accept ?? '',
      contentType: request.headers['content-type'] ?? '',
      body: text === '' ? null : (JSON.parse(text) as unknown),
    };
    this.received.push(received);
    return received;
  }
}

/** client-node refuses plain http unless it is told not to verify. */
export const kubeconfig = (server: string): string => `apiVersion: v1
kind: Config
current-context: c
clusters: [{name: c, cluster: {server: "${server}", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: c, context: {cluster: c, user: u, namespace: here}}]
`;

/** A refusal as the API server words it. */
export const status = (code: number, message: string, over: object = {}): Answer => ({
  code,
  body: { kind: 'Status', status: 'Failure', message, code, ...over },
});

/** What a promise is rejected with. */
export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'it worked',
    (error: unknown) => error,
  );
