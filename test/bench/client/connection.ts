import { type TLSSocket, connect } from 'node:tls';
import { type Outcome, ResponseReader } from './response-reader.ts';

/** Whom to ask, and as whom. */
export type Target = {
  address: string;
  port: number;
  /** PEM of the client certificate and its key; none for a server that asks for no certificate. */
  client: { certificate: string; key: string } | null;
  headers: Readonly<Record<string, string>>;
};

/** One kept-alive connection over TLS that carries one request at a time. */
export class Connection {
  readonly #target: Target;
  readonly #headers: string;
  #socket: TLSSocket | null = null;
  #settle: ((outcome: Outcome) => void) | null = null;

  constructor(target: Target) {
    this.#target = target;
    const { address, port, headers } = target;
    const all = { host: `${address}:${port}`, accept: 'application/json', ...headers };
    this.#headers = Object.entries(all)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
  }

  /** Calls back once. The connection is opened when it is not open. */
  get(path: string, settle: (outcome: Outcome) => void): void {
    this.#settle = settle;
    this.#socket ??= this.#open();
    this.#socket.write(`GET ${path} HTTP/1.1\r\n${this.#headers}\r\n`);
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): TLSSocket {
    const { address, port, client } = this.#target;
    const reader = new ResponseReader();
    const socket = connect({
      host: address,
      port,
      // what is measured is the server's work, and its certificate is made for the occasion
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      ...(client && { cert: client.certificate, key: client.key }),
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      try {
        const answer = reader.push(chunk);
        if (answer) this.#finish(answer);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.once('error', (error) => this.#lost(socket, error.message));
    socket.once('close', () => this.#lost(socket, 'the connection was closed'));
    return socket;
  }

  #lost(socket: TLSSocket, why: string): void {
    // the close behind an error: the next request may be on another socket by now
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#finish({ type: 'none', why });
  }

  #finish(outcome: Outcome): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(outcome);
  }
}
