import type { ServerResponse } from 'node:http';
import type { Answer, Received } from './fake-api-server.ts';

type FakeObject = { metadata: { name: string; namespace?: string; labels?: Record<string, string> } };
type Event = { type: string; version: number; object: object };

/** The objects behind one path of a fake API server, with its versions, lists by page, watches and forgetting. */
export class FakeCollection {
  readonly lists: Received[] = [];
  readonly watches: Received[] = [];
  pageSize = 500;
  /** Instead of the answer to a watch. */
  refuseWatch: Answer | null = null;
  #version = 1;
  #forgotten = 0;
  #events: Event[] = [];
  readonly #objects = new Map<string, FakeObject>();
  readonly #open = new Set<ServerResponse>();

  answer = (received: Received): Answer =>
    received.query.get('watch') === 'true' ? this.#watch(received) : this.#list(received);

  get watchers(): number {
    return this.#open.size;
  }

  put(...objects: FakeObject[]): void {
    for (const object of objects) {
      const key = keyOf(object);
      this.#tell(this.#objects.has(key) ? 'MODIFIED' : 'ADDED', object);
      this.#objects.set(key, object);
    }
  }

  remove(name: string, namespace = 'x'): void {
    const object = this.#objects.get(`${namespace}/${name}`);
    if (!object) throw new Error(`${namespace}/${name} is not there`);
    this.#objects.delete(`${namespace}/${name}`);
    this.#tell('DELETED', object);
  }

  /** Time passes without a change. */
  bookmark(): void {
    this.#version += 1;
    this.send(
      `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: `${this.#version}` } } })}\n`,
    );
  }

  /** Whoever asks for what was before now is told that it is gone. */
  forget(): void {
    this.#forgotten = this.#version;
    this.#events = [];
  }

  /** Raw bytes to all that watch. */
  send(text: string): void {
    for (const response of this.#open) response.write(text);
  }

  /** Ends all watches: as a server that is done with them, or as a broken connection. */
  cut(how: 'end' | 'destroy'): void {
    for (const response of this.#open) response[how]();
    this.#open.clear();
  }

  #tell(type: string, object: FakeObject): void {
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: `${this.#version}` };
    const event = { type, version: this.#version, object: { ...object, metadata } };
    this.#events.push(event);
    this.send(line(event));
  }

  #list(received: Received): Answer {
    this.lists.push(received);
    const from = Number(received.query.get('continue') ?? 0);
    const all = [...this.#objects.values()];
    const next = from + this.pageSize;
    const metadata = { resourceVersion: `${this.#version}`, ...(next < all.length && { continue: `${next}` }) };
    return { code: 200, body: { metadata, items: all.slice(from, next) } };
  }

  #watch(received: Received): Answer {
    this.watches.push(received);
    if (this.refuseWatch) return this.refuseWatch;
    const from = Number(received.query.get('resourceVersion'));
    return {
      stream: (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.flushHeaders();
        if (from < this.#forgotten) {
          const object = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
          return void response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
        }
        for (const event of this.#events.filter(({ version }) => version > from)) response.write(line(event));
        this.#open.add(response);
        response.on('close', () => this.#open.delete(response));
      },
    };
  }
}

const line = ({ type, object }: Event): string => `${JSON.stringify({ type, object })}\n`;
const keyOf = ({ metadata: { namespace = '', name } }: FakeObject): string => `${namespace}/${name}`;
