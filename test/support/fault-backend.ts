import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What a backend does with a request.
 * - well: passes it on
 * - refused: nobody listens; reset: the connection is cut at once
 * - slow: passes it on after so many seconds; hanging: never answers, not even when it is well again
 * - unprocessable: 422 and Prometheus' JSON; overloaded: 503 and plain text, as a proxy before it writes
 * - value: each row of a query has this value, as Prometheus writes numbers: NaN, +Inf, -1
 * - duplicates: each row of a query comes twice, the second time one higher
 * - empty: a query has no rows; rows: it has so many, alike but for one label
 * - truncated: the first half of the JSON
 * - redirect: 307 to the same path of another server
 */
export type Condition =
  | { type: 'well' | 'refused' | 'reset' | 'hanging' | 'unprocessable' | 'overloaded' }
  | { type: 'truncated' }
  | { type: 'slow'; seconds: number }
  | { type: 'redirect'; to: string }
  | OtherRows;

type OtherRows = { type: 'duplicates' | 'empty' } | { type: 'value'; value: string } | { type: 'rows'; count: number };

/** A backend on loopback that stands before another one and can be made bad at any moment. */
export type FaultBackend = {
  url: string;
  /** In force for each request that comes from now on. */
  is(condition: Condition): Promise<void>;
  /** How many requests came so far. Those that nobody listened to are not counted. */
  requests(): number;
  close(): Promise<void>;
};

type Answer = { status: number; type: string; body: string };

/** upstream: the URL of a Prometheus, or what speaks its API. */
export async function startFaultBackend(upstream: string, address = '127.0.0.1'): Promise<FaultBackend> {
  let condition: Condition = { type: 'well' };
  let requests = 0;
  const closed = new AbortController();

  async function passOn(incoming: IncomingMessage): Promise<Answer> {
    const { method = 'GET', url = '/', headers } = incoming;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const response = await fetch(`${upstream}${url}`, {
      method,
      headers: { 'content-type': headers['content-type'] ?? '' },
      signal: closed.signal,
      ...(method === 'POST' && { body: Buffer.concat(chunks) }),
    });
    return { status: response.status, type: response.headers.get('content-type') ?? '', body: await response.text() };
  }

  async function receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    requests++;
    // What a request meets is what was in force when it came.
    const met = condition;
    switch (met.type) {
      case 'refused':
      case 'reset':
        response.destroy();
        return;
      case 'hanging':
        return;
      case 'redirect':
        response.writeHead(307, { location: `${met.to}${incoming.url}` }).end();
        return;
      case 'unprocessable':
        return send(response, { status: 422, type: JSON_TYPE, body: UNPROCESSABLE });
      case 'overloaded':
        return send(response, { status: 503, type: 'text/plain', body: 'upstream connect error\n' });
      case 'slow':
        await sleep(met.seconds * 1000, undefined, { signal: closed.signal });
        return send(response, await passOn(incoming));
      case 'well':
        return send(response, await passOn(incoming));
      case 'truncated': {
        const answer = await passOn(incoming);
        return send(response, { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) });
      }
      case 'value':
      case 'duplicates':
      case 'empty':
      case 'rows': {
        const answer = await passOn(incoming);
        const isQuery = incoming.url?.split('?')[0]?.endsWith('/query') === true && answer.status === 200;
        return send(response, isQuery ? { ...answer, body: spoiled(answer.body, met) } : answer);
      }
    }
  }

  const server = createServer((incoming, response) => {
    receive(incoming, response).catch(() => response.destroy());
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject).listen(port, address, () => {
        server.off('error', reject);
        resolve();
      });
    });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  await listen(0);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server has an address');
  return {
    url: `http://${address}:${bound.port}`,
    async is(next) {
      condition = next;
      if (next.type === 'refused' && server.listening) await stop();
      if (next.type !== 'refused' && !server.listening) await listen(bound.port);
    },
    requests: () => requests,
    close() {
      closed.abort();
      return stop();
    },
  };
}

const JSON_TYPE = 'application/json';
const UNPROCESSABLE = JSON.stringify({
  status: 'error',
  errorType: 'execution',
  error: 'found duplicate series for the match group {} on the right hand-side of the operation',
});

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

type Row = { metric: Record<string, string>; value: [number, string] };
type Data = { resultType: 'vector'; result: Row[] } | { resultType: 'scalar'; result: Row['value'] };

/** An answer of /api/v1/query with other rows; a scalar becomes one row, but where only its value changes. */
function spoiled(body: string, how: OtherRows): string {
  const answer = JSON.parse(body) as { data: Data };
  return JSON.stringify({ ...answer, data: spoiledData(answer.data, how) });
}

function spoiledData(data: Data, how: OtherRows): Data {
  if (data.resultType === 'scalar' && how.type === 'value') return { ...data, result: [data.result[0], how.value] };
  const rows = data.resultType === 'vector' ? data.result : [{ metric: {}, value: data.result }];
  return { resultType: 'vector', result: spoiledRows(rows, how) };
}

function spoiledRows(rows: readonly Row[], how: OtherRows): Row[] {
  switch (how.type) {
    case 'value':
      return rows.map(({ metric, value: [time] }) => ({ metric, value: [time, how.value] }));
    case 'duplicates':
      return rows.flatMap((row) => [row, { ...row, value: [row.value[0], String(Number(row.value[1]) + 1)] }]);
    case 'empty':
      return [];
    case 'rows': {
      const { metric, value } = rows[0] ?? { metric: {}, value: [0, '1'] };
      return Array.from({ length: how.count }, (_, index) => ({ metric: { ...metric, row: `r${index}` }, value }));
    }
  }
}
