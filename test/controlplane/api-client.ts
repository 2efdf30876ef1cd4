import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { KeyPair } from './pki.ts';

/** The API server's answer, whatever its status; body is its JSON, or its text where it is none. */
export type ApiAnswer = { status: number; body: unknown; headers: Record<string, string | string[] | undefined> };

export type ApiRequest = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
};

/**
 * A plain HTTPS client of one API server, for the launcher and the tests: it shows the bytes that kubectl hides, and takes
 * a millisecond where kubectl takes a hundred.
 */
export class ApiClient {
  readonly server: string;
  readonly #agent: Agent;

  /** ca: PEM. servername: the name that the certificate must carry, where it is not the host's. identity: none = anonymous. */
  constructor(server: string, trust: { ca: string | Buffer; servername?: string }, identity?: KeyPair) {
    this.server = server;
    const pair = identity ? { cert: readFileSync(identity.certificate), key: readFileSync(identity.key) } : {};
    this.#agent = new Agent({ keepAlive: true, ...trust, ...pair });
  }

  /** @throws Error when no answer comes */
  async send({
    method = 'GET',
    path,
    body,
    contentType = 'application/json',
    headers: more = {},
  }: ApiRequest): Promise<ApiAnswer> {
    const headers: Record<string, string> = { accept: 'application/json', ...more };
    if (body !== undefined) headers['content-type'] = contentType;
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, this.server), { method, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, body: parse(text), headers: response.headers });
        });
      });
      outgoing.once('error', reject);
      outgoing.setTimeout(30_000, () => outgoing.destroy(new Error(`${method} ${path}: no answer in 30 s`)));
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The body of a 2xx answer, taken for a T. @throws Error with the Status' message on any other */
  async ask<T>(what: ApiRequest): Promise<T> {
    const { status, body } = await this.send(what);
    if (status >= 200 && status < 300) return body as T;
    throw new Error(`${what.method ?? 'GET'} ${what.path}: ${status} ${JSON.stringify(body)}`);
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
