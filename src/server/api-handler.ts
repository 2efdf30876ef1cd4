import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { ASKED_HEADER, askedOf as neighboursOf } from '../domain/neighbour.ts';
import type { Clock } from '../ports/clock.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import { JSON_OFFER, chooseOffer } from './accept.ts';
import type { Gate } from './access/gate.ts';
import { type Asked, askedOf, createAskedCache } from './asked.ts';
import { CUSTOM_GROUP, EXTERNAL_GROUP, RESOURCE_GROUP } from './discovery.ts';
import type { Later } from './later.ts';
import type { MetricRead } from './metric-read.ts';
import type { MetricAnswer, MetricReads } from './metric-reads.ts';
import { sendStatus, sendWritten } from './respond.ts';
import { type Status, bodyRefused, malformedPath, notAcceptable, tooManyRequests, uriTooLong } from './status.ts';

export type ApiHandlerOptions = {
  gate: Gate;
  reads: MetricReads;
  /** Everything else: documents, health, what is not there. Only asked for what the gate lets through. */
  rest: RequestListener;
  clock: Pick<Clock, 'monotonic'>;
  recorder: ServingRecorder;
  limits?: Limits;
};

/** One request on its way to its answer. startedAt: monotonic milliseconds. */
type Exchange = { response: ServerResponse; group: string; startedAt: number };

/** urlLength: characters. inFlight: requests that wait for something, the API server or a backend. */
export type Limits = { urlLength: number; inFlight: number };

/**
 * 400 is k8s.io/apiserver's own limit of requests in flight. What is in memory is answered however many wait, and so are documents: an
 * API server that cannot get these takes the whole API for unavailable.
 */
const LIMITS: Limits = { urlLength: 16_384, inFlight: 400 };

/**
 * The way of a request: limits, what it asks for, who may, the answer. Reads of metrics are answered here, at once where all that
 * they need is in memory; the rest goes to express (docs/adr/0018).
 */
export function createApiHandler(options: ApiHandlerOptions): RequestListener {
  const { gate, reads, rest, clock, recorder, limits = LIMITS } = options;
  const cache = createAskedCache();
  const takesJson = createJsonCheck();
  let inFlight = 0;

  function tell({ group, startedAt }: Exchange, code: number): void {
    recorder.answered({ group, code, seconds: (clock.monotonic() - startedAt) / 1000 });
  }

  function refuse(exchange: Exchange, status: Status): void {
    tell(exchange, status.code);
    sendStatus(exchange.response, status);
  }

  function answer(exchange: Exchange, { code, body }: MetricAnswer): void {
    tell(exchange, code);
    sendWritten(exchange.response, code, body);
  }

  function read(request: IncomingMessage, exchange: Exchange, wanted: MetricRead): void {
    if (!takesJson(request.headers.accept)) return refuse(exchange, notAcceptable);
    const found = reads(withNeighbours(wanted, request.headers[ASKED_HEADER]));
    whenKnown(exchange, found, (known) => answer(exchange, known));
  }

  /** Goes on at once with what is known; else waits, where not too many do already. To find out does not fail. */
  function whenKnown<T extends object | null>(exchange: Exchange, found: Later<T>, go: (known: T) => void): void {
    if (typeof found !== 'function') return go(found);
    if (inFlight >= limits.inFlight) return refuse(exchange, tooManyRequests);
    inFlight += 1;
    void found()
      .finally(() => (inFlight -= 1))
      .then(go);
  }

  function admitted(request: IncomingMessage, exchange: Exchange, asked: Asked): void {
    const { response } = exchange;
    if (asked.type === 'read') {
      cache.keep(request.url ?? '', asked);
      return read(request, exchange, asked.read);
    }
    gate.strip(request);
    if (asked.type === 'other' && asked.attributes.type === 'resource') {
      if (inFlight >= limits.inFlight) return refuse(exchange, tooManyRequests);
      inFlight += 1;
      response.once('close', () => (inFlight -= 1));
    }
    response.once('finish', () => tell(exchange, response.statusCode));
    rest(request, response);
  }

  return (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const startedAt = clock.monotonic();
    const asked =
      (method === 'GET' ? cache.get(url) : undefined) ?? (url.length > limits.urlLength ? null : askedOf(method, url));
    const exchange = { response, group: groupOf(asked), startedAt };
    if (hasBody(request)) {
      // Not read, so the connection ends with the answer.
      response.setHeader('Connection', 'close');
      return refuse(exchange, bodyRefused);
    }
    if (asked === null) return refuse(exchange, uriTooLong);
    if (asked.type === 'malformed') return refuse(exchange, malformedPath(asked.text));
    if (asked.type === 'health') return rest(request, response);
    const passed = (status: Status | null): void =>
      status ? refuse(exchange, status) : admitted(request, exchange, asked);
    whenKnown(exchange, gate.admit(request, asked.attributes), passed);
  };
}

const GROUPS: ReadonlySet<string> = new Set([EXTERNAL_GROUP, CUSTOM_GROUP, RESOURCE_GROUP]);

/** The group that is asked, for the recorder. Of what is not ours there may be any number of names. */
function groupOf(asked: Asked | null): string {
  if (asked?.type !== 'read' && asked?.type !== 'other') return '';
  return asked.attributes.type === 'resource' && GROUPS.has(asked.attributes.group) ? asked.attributes.group : '';
}

/** The neighbours that a read came through stand in a header, so they are of this request and not of its URL. */
function withNeighbours(read: MetricRead, header: string | string[] | undefined): MetricRead {
  if (header === undefined || read.type !== 'external') return read;
  return { ...read, request: { ...read.request, asked: neighboursOf(String(header)) } };
}

/** Whether an Accept header takes JSON. There are as many of them as there are kinds of clients, so each is looked at once. */
function createJsonCheck(capacity = 64): (accept: string | undefined) => boolean {
  const known = new Map<string | undefined, boolean>();
  return (accept) => {
    const before = known.get(accept);
    if (before !== undefined) return before;
    if (known.size >= capacity) known.clear();
    const takes = chooseOffer(accept, [JSON_OFFER]) !== null;
    known.set(accept, takes);
    return takes;
  };
}

/** DELETE and POST may come without one. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
