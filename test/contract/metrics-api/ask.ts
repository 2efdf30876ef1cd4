import { Agent, request } from 'node:https';

/** One request, exactly as it goes over the wire: the path is neither normalised nor encoded. */
export type Asked = { method: string; path: string; headers: Readonly<Record<string, string>> };

export type Answered = { code: number; headers: Readonly<Record<string, string | string[] | undefined>>; text: string };

/** A way to ask one server. What tampers with answers (a mutant) is one as well. */
export type Ask = (asked: Asked) => Promise<Answered>;

export type Server = {
  /** Such as https://127.0.0.1:6443; a path in front of /apis is not supported. */
  url: string;
  /** PEM: what must have signed the server's certificate; without it any certificate is taken. */
  ca?: string;
  /** PEM: the client certificate and its key, usually the front proxy's. */
  client?: { certificate: string; key: string };
  /** Sent with every request: who asks, or a bearer token. */
  headers?: Readonly<Record<string, string>>;
};

const DEADLINE_MILLISECONDS = 15_000;

/** Asks over kept-alive connections. close() ends them. */
export function askerOf({ url, ca, client, headers = {} }: Server): { ask: Ask; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, maxCachedSessions: 0 });
  const { hostname, port, protocol } = new URL(url);
  if (protocol !== 'https:') throw new Error(`--server ${url}: expected https, the metrics APIs are served over TLS`);
  const ask: Ask = (asked) =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent,
          host: hostname.replaceAll(/[[\]]/g, ''),
          port: port || 443,
          method: asked.method,
          path: asked.path,
          headers: { ...headers, ...asked.headers },
          rejectUnauthorized: ca !== undefined,
          ...(ca !== undefined && { ca }),
          ...(client && { cert: client.certificate, key: client.key }),
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.once('error', reject);
          response.once('end', () => resolve({ code: response.statusCode ?? 0, headers: response.headers, text }));
        },
      );
      outgoing.setTimeout(DEADLINE_MILLISECONDS, () =>
        outgoing.destroy(new Error(`no answer within ${DEADLINE_MILLISECONDS / 1000} s`)),
      );
      outgoing.once('error', reject);
      outgoing.end();
    });
  return { ask, close: () => agent.destroy() };
}
