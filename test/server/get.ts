import { type Agent, type RequestOptions, request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { KeyPair } from '../../src/ports/certificate-source.ts';

export type Asking = {
  port: number;
  path: string;
  method?: string;
  headers?: Record<string, string | string[]>;
  client?: KeyPair;
  /** What the server must be signed by; without it anything goes. */
  caPem?: string;
  agent?: Agent;
};

export type Answered = { code: number; headers: IncomingHttpHeaders; text: string; json: () => unknown };

/** One request over TLS on loopback. Without an agent on a connection of its own. */
export function get({ port, path, method = 'GET', headers = {}, client, caPem, agent }: Asking): Promise<Answered> {
  const options: RequestOptions = {
    host: '127.0.0.1',
    port,
    path,
    method,
    headers,
    agent: agent ?? false,
    rejectUnauthorized: caPem !== undefined,
    ...(caPem !== undefined && { ca: caPem }),
    ...(client && { cert: client.certificatePem, key: client.privateKeyPem }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const json = (): unknown => JSON.parse(text);
        resolve({ code: response.statusCode ?? 0, headers: response.headers, text, json });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
